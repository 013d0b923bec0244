"""What cannot go on ends with a message, the thread, a full backtrace and a status that is not 0."""

import unittest

import images

CALLS = ("innermost", "middle", "outermost")


class Crash(unittest.TestCase):
    def crash(self, *arguments, options=("-m", "256M"), calls=CALLS, words=()):
        done = images.boot("system_crash", *arguments, options=options)
        report = done.stderr.decode(errors="replace")
        self.assertEqual(done.stdout, b"before\n", report)
        self.assertEqual(done.returncode, 134, report)
        for word in (*calls, *words):
            self.assertIn(word, report)
        return report

    def test_null_dereference(self):
        report = self.crash("null", words=("main", "crash.c:"))
        self.assertRegex(report, r"(?i)page fault|null|not mapped")

    def test_in_a_second_thread(self):
        report = self.crash("null", "thread", options=("-m", "256M", "-c", "2"))
        self.assertRegex(report, r"(?i)thread|task")

    def test_division_by_zero(self):
        self.assertRegex(self.crash("divide", words=("main",)), r"(?i)divi")

    def test_stack_overflow(self):
        self.assertRegex(self.crash("overflow", calls=("recurse",)), r"(?i)stack")

    def test_stack_overflow_in_a_thread(self):
        self.assertRegex(self.crash("overflow", "thread", calls=("recurse",)), r"(?i)stack")

    def test_abort(self):
        self.crash("abort", words=("abort", "main"))

    def test_out_of_memory(self):
        report = self.crash("memory", calls=("exhaust_memory", *CALLS))
        self.assertRegex(report, r"(?i)memory")

    def test_executing_data(self):
        self.crash("execute", words=("main",))

    def test_writing_text(self):
        self.crash("write_text", words=("main",))

    def test_hang(self):
        done = images.boot("system_crash", "spin", options=("--timeout", "3"))
        self.assertEqual(done.returncode, 124)


if __name__ == "__main__":
    images.main()
