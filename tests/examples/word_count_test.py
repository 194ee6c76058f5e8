# SPDX-License-Identifier: BSD-3-Clause
"""word_count, looked at from outside, on a small tree with known counts. The only argument is the
program."""

import collections
import json
import os
import pathlib
import pty
import random
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
DEADLINE_SECONDS = 60
BLOCK_BYTES = 256 * 1024  # what the program reads at a time, and the smallest part it cuts off


def many_parts():
    """Enough text for several parts, whose borders fall anywhere: into identifiers, numbers, blanks."""
    pieces = ["a", "_b1", "12", "7up", "éa", " ", "\n", "-", "quite_a_long_identifier_to_meet_a_border"]
    return "".join(random.Random(1).choices(pieces, k=300_000)).encode()


TEXTS = {
    "plain.txt": b"int main() { return 0; }\nint x;\n",
    "no_newline.txt": b"last word",
    "empty.txt": b"",
    "digits.txt": b"0x1F 12abc a1b2 _ __ 9 a-b\n",
    "not_ascii.txt": "é naïve été x\n".encode(),
    "deep/er/est.txt": b"deep deep deep\n",
    "name with blank\n.txt": b"blank",
    "late_nul.txt": b"early " * 2000 + b"\0 late",  # the NUL byte is behind the first 8 KiB
    "many_parts.txt": many_parts(),
    "across.txt": b" " * (BLOCK_BYTES - 3) + b"across_blocks " + b"z" * (2 * BLOCK_BYTES),
}
BINARIES = {"binary.bin": b"text\0text", "edge.bin": b"a" * 8191 + b"\0 tail"}


def count_again(texts):
    """By other means than the program's."""
    words = collections.Counter()
    for text in texts:
        words.update(word.decode() for word in re.findall(rb"[A-Za-z_][A-Za-z0-9_]*", text))
    return words


def word_count(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, check=False,
                          timeout=DEADLINE_SECONDS)


class Tree(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name, "tree")
        for name, content in (TEXTS | BINARIES).items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (self.root / "deep" / "loop").symlink_to(self.root)
        (self.root / "link.txt").symlink_to("plain.txt")
        (self.root / "dangling.txt").symlink_to("nowhere")
        os.mkfifo(self.root / "pipe")

    def counted(self, *arguments):
        ended = word_count(self.root, "--json", *arguments)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return json.loads(ended.stdout)

    def assert_right(self, result, texts=None):
        texts = TEXTS if texts is None else texts
        words = count_again(texts.values())
        self.assertEqual(result["identifiers"], words.total())
        self.assertEqual(result["different_identifiers"], len(words))
        self.assertEqual(result["files"], len(texts))
        self.assertEqual(result["bytes"], sum(map(len, texts.values())))
        in_order = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:20]
        self.assertEqual([(line["word"], line["count"]) for line in result["most_frequent"]],
                         in_order)
        self.assertEqual(result["failures"], [])
        self.assertEqual(result["not_counted"]["count"], 0)

    def test_counts_what_is_there_and_enters_no_loop(self):
        self.assert_right(self.counted())

    def test_reports_binary_files_and_skips_them(self):
        binary = self.counted()["binary"]
        self.assertEqual(binary["count"], len(BINARIES))
        self.assertEqual(binary["first"], sorted(str(self.root / name) for name in BINARIES))

    def test_check_counts_again_and_agrees(self):
        self.assertEqual(self.counted("--check")["check"], "ok")
        self.assertIn(b"\ncheck: ok\n", word_count(self.root, "--check").stdout)

    def test_without_check_says_nothing_about_one(self):
        self.assertIsNone(self.counted()["check"])

    def test_uses_as_many_workers_as_asked_for(self):
        for number in (1, 3):
            result = self.counted("--workers", number)
            self.assertEqual(len(result["workers"]), number)
            self.assert_right(result)

    def test_counts_right_while_workers_are_killed(self):
        # What is killed each time before it is done is never done, and an identifier has to be
        # counted in one piece: the file with one of half a megabyte is not for this.
        (self.root / "across.txt").unlink()
        texts = {name: text for name, text in TEXTS.items() if name != "across.txt"}
        result = self.counted("--check", "--chaos", "5")
        self.assert_right(result, texts)
        self.assertEqual(result["check"], "ok")

    def test_text_names_words_totals_and_workers(self):
        out = word_count(self.root, "--workers", "2").stdout.decode()
        self.assertRegex(out, r"(?m)^ +2000  early$")
        self.assertRegex(out, rf"(?m)^{len(TEXTS)} files, \d+ bytes in .* MB/s")
        self.assertRegex(out, r"(?m)^skipped 2 binary: .*binary\.bin")
        self.assertEqual(len(re.findall(r"(?m)^worker \d+: pid \d+, \d+ tasks", out)), 2)

    def test_progress_is_plain_lines_when_nobody_watches(self):
        err = word_count(self.root).stderr
        self.assertIn(b"100 %", err)
        self.assertNotIn(b"\r", err)

    def test_progress_is_a_bar_on_a_terminal(self):
        terminal, other_end = pty.openpty()
        with open(terminal, "rb", buffering=0) as screen:
            with open(other_end, "wb", buffering=0) as stderr:
                ended = subprocess.run([PROGRAM, str(self.root)], stdout=subprocess.PIPE,
                                       stderr=stderr, check=False, timeout=DEADLINE_SECONDS)
                self.assertEqual(ended.returncode, 0)
                self.assertRegex(screen.read(4096), rb"\r\[[#.]+\] +\d+ %")

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_reports_what_it_may_not_read_and_goes_on(self):
        secrets = [self.root / "secret.txt", self.root / "secrets"]
        secrets[0].write_text("secret")
        secrets[1].mkdir()
        for secret in secrets:
            secret.chmod(0)
            self.addCleanup(secret.chmod, 0o700)
        result = self.counted("--check")
        self.assert_right(result)
        self.assertEqual(result["check"], "ok")
        self.assertEqual(result["unreadable"]["count"], 2)
        self.assertIn("Permission denied", result["unreadable"]["first"][0])

    def test_a_name_that_is_not_utf8_still_gives_json(self):
        (self.root / os.fsdecode(b"\xff\"\\.bin")).write_bytes(b"\0")
        self.assertEqual(self.counted()["binary"]["count"], len(BINARIES) + 1)

    def test_a_name_that_would_command_a_terminal_is_shown_harmless(self):
        (self.root / "a\n\x1b[2J.bin").write_bytes(b"\0")
        out = word_count(self.root).stdout.decode()
        self.assertRegex(out, r"(?m)^skipped 3 binary: .*a\\x0a\\x1b\[2J\.bin")

    def test_counts_that_cannot_be_written_are_no_success(self):
        for option in ([], ["--json"]):
            with self.subTest(option), open("/dev/full", "wb") as full:
                ended = subprocess.run([PROGRAM, self.root, *option], stdout=full, check=False,
                                       stderr=subprocess.PIPE, timeout=DEADLINE_SECONDS)
                self.assertEqual(ended.returncode, 1)
                self.assertIn(b"No space left on device", ended.stderr)

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_directory_that_may_not_be_read_at_all_is_refused(self):
        self.root.chmod(0)
        self.addCleanup(self.root.chmod, 0o700)
        ended = word_count(self.root)
        self.assertEqual(ended.returncode, 2)
        self.assertIn(b"cannot read directory", ended.stderr)

    def test_an_empty_directory_has_no_words(self):
        empty = self.root / "empty"
        empty.mkdir()
        ended = word_count(empty, "--json", "--check")
        self.assertEqual(ended.returncode, 0)
        result = json.loads(ended.stdout)
        self.assertEqual((result["files"], result["identifiers"]), (0, 0))


class Usage(unittest.TestCase):
    def assert_refused(self, arguments, *named):
        ended = word_count(*arguments)
        self.assertEqual(ended.returncode, 2)
        self.assertEqual(ended.stdout, b"")
        for name in named:
            self.assertIn(name, ended.stderr.decode())

    def test_wrong_arguments_are_named_with_a_remedy_and_end_with_2(self):
        for arguments, *named in (
                (["/no/such/place"], "/no/such/place", "does not exist"),
                ([PROGRAM], PROGRAM, "not a directory"),
                ([""], "''"),
                (["--frobnicate"], "--frobnicate", "--help"),
                (["-x"], "-x", "--help"),
                (["/usr", "/tmp"], "/usr", "/tmp", "only one"),
                (["--workers"], "--workers", "number from 1"),
                (["--workers", "0"], "--workers", "'0'"),
                (["--workers", "-1"], "--workers", "'-1'"),
                (["--workers", "2x"], "--workers", "'2x'"),
                (["--workers", "99999999999999999999"], "--workers", "99999999999999999999"),
                (["--chaos", "soon"], "--chaos", "'soon'"),
                (["--chaos", "0"], "--chaos", "'0'"),
        ):
            with self.subTest(arguments):
                self.assert_refused(arguments, *named)

    def test_help_goes_to_standard_output(self):
        ended = word_count("--help")
        self.assertEqual(ended.returncode, 0)
        self.assertEqual(ended.stderr, b"")
        for option in (b"--workers", b"--json", b"--check", b"--chaos"):
            self.assertIn(option, ended.stdout)


if __name__ == "__main__":
    unittest.main()
