"""Shows that the runner of GCC's tests can fail: what it reads in logs and how it judges."""

import contextlib
import importlib.machinery
import importlib.util
import io
from pathlib import Path
import subprocess
import sys
import tempfile
import time
import unittest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import suite  # noqa: E402

_loader = importlib.machinery.SourceFileLoader("gcc_run", str(HERE / "run"))
run = importlib.util.module_from_spec(importlib.util.spec_from_loader("gcc_run", _loader))
_loader.exec_module(run)

LOG = """\
PASS: libgomp.c/good.c (test for excess errors)
PASS: libgomp.c/good.c execution test
PASS: libgomp.c/../libgomp.c-c++-common/good.c (test for excess errors)
PASS: libgomp.c/../libgomp.c-c++-common/good.c execution test
PASS: libgomp.c/crashes.c (test for excess errors)
hermit-run: ./crashes.exe: abort() in thread 1 (main) on core 0
FAIL: libgomp.c/crashes.c execution test
FAIL: libgomp.c/warns.c (test for excess errors)
PASS: libgomp.c/warns.c execution test
PASS: libgomp.c/wrong_output.c execution test
FAIL: libgomp.c/wrong_output.c output pattern test
PASS: libgomp.fortran/good.f90   -O2  (test for excess errors)
PASS: libgomp.fortran/good.f90   -O2  execution test
PASS: 30_threads/twice.cc  -std=gnu++20 (test for excess errors)
PASS: 30_threads/twice.cc  -std=gnu++20 execution test
PASS: 30_threads/twice.cc  -std=gnu++26 (test for excess errors)
FAIL: 30_threads/twice.cc  -std=gnu++26 execution test
PASS: libgomp.c/only_compiled.c (test for excess errors)
UNSUPPORTED: libgomp.c/not_for_us.c
FAIL: libgomp.c/crashes.c execution test
"""


def verdicts(*names: str) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "some.log"
        log.write_text(LOG)
        found = suite._read(log, set(names))
    return {name: result.verdict for name, result in found.items()}


class Reading(unittest.TestCase):
    def test_a_test_passes_if_it_ran_and_nothing_failed(self) -> None:
        names = ("libgomp.c/good.c", "libgomp.c-c++-common/good.c", "libgomp.fortran/good.f90")
        self.assertEqual(verdicts(*names), dict.fromkeys(names, suite.PASSED))

    def test_any_failure_counts(self) -> None:
        names = ("libgomp.c/crashes.c", "libgomp.c/warns.c", "libgomp.c/wrong_output.c",
                 "30_threads/twice.cc")
        self.assertEqual(verdicts(*names), dict.fromkeys(names, suite.FAILED))

    def test_what_did_not_run_has_not_passed(self) -> None:
        names = ("libgomp.c/only_compiled.c", "libgomp.c/not_for_us.c")
        self.assertEqual(verdicts(*names), dict.fromkeys(names, suite.NOT_RUN))

    def test_others_are_left_out(self) -> None:
        self.assertEqual(verdicts("libgomp.c/absent.c"), {})


def judge(passed: int, failed: int, known: int) -> bool:
    """The judgement on so many tests; so many of the failed ones are known."""
    results = {f"good{i}": suite.Result(suite.PASSED) for i in range(passed)}
    results |= {f"bad{i}": suite.Result(suite.FAILED) for i in range(failed)}
    with contextlib.redirect_stdout(io.StringIO()):
        return run.judge(results, {f"bad{i}": "a reason" for i in range(known)})


class Judging(unittest.TestCase):
    def test_all_passed(self) -> None:
        self.assertTrue(judge(100, 0, 0))

    def test_one_failure_without_a_reason_is_too_many(self) -> None:
        self.assertFalse(judge(99, 1, 0))

    def test_known_failures_may_be_one_in_a_hundred(self) -> None:
        def enough(known: int) -> bool:
            with contextlib.redirect_stdout(io.StringIO()):
                return run.enough({"a": [f"test{i}" for i in range(50)],
                                   "b": [f"test{i}" for i in range(50, 200)]},
                                  {f"test{i}": "a reason" for i in range(known)})

        self.assertTrue(judge(95, 5, 5))
        self.assertTrue(enough(2))
        self.assertFalse(enough(3))

    def test_a_known_failure_that_passes_is_welcome(self) -> None:
        self.assertTrue(judge(100, 1, 3))


class Ending(unittest.TestCase):
    """A runner that is killed leaves nothing behind."""

    RUNNER = """import pathlib, sys; sys.path.insert(0, sys.argv[1]); import suite
folder = pathlib.Path(sys.argv[2])
suite.require_dejagnu = lambda: None
suite._site = lambda *_: ""
suite._environment = lambda *_: {"PATH": sys.argv[2]}
target = suite.Target({}, "", "board", folder, folder, {})
suite.run(suite.SUITES["libgomp.c"], target, ["a", "b"], folder / "scratch", 2, print)
"""

    def test_batches_end_with_the_runner(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            tool = Path(folder) / "runtest"
            tool.write_text("#!/bin/sh\necho $$ >started\nexec /bin/sleep 60\n")
            tool.chmod(0o755)
            runner = subprocess.Popen([sys.executable, "-c", self.RUNNER, str(HERE), folder])
            try:
                started = [Path(folder) / f"scratch/00{number}/started" for number in (0, 1)]
                wait_until(lambda: all(path.exists() and path.read_text().strip() for path in started))
                processes = [Path("/proc") / path.read_text().strip() for path in started]
                self.assertTrue(all(process.exists() for process in processes))
            finally:
                runner.kill()
                runner.wait()
            wait_until(lambda: not any(is_running(process) for process in processes))


def is_running(process: Path) -> bool:
    try:
        return process.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen within 30 seconds")
        time.sleep(0.05)


class Lists(unittest.TestCase):
    def test_known_failures_are_tests_of_the_list(self) -> None:
        everything = set()
        for name in suite.SUITES:
            names = run.read_list(HERE / f"{name}.list")
            self.assertEqual(names, sorted(set(names)))
            self.assertGreater(len(names), 50)
            everything |= set(names)
        self.assertLessEqual(run.read_known(HERE / "known_failures.txt").keys(), everything)

    def test_a_sample_is_a_share_and_always_the_same(self) -> None:
        names = [f"test{i}" for i in range(100)]
        some = run.sample(names, 4)
        self.assertEqual(len(some), 25)
        self.assertEqual(some, run.sample(names[::-1], 4))


if __name__ == "__main__":
    unittest.main()
