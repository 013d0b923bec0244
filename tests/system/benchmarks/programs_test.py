"""Every benchmark runs to its end, and what it prints are rows that a driver can read."""

import re
import unittest

import images

ROW = re.compile(r"(\S.*?)\s{2,}(-?[0-9.]+) (\S+)")
UNITS = {"ticks", "s", "MiB/s", "Mpairs/s", "count", "percent"}


def rows(output: str) -> dict[str, tuple[float, str]]:
    """The figures of a program's output by their names. Comments are left out."""
    found = {}
    for line in output.splitlines():
        if line.startswith("# "):
            continue
        row = ROW.fullmatch(line)
        assert row, f"neither a row nor a comment: {line!r}"
        name, value, unit = row.groups()
        assert name not in found, f"{name!r} is there twice"
        assert unit in UNITS, f"unknown unit in {line!r}"
        found[name] = float(value), unit
    return found


class Programs(unittest.TestCase):
    def run_program(self, name: str, *arguments: str, options=("--icount",)):
        done = images.boot(name, *arguments, options=options)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return rows(done.stdout.decode())

    def ticks(self, found, *names: str) -> None:
        """These rows are there, and their operations did cost something."""
        for name in names:
            self.assertIn(name, found)
            self.assertGreater(found[name][0], 0.0, name)
            self.assertEqual(found[name][1], "ticks")

    def test_basic(self):
        self.ticks(self.run_program("basic"), "getpid", "sched_yield, alone", "clock_gettime",
                   "mutex lock + unlock, uncontended", "malloc + free, 64 B, warm",
                   "page fault on fresh memory, zeroing excluded",
                   "malloc + free, 4 KiB, warm", "semaphore ping-pong, per switch",
                   "sched_yield between two threads, per switch", "thread create + join")

    def test_threads(self):
        self.ticks(self.run_program("threads"), "contended counter, 2 threads",
                   "contended counter, 10 threads", "contended counter, 100 threads",
                   "thread create + join, 1000 blocked", "condition ping-pong, one core")

    def test_threads_on_two_cores(self):
        found = self.run_program("threads", "--blocked", "20", options=("-c", "2"))
        self.ticks(found, "semaphore ping-pong, two cores", "condition ping-pong, two cores",
                   "wake-up across cores", "wake-up across cores, 20 blocked",
                   "thread create + join, 20 blocked")

    def test_growth(self):
        self.assertNotIn("wake-up of another core, for the waker", self.run_program("growth"))
        found = self.run_program("growth", "--blocked", "20", options=("--icount", "-c", "3"))
        self.ticks(found, "getpid", "semaphore ping-pong with time-outs", "thread create + join",
                   "wake-up of another core, for the waker", "mmap + munmap, 64 KiB")

    def test_first_touches(self):
        found = self.run_program("first_touches", "--pages", "512", options=("-c", "5"))
        self.ticks(found, *(f"first touch of 4 KiB, {threads}" for threads in
                            ("1 thread", "2 threads", "4 threads")))
        self.assertEqual(len(found), 3)

    def test_memory(self):
        found = self.run_program("memory", "--largest", "16", "--stream", "2")
        self.ticks(found, "malloc + free, 64 B, alone", "malloc + free, 1 MiB, beside others",
                   "malloc + free, mixed sizes, 4 threads", "free, 64 B, of another thread",
                   "first write, 2 MiB apart, zeroing excluded", "mmap + munmap, 4 KiB",
                   "mmap + touch + munmap, 8 MiB")
        for name in ("memcpy, 64 B", "memset, 4 MiB", "STREAM triad, all threads"):
            self.assertGreater(found[name][0], 0.0)
            self.assertEqual(found[name][1], "MiB/s")
        for threads in ("1 thread", "2 threads", "4 threads"):
            self.assertGreater(found[f"malloc throughput, {threads}"][0], 0.0)
            self.assertEqual(found[f"malloc throughput, {threads}"][1], "Mpairs/s")

    def test_openmp(self):
        for threads, suffix in (("1", "1 thread"), ("3", "3 threads")):
            found = self.run_program("openmp", "--rounds", "60",
                                     options=("--icount", "--env", f"OMP_NUM_THREADS={threads}"))
            self.ticks(found, *(f"OpenMP {construct}, {suffix}" for construct in (
                "parallel region", "parallel for", "reduction", "for", "for, dynamic", "barrier",
                "single", "critical", "lock", "task")))

    def test_fwq(self):
        found = self.run_program("fwq", "--quanta", "50", "--work", "10000")
        self.assertGreater(found["minimum quantum"][0], 20000.0)
        self.assertEqual(found["stolen per second"], (0.0, "ticks"))
        self.assertEqual(found["minimum quantum"], found["maximum quantum"])

    def test_fwq_traces_every_quantum(self):
        done = images.boot("fwq", "--quanta", "7", "--work", "1000", "--cores", "2", "--trace",
                           options=("-c", "2"))
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        traced = re.findall(r"^# quantum (\d+) (\d+) (\d+)$", done.stdout.decode(), re.MULTILINE)
        for core in "01":
            own = [(int(start), int(ticks)) for of, start, ticks in traced if of == core]
            self.assertEqual(len(own), 7)
            for (start, ticks), (following, _) in zip(own, own[1:]):
                self.assertEqual(start + ticks, following)

    def test_kernels(self):
        for options in (("--icount", "--env", "OMP_NUM_THREADS=2"),
                        ("-c", "2", "--env", "OMP_WAIT_POLICY=passive")):
            for name, arguments in (("conjugate_gradient", ("--size", "8", "--iterations", "40")),
                                    ("monte_carlo", ("--samples", "500")),
                                    ("stencil", ("--size", "15", "--sweeps", "7"))):
                found = self.run_program(name, *arguments, "--repeat", "2", options=options)
                self.assertEqual(set(found),
                                 {"time, 1 thread", "time, all threads", "parallel efficiency"})
                self.assertTrue(all(value > 0 for value, _ in found.values()), found)

    def test_kernels_notice_wrong_results(self):
        for name, arguments, message in (
                ("conjugate_gradient", ("--size", "8", "--iterations", "5"), b"not solved after 5"),
                ("monte_carlo", ("--samples", "1"), b"too few samples"),
                ("stencil", ("--size", "9", "--spoil"), b"a point is wrong")):
            done = images.boot(name, *arguments, options=("--icount",))
            self.assertEqual(done.returncode, 1, name)
            self.assertIn(message, done.stderr)
            self.assertNotIn(b"time", done.stdout)

    def test_misuse(self):
        for arguments in (("--blocked",), ("--blocked", "many"), ("--blocked", "0"), ("more",)):
            done = images.boot("threads", *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"usage: threads", done.stderr)


if __name__ == "__main__":
    images.main()
