"""A kernel with HERMIT_DEBUG ends with a message and a backtrace when one of its rules is broken, and only then."""

import unittest

import images


class Misuse(unittest.TestCase):
    def test_what_is_allowed(self):
        done = images.boot("debug_misuse", "nothing")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"before\nafter\n", b""))

    def check(self, how: str, *words: str) -> None:
        done = images.boot("debug_misuse", how)
        report = done.stderr.decode(errors="replace")
        self.assertEqual((done.returncode, done.stdout), (134, b"before\n"), report)
        for word in (*words, r"\bmain at "):
            self.assertRegex(report, word)

    def test_heap_double_free(self):
        self.check("small twice", r"kernel heap: block 0x[0-9a-f]+ freed twice in thread 1 \(main\)", "free_twice")
        self.check("large twice", r"kernel heap: block 0x[0-9a-f]+ freed twice", "free_twice")

    def test_heap_overrun(self):
        for how in ("small overrun", "large overrun"):
            self.check(how, r"kernel heap: block 0x[0-9a-f]+ was written beyond its end in thread 1", "fill_and_free")

    def test_heap_no_block(self):
        self.check("inside", r"kernel heap: 0x[0-9a-f]+ is not the start of a block in")

    def test_lock_order(self):
        self.check("lower rank", "Lock of rank 5 taken while one of rank 90 is held in", "take_both")
        self.check("same rank", "Lock of rank 90 taken while one of rank 90 is held in", "take_both")

    def test_lock_not_held(self):
        self.check("not held", "Lock of rank 5 released and not held in")


if __name__ == "__main__":
    images.main()
