# SPDX-License-Identifier: BSD-3-Clause
"""squares, looked at from outside. The only argument is the program."""

import os
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)


class Squares(unittest.TestCase):
    def test_prints_what_its_head_comment_says(self):
        ended = subprocess.run([PROGRAM], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(ended.stdout, "1 4 9 16 25\n")
        self.assertEqual(ended.stderr, "")
        self.assertEqual(ended.returncode, 0)

    def test_works_with_much_thread_local_memory(self):
        environment = dict(os.environ, GLIBC_TUNABLES="glibc.rtld.optional_static_tls=1000000")
        ended = subprocess.run([PROGRAM], capture_output=True, text=True, timeout=30, check=False, env=environment)
        self.assertEqual(ended.stdout, "1 4 9 16 25\n")
        self.assertEqual(ended.stderr, "")


if __name__ == "__main__":
    unittest.main()
