"""The report of a run tells all that has happened: its counts are those of QEMU's own log of interrupts
and exceptions, its times add up, and each kind of event appears where it belongs."""

from collections import Counter
import json
import os
import re
import tempfile
import unittest

import images

STATUS = 7  # of the program
PAGE_FAULT, TIMER, WAKE_UP, TLB_FLUSH, STOP = 14, 0xE0, 0xE1, 0xE2, 0xE3
ONE_THREAD = ("--qemu", "-accel", "--qemu", "tcg,thread=single")
INTERRUPT_TICKS = ("page_faults", "timer", "wake_up", "tlb_flush", "other_interrupts")


def interrupts(core: dict) -> Counter:
    return Counter({int(vector): count for vector, count in core.get("interrupts", {}).items()})


def all_interrupts(report: dict) -> Counter:
    return sum((interrupts(core) for core in report["cores"]), Counter())


def faults(report: dict) -> Counter:
    """By what came of them, of all cores."""
    return sum((Counter(core.get("faults", {})) for core in report["cores"]), Counter())


class ReportTest(unittest.TestCase):
    def run_program(self, *arguments, cores=1, options=(), image="system_events", status=STATUS):
        """(report, QEMU's log)"""
        with tempfile.TemporaryDirectory() as directory:
            report, log = (os.path.join(directory, name) for name in ("report.json", "int.log"))
            done = images.boot(image, *arguments, options=(
                "-c", str(cores), f"--report={report}", "--qemu", "-d", "--qemu", "int", "--qemu", "-D",
                "--qemu", log, *options))
            self.assertEqual(done.returncode, status, done.stderr.decode())
            with open(report, encoding="utf-8") as file:
                tree = json.load(file)
            with open(log, encoding="utf-8", errors="replace") as file:
                return tree, file.read()


class AgainstQemu(ReportTest):
    """Each record of QEMU's log begins with the vector; the firmware takes no interrupt."""

    def check(self, *arguments, cores):
        report, log = self.run_program(*arguments, cores=cores)
        logged = Counter(int(vector, 16) for vector in re.findall(r"^ *\d+: v=([0-9a-f]{2}) ", log, re.MULTILINE))
        self.assertEqual(all_interrupts(report), logged)
        self.assertEqual(report["cores_not_stopped"], 0)
        self.assertEqual(sum(faults(report).values()), logged[PAGE_FAULT])
        return report, logged

    def test_nothing(self):
        for cores in (1, 4):
            self.check(cores=cores)

    def test_timer(self):
        for cores in (1, 4):
            report, logged = self.check("sleep", "20", cores=cores)
            self.assertGreaterEqual(logged[TIMER], 20)
            causes = Counter()
            for core in report["cores"]:
                causes.update(core.get("timer", {}))
            self.assertEqual(sum(causes.values()), logged[TIMER])
            self.assertGreaterEqual(causes["deadline"], 20)

    def test_wake_up(self):
        report, logged = self.check("wake", "50", cores=4)
        sent = sum(core.get("ipis", {}).get("wake_up", 0) for core in report["cores"])
        self.assertGreater(sent, 0)
        self.assertLessEqual(logged[WAKE_UP], sent)  # what is pending already is not raised again
        report, logged = self.check("wake", "50", cores=1)
        self.assertGreaterEqual(report["cores"][0]["switches"]["voluntary"], 100)

    def test_page_faults(self):
        for cores in (1, 4):
            few, more = (self.check("large", count, cores=cores)[0] for count in ("1", "6"))
            self.assertEqual(faults(more)["demand_2m"] - faults(few)["demand_2m"], 5)
            few, more = (self.check("small", count, cores=cores)[0] for count in ("10", "40"))
            self.assertEqual(faults(more)["demand_4k"] - faults(few)["demand_4k"], 30)
            grown = more["memory"]["application_touched"] - few["memory"]["application_touched"]
            self.assertEqual(grown, 30 * 4096)

    def test_tlb_flush(self):
        report, logged = self.check("unmap", "10", cores=4)
        sent = sum(core.get("ipis", {}).get("tlb_flush", 0) for core in report["cores"])
        self.assertGreaterEqual(sent, 30)  # three cores run a thread each, and are not halted
        self.assertEqual(logged[TLB_FLUSH], sent)

    def test_time_slices(self):
        report, logged = self.check("share", "10", cores=2)
        self.assertGreater(sum(core["switches"]["preemptive"] for core in report["cores"]), 0)
        self.assertGreater(sum(core.get("timer", {}).get("slice", 0) for core in report["cores"]), 0)

    def test_everything(self):
        for cores in (1, 4):
            self.check("all", "10", cores=cores)

    def test_ends_with_busy_cores(self):
        report, logged = self.check("busy", cores=4)
        self.assertEqual(logged[STOP], 3)

    def test_by_core(self):
        """One thread of QEMU serves all cores, so that records stay whole; GS tells the core."""
        report, log = self.run_program("all", "5", cores=4, options=ONE_THREAD)
        logged: dict[str, Counter] = {}
        for record in re.finditer(r"^ *\d+: v=([0-9a-f]{2}) .*?^GS =\S+ ([0-9a-f]{16})", log, re.MULTILINE | re.DOTALL):
            logged.setdefault(record[2], Counter())[int(record[1], 16)] += 1
        by_core = [counts for core in report["cores"] if (counts := interrupts(core))]
        order = lambda counts: sorted(counts.items())  # noqa: E731
        self.assertEqual(sorted(by_core, key=order), sorted(logged.values(), key=order))


class Times(ReportTest):
    def check_sums(self, report: dict):
        for number, core in enumerate(report["cores"]):
            ticks = core["ticks"]
            parts = ticks["threads"] + ticks["scheduler"] + ticks["halted"] + ticks["polling"] + sum(ticks[name] for name in INTERRUPT_TICKS)
            self.assertEqual(parts, ticks["total"], f"core {number}")
            self.assertTrue(all(0 <= value <= ticks["total"] for value in ticks.values()), ticks)

    def test_sums(self):
        for cores in (1, 4):
            self.check_sums(self.run_program("all", "10", cores=cores)[0])

    def test_sleeping_is_halting(self):
        report, _ = self.run_program("sleep", "500", options=("--icount",))
        self.check_sums(report)
        ticks = report["cores"][0]["ticks"]
        # 100 ms were slept, and one tick is a nanosecond.
        self.assertAlmostEqual(ticks["halted"], 100_000_000, delta=3_000_000)
        self.assertGreater(ticks["timer"], 0)
        self.assertGreaterEqual(report["cores"][0]["halts"], 500)

    def test_phases(self):
        report, _ = self.run_program("sleep", "500", options=("--icount",))
        phases = report["phases"]
        self.assertEqual(list(phases), ["firmware", "loader", "memory", "tables", "time", "thread", "cores", "files",
                                        "constructors", "main", "exit"])
        self.assertGreater(phases["main"], 100_000_000)
        self.assertTrue(all(0 < phases[name] < 10_000_000 for name in phases if name not in ("firmware", "main", "time")),
                        phases)

    def test_nothing_disturbs_hourglass(self):
        """A window ten times as long adds nothing but time in the thread: no interrupt, no switch, no fault."""
        short, long = (self.run_program(seconds, image="hourglass", options=("--icount",), status=0)[0]
                       for seconds in ("0.05", "0.5"))
        for report in (short, long):
            self.check_sums(report)
            core = report["cores"][0]
            self.assertEqual(set(core.get("interrupts", {})), {str(PAGE_FAULT)})
            self.assertEqual(core["switches"], {"voluntary": 0, "preemptive": 0})
            self.assertNotIn("ipis", core)
            self.assertNotIn("timer", core)
        before, after = (report["cores"][0] for report in (short, long))
        self.assertEqual(before["interrupts"], after["interrupts"])
        self.assertEqual(faults(short), faults(long))
        grown = after["ticks"]["total"] - before["ticks"]["total"]
        self.assertGreaterEqual(grown, 449_000_000)
        disturbed = sum(after["ticks"][name] - before["ticks"][name] for name in (*INTERRUPT_TICKS, "scheduler", "halted", "polling"))
        self.assertEqual(disturbed, 0)


class Endings(ReportTest):
    def test_crash(self):
        report, log = self.run_program("crash", status=134)
        self.assertEqual(faults(report)["fatal"], 1)
        self.assertEqual(report["status"], 134)

    def test_timeout(self):
        report, _ = self.run_program("hang", cores=2, options=("--timeout", "5"), status=124)
        self.assertEqual(report["status"], 124)
        self.assertEqual(len(report["cores"]), 2)
        self.assertGreater(report["cores"][0]["ticks"]["threads"], 0)

    def test_identity(self):
        first, second = (self.run_program(image=image, status=status)[0]
                         for image, status in (("system_events", STATUS), ("hello", 0)))
        self.assertRegex(first["build_id"], "^[0-9a-f]{40}$")
        self.assertNotEqual(first["build_id"], second["build_id"])

    def test_stacks(self):
        report, _ = self.run_program("all", "10", cores=4)
        for core in report["cores"]:
            self.assertTrue(all(0 <= stack["used"] < stack["bytes"] for stack in core["stacks"].values()), core["stacks"])
            self.assertGreater(core["stacks"]["interrupt"]["used"], 0)
        self.assertGreater(report["cores"][0]["stacks"]["page_fault"]["used"], 0)

    def test_without_the_option_nothing_is_said(self):
        done = images.boot("system_events", "all", "5")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (STATUS, b"", b""))


if __name__ == "__main__":
    images.main()
