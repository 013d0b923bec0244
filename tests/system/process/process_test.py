"""Arguments, environment, exit statuses and streams, as they pass in and out of a machine."""

import os
import unittest

import images


def shown(words, what="argument") -> bytes:
    def escape(text: str) -> str:
        return "".join(chr(b) if 0x20 <= b <= 0x7E and b != 0x25 else f"%{b:02X}"
                       for b in text.encode())
    return "".join(f"{what} [{escape(word)}]\n" for word in words).encode()


class Arguments(unittest.TestCase):
    def check(self, *words):
        done = images.boot("system_show", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line for line in done.stdout.splitlines(True) if line.startswith(b"argument")]
        self.assertEqual(b"".join(lines), shown(words))

    def test_none(self):
        self.check()

    def test_awkward(self):
        self.check("plain", "two words", "", "  ", 'quo"te', "apo'strophe", "back\\slash", "\\n",
                   "new\nline", "tab\there", "--", "-c", "env=A=b", "log=debug", "äöü€", "%41",
                   "ends with blank ", "")

    def test_many(self):
        self.check(*(f"argument number {i}" for i in range(60)))


class Environment(unittest.TestCase):
    def test_set(self):
        pairs = ["A=1", "EMPTY=", "BLANK=a b", 'QUOTE=x"y', "EQUALS=a=b", "LINE=1\n2"]
        options = tuple(word for pair in pairs for word in ("--env", pair))
        done = images.boot("system_show", options=options)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines(True)
        for pair in pairs:
            self.assertIn(shown([pair], "environment"), lines)

    def test_openmp_passes(self):
        env = {**os.environ, "OMP_NUM_THREADS": "3", "GOMP_DEBUG": "0", "OTHER": "no"}
        done = images.boot("system_show", env=env)
        self.assertIn(b"environment [OMP_NUM_THREADS=3]\n", done.stdout)
        self.assertIn(b"environment [GOMP_DEBUG=0]\n", done.stdout)
        self.assertNotIn(b"OTHER", done.stdout)


class ExitStatus(unittest.TestCase):
    def check(self, how, status, output):
        done = images.boot("system_finish", how, str(status))
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (status & 255, output, b""))

    def test_return(self):
        for status in (0, 1, 77, 255):
            self.check("return", status, b"buffered atexit\ndestructor\n")

    def test_exit(self):
        self.check("exit", 3, b"buffered atexit\ndestructor\n")

    def test_only_eight_bits(self):
        self.check("exit", 256 + 42, b"buffered atexit\ndestructor\n")

    def test_immediate(self):
        self.check("_exit", 5, b"buffered ")


class Streams(unittest.TestCase):
    def test_apart(self):
        done = images.boot("system_streams")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b"output one\noutput two\n" + bytes(range(256)))
        self.assertEqual(done.stderr, b"error one\nerror two\n")


if __name__ == "__main__":
    images.main()
