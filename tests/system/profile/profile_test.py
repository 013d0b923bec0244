"""hermit-run --profile says for a program of known costs what it costs, and where."""

from collections import Counter
import os
import re
import tempfile
import unittest

import images

MILLION = 1_000_000
MAIN = "hermit::init::(anonymous namespace)::continue_in_thread;hermit::glue::run_application;main"
THREAD = "hermit_task_start;hermit::glue::(anonymous namespace)::thread_main"


class ProfileTest(unittest.TestCase):
    def profile(self, image: str, *arguments: str, options=("--icount",)):
        """(instructions of each stack, stdout, stderr)"""
        with tempfile.TemporaryDirectory(prefix="hermit-profile-test.") as folder:
            # A comma in QEMU's options has to be doubled.
            path = os.path.join(folder, "a,b")
            done = images.boot(image, *arguments, options=(*options, f"--profile={path}"),
                               env={**os.environ, "TMPDIR": folder})
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
            self.assertEqual(os.listdir(folder), ["a,b"], "something was left behind")
        stacks = {}
        for line in lines:
            stack, count = re.fullmatch(r"(\S.*) ([0-9]+)", line).groups()
            self.assertNotIn(stack, stacks)
            stacks[stack] = int(count)
        return stacks, done.stdout.decode(), done.stderr.decode()

    def assert_spent(self, stacks, stack: str, expected: int, slack: int = 100) -> None:
        """The function itself: `slack` is its code around the loop that the program counts."""
        self.assertGreaterEqual(stacks.get(stack, 0), expected, stack)
        self.assertLessEqual(stacks[stack], expected + slack, stack)

    @staticmethod
    def inclusive(stacks, start: str) -> int:
        return sum(count for stack, count in stacks.items() if (stack + ";").startswith(start + ";"))


class Counted(ProfileTest):
    @classmethod
    def setUpClass(cls) -> None:
        cls.stacks, cls.stdout, cls.stderr = cls().profile("system_profile")

    def test_every_instruction_is_counted_once(self):
        # The program's last line is the count of instructions at that time. What comes after it is the
        # printing and the way out.
        total, until_line = sum(self.stacks.values()), int(self.stdout)
        self.assertGreater(total, until_line)
        self.assertLess(total - until_line, 0.002 * until_line)
        self.assertIn(f"profile: {total} instructions", self.stderr)

    def test_two_functions(self):
        self.assert_spent(self.stacks, f"{MAIN};work::heavy", 6 * MILLION)
        self.assert_spent(self.stacks, f"{MAIN};work::light", 2 * MILLION)

    def test_recursion(self):
        own = sum(count for stack, count in self.stacks.items() if stack.endswith(";work::recurse"))
        self.assertAlmostEqual(own, 1001 * 2000, delta=1001 * 20)
        self.assert_spent(self.stacks, f"{MAIN};work::recurse;work::recurse;work::recurse", 2000)

    def test_kernel_path(self):
        calls = 10_000
        self.assertEqual(self.inclusive(self.stacks, f"{MAIN};work::give_way;sched_yield") % calls, 0)
        self.assertGreater(self.inclusive(self.stacks, f"{MAIN};work::give_way;sched_yield"), 0)

    def test_page_faults(self):
        # Each of four clears 2 MiB, eight bytes at a time, and that is nearly all it does.
        clearing = 4 * (2 << 20) // 8
        spent = self.inclusive(self.stacks, f"{MAIN};work::touch;[page fault]")
        self.assertGreater(spent, clearing)
        self.assertLess(spent, 1.05 * clearing)

    def test_longjmp(self):
        self.assert_spent(self.stacks, f"{MAIN};work::land;work::leap", 2 * MILLION)
        self.assert_spent(self.stacks, f"{MAIN};work::land", 4 * MILLION)

    def test_exception(self):
        self.assert_spent(self.stacks, f"{MAIN};work::recover;work::fail", 2 * MILLION)
        self.assert_spent(self.stacks, f"{MAIN};work::recover", 4 * MILLION)

    def test_table(self):
        rows = re.findall(r"^ +([0-9.]+) % +[0-9]+ +application +(\S+)$", self.stderr, re.MULTILINE)
        own = {name: share for share, name in rows}
        self.assertAlmostEqual(float(own["work::heavy"]) / float(own["work::light"]), 3, delta=0.01)
        total = sum(float(share) for share in re.findall(
            r"^ +([0-9.]+) % +[0-9]+ +(?:application|libraries|Hermitage|firmware)$", self.stderr, re.MULTILINE))
        self.assertAlmostEqual(total, 100, delta=0.05)
        self.assertRegex(self.stderr, r"% +[0-9]+ +Hermitage +sched_yield\n")


class Threads(ProfileTest):
    def test_threads_that_share_a_core(self):
        stacks, _, _ = self.profile("system_profile", "threads")
        for name in ("first_thread", "second_thread"):
            self.assert_spent(stacks, f"{THREAD};work::{name}", 60 * MILLION)
            self.assertGreater(self.inclusive(stacks, f"{THREAD};work::{name};[timer interrupt]"), 0)
        self.assertFalse([stack for stack in stacks if "first_thread" in stack and "second_thread" in stack])

    def test_several_cores(self):
        stacks, _, _ = self.profile("system_profile", "threads", options=("-c", "3"))
        for name in ("first_thread", "second_thread"):
            self.assert_spent(stacks, f"{THREAD};work::{name}", 60 * MILLION)

    def test_openmp(self):
        stacks, stdout, _ = self.profile("jacobi", "64", "10", options=("-c", "2"))
        self.assertTrue(stdout.endswith("ok\n"), stdout)
        own = Counter()
        for stack, count in stacks.items():
            for caller in (f"{MAIN};GOMP_parallel", f"{THREAD};gomp_thread_start"):
                start = f"{caller};solve_parallel._omp_fn.0"
                if stack.startswith(start):
                    own[start] += count
        self.assertEqual(len(own), 2, own)
        first, second = own.values()
        self.assertAlmostEqual(first / second, 1, delta=0.2)


if __name__ == "__main__":
    images.main()
