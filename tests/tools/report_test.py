"""The report of a run: from the kernel's records to JSON and to a table."""

import json
import os
import unittest

from support import HermitRunTest
from hermit_run import control, report

FIGURES = """\
format 1
build_id 0123456789012345678901234567890123456789
tsc_khz 1000000
smi_counted 0
cores_not_stopped 0
phases.firmware 30000000
phases.main 2500000000
memory.total 1073741824
memory.used 4194304
memory.used_peak 8388608
memory.application_charged 4096
memory.application_charged_peak 8192
cores.0.faults.demand_4k 7
cores.0.interrupts.14 7
cores.0.interrupts.224 2
cores.1.interrupts.225 3
cores.0.timer.deadline 2
cores.0.ticks.total 1000
cores.0.ticks.threads 990
cores.0.ticks.timer 10
cores.1.ticks.total 1000
cores.1.ticks.halted 1000
cores.0.stacks.boot.used 800
cores.0.stacks.boot.bytes 32768
cores.1.stacks.boot.used 136
cores.1.stacks.boot.bytes 16384
not_implemented.getpwnam 1
not_implemented.alarm 1
"""


def records(text: str) -> list[tuple[str, str]]:
    taken = control.Report()
    taken.feed("".join(f"HERMIT report {line}\n" for line in text.splitlines()).encode())
    return taken.figures


def row(lines: list[str], name: str) -> list[str]:
    """The figures behind a name."""
    return next(line for line in lines if line.startswith(f"  {name} "))[len(name) + 2:].split()


class Records(unittest.TestCase):
    def test_tree(self):
        tree = report.tree(records(FIGURES))
        self.assertEqual(tree["cores"][0]["interrupts"], {"14": 7, "224": 2})
        self.assertEqual(tree["memory"]["used_peak"], 8 << 20)
        self.assertEqual(tree["build_id"], "0123456789" * 4)  # digits only, and no number
        self.assertEqual(list(tree["phases"]), ["firmware", "main"])

    def test_cores_are_in_the_order_of_their_numbers(self):
        tree = report.tree([(f"cores.{number}.halts", str(number)) for number in (10, 2, 0)])
        self.assertEqual([core["halts"] for core in tree["cores"]], [0, 2, 10])

    def test_json(self):
        parsed = json.loads(report.as_json(records(FIGURES), "app", 3))
        self.assertEqual((parsed["program"], parsed["status"], parsed["cores"][0]["faults"]["demand_4k"]), ("app", 3, 7))

    def test_torn_records_are_left_out(self):
        taken = control.Report()
        taken.feed(b"HERMIT report a.b 1\nHERMIT report a.c\nHERMIT report\nHERMIT rep")
        self.assertEqual(taken.figures, [("a.b", "1")])

    def test_contradiction_is_noticed(self):
        with self.assertRaises(ValueError):
            report.tree([("a", "1"), ("a.b", "2")])


class Table(unittest.TestCase):
    def setUp(self):
        self.lines = report.render(records(FIGURES), "app")

    def test_head(self):
        self.assertEqual(self.lines[0], "report of app, build " + "0123456789" * 4)

    def test_durations_and_sizes(self):
        self.assertEqual(row(self.lines, "firmware"), ["30", "ms"])
        self.assertEqual(row(self.lines, "main"), ["2.500", "s"])
        self.assertEqual(row(self.lines, "frames in use"), ["4", "MiB", "8", "MiB"])
        self.assertEqual(row(self.lines, "application, charged"), ["4", "KiB", "8", "KiB"])
        self.assertEqual(row(self.lines, "threads"), ["990", "ns", "0", "ns"])

    def test_columns_by_core_and_names_of_vectors(self):
        self.assertEqual(row(self.lines, "page fault"), ["7", "0"])
        self.assertEqual(row(self.lines, "timer"), ["2", "0"])
        self.assertEqual(row(self.lines, "wake-up IPI"), ["0", "3"])
        self.assertEqual(report.vector_name(0x27), "stray 8259 line 7")
        self.assertEqual(report.vector_name(0x41), "device vector 0x41")
        self.assertEqual(report.vector_name(6), "exception 6")

    def test_what_is_zero_takes_no_line(self):
        text = "\n".join(self.lines)
        self.assertNotIn("page was there", text)
        self.assertIn("IPIs sent: none", text)
        self.assertIn("task switches: none", text)

    def test_stacks_of_different_sizes(self):
        self.assertEqual(row(self.lines, "boot, of 16 KiB or 32 KiB"), ["800", "136"])

    def test_missing_calls_and_processor(self):
        self.assertIn("calls that are not implemented: getpwnam alarm", self.lines)
        self.assertIn("system-management interrupts: not counted by this processor", self.lines)

    def test_a_short_report_is_shown_as_far_as_it_goes(self):
        lines = report.render(records("build_id ab\ntsc_khz 1000\nphases.firmware 5\n"), "app")
        self.assertEqual(row(lines, "firmware"), ["5", "us"])


class Launcher(HermitRunTest):
    SEND = "".join(f"send('control', 'HERMIT report {line}\\n'); " for line in FIGURES.splitlines())
    DONE = "send('control', 'HERMIT exit 5\\nHERMIT end\\n'); sys.exit(3)"

    def test_table_on_stderr(self):
        status, out, err = self.run_it("--report", "image", qemu=self.SEND + self.DONE)
        self.assertEqual((status, out), (5, ""))
        self.assertRegex(err, "^report of image, build 0123")

    def test_json_in_a_file(self):
        got = self.run_it("--report=out.json", "image", qemu=self.SEND + self.DONE)
        self.assertEqual(got, (5, "", ""))
        with open(os.path.join(self.directory, "out.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["status"], 5)

    def test_the_kernel_is_asked_only_on_demand(self):
        body = "send('stdout', option('-append')); " + self.DONE
        self.assertIn(" report ", self.run_it("--report", "image", qemu=body)[1])
        self.assertNotIn("report", self.run_it("image", qemu=body)[1])

    def test_no_report_is_said(self):
        status, _, err = self.run_it("--report", "image", qemu=self.DONE)
        self.assertEqual((status, err), (5, "hermit-run: the machine has sent no report\n"))

    def test_a_file_that_cannot_be_written(self):
        body = "send('stdout', 'started'); " + self.SEND + self.DONE
        status, out, err = self.run_it("--report=none/out.json", "image", qemu=body)
        self.assertEqual((status, out), (125, ""))
        self.assertRegex(err, "cannot write the report to none/out.json: No such file")

    def test_a_full_disk(self):
        status, out, err = self.run_it("--report=/dev/full", "image", qemu=self.SEND + self.DONE)
        self.assertEqual((status, out), (5, ""))
        self.assertRegex(err, "cannot write the report to /dev/full: No space left")

    def test_crash_comes_with_the_report(self):
        body = "send('control', 'HERMIT crash broken\\n'); " + self.SEND + "send('control', 'HERMIT end\\n')"
        status, _, err = self.run_it("--report", "image", qemu=body)
        self.assertEqual(status, 134)
        self.assertRegex(err, "(?s)broken.*report of image")


if __name__ == "__main__":
    unittest.main()
