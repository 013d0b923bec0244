"""Quoting: whatever the arguments hold, the kernel's rules read the same back."""

import random
import unittest

import support  # noqa: F401 (sets the path)
from hermit_run import command_line
from hermit_run.errors import LaunchError


def split(line: bytes) -> list[bytes]:
    """The kernel's rules, written down a second time: blanks separate, "…" holds, \\ escapes inside it."""
    words, word, at, quoted = [], None, 0, False
    while at < len(line):
        char = line[at:at + 1]
        at += 1
        if quoted and char == b"\\":
            code = line[at:at + 1]
            at += 1
            if code == b"x":
                word += bytes([int(line[at:at + 2], 16)])
                at += 2
            else:
                word += {b"n": b"\n", b"t": b"\t"}.get(code, code)
        elif char == b'"':
            quoted = not quoted
            word = word or b""
        elif char == b" " and not quoted:
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or b"") + char
    return words + ([word] if word is not None else [])


class Quoting(unittest.TestCase):
    def assert_survives(self, arguments: list[str]) -> None:
        line = command_line.build(["log=warning"], ["A=b c"], "./my app", arguments, 4095)
        expected = ["log=warning", "env=A=b c", "argv0=./my app", "--", *arguments]
        self.assertEqual(split(line), [word.encode("utf-8", "surrogateescape") for word in expected])

    def test_difficult_words(self):
        self.assert_survives(["", " ", "a b", '"', '"a"', "\\", "a\\nb", "\n", "\t", "\r\n", "\x01\x7f", "ü 日本",
                              "--", "-c", "env=X=1", "'", "$HOME", "a=\"b c\"", "\udcff\udc80"])

    def test_plain_words_stay_readable(self):
        self.assertEqual(command_line.build([], [], "app", ["--size", "1000", "x=1,2"], 100),
                         b"argv0=app -- --size 1000 x=1,2")

    def test_random_words(self):
        source = random.Random(1)
        for _ in range(300):
            self.assert_survives(["".join(source.choices(' "\\\n\tax01ü\x02', k=source.randrange(8)))
                                  for _ in range(source.randrange(5))])

    def test_too_long(self):
        room = 100 - len("argv0=a -- ")
        self.assertEqual(len(command_line.build([], [], "a", ["x" * room], 100)), 100)
        with self.assertRaisesRegex(LaunchError, "too long: 101 bytes.* at most 100"):
            command_line.build([], [], "a", ["x" * (room + 1)], 100)


class Environment(unittest.TestCase):
    def test_openmp_variables_go_in_and_no_others(self):
        environ = {"OMP_NUM_THREADS": "3", "GOMP_SPINCOUNT": "0", "HOME": "/root", "XOMP_A": "1"}
        self.assertEqual(command_line.environment(environ, []), ["GOMP_SPINCOUNT=0", "OMP_NUM_THREADS=3"])

    def test_explicit_wins(self):
        self.assertEqual(command_line.environment({"OMP_A": "1"}, ["OMP_A=2", "B=x=y", "C="]),
                         ["OMP_A=2", "B=x=y", "C="])

    def test_threads_wait_asleep_where_cores_share_processors(self):
        environment = command_line.environment
        self.assertEqual(environment({}, [], True), ["OMP_WAIT_POLICY=passive"])
        self.assertEqual(environment({}, [], False), [])
        self.assertEqual(environment({"OMP_WAIT_POLICY": "active"}, [], True), ["OMP_WAIT_POLICY=active"])
        self.assertEqual(environment({}, ["GOMP_SPINCOUNT=5"], True), ["GOMP_SPINCOUNT=5"])


if __name__ == "__main__":
    unittest.main()
