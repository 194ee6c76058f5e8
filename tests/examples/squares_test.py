# SPDX-License-Identifier: BSD-3-Clause
"""squares, looked at from outside. The only argument is the program."""

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


if __name__ == "__main__":
    unittest.main()
