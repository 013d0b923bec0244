"""The matrix can fail: outcomes that are not right are not called so."""

import os
import tempfile
import unittest

import matrix
from emulators import Outcome, missing
from entry import Entry, load
from programs import Program

PROGRAM = Program("program", "unused")
OUTPUT = ("Loading ...\nmachine: first line\narguments: [8] [two words] [] [it's]\n"
          "cores: 4 of 4, threads: 4\nmachine: last line\n")


def judge(output: str = OUTPUT, log: str = "", fault: str | None = None, **fields) -> str | None:
    return matrix.judge(Entry("a machine", **{"cores": 4, **fields}), PROGRAM, Outcome(output, log, 1.0, fault))


class Judge(unittest.TestCase):
    def test_right(self):
        self.assertIsNone(judge())
        self.assertIsNone(judge(log="APIC in use:    xAPIC\n", expect=["in use: +xAPIC"]))

    def test_each_line_matters(self):
        for line in OUTPUT.splitlines(keepends=True)[1:]:
            self.assertIn("is missing", judge(OUTPUT.replace(line, "")))

    def test_output_cut_off(self):
        self.assertIn("is missing", judge(OUTPUT[:-2]))

    def test_other_number_of_cores(self):
        self.assertIn("is missing", judge(cores=5))

    def test_log(self):
        self.assertIn("the log does not say", judge(log="APIC in use:    x2APIC\n", expect=["in use: +xAPIC"]))

    def test_emulator(self):
        self.assertEqual(judge(fault="did not end in 9 s"), "did not end in 9 s")


class Entries(unittest.TestCase):
    def test_no_memory_is_no_success(self):
        self.assertIn("of memory are free", missing(Entry("huge", 1, touch=1 << 30)))

    def test_missing_firmware_is_no_success(self):
        self.assertIn("is not installed", missing(Entry("odd", 1, qemu=["-bios", "/usr/no-such-firmware"])))

    def test_normal_part_is_less(self):
        entries = load()
        self.assertLess(len(matrix.chosen(entries, [], False)), len(matrix.chosen(entries, [], True)))
        self.assertEqual([entry.name for entry in matrix.chosen(entries, ["*: 64 MiB"], False)], ["64 MiB"])


class Table(unittest.TestCase):
    def test_write_keeps_the_rest(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "README.md")
            for before in ("old\n", ""):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(f"head\n{matrix.BEGIN}\n{before}{matrix.END}\ntail\n")
                matrix.write(path, ["| a |"])
                with open(path, encoding="utf-8") as file:
                    self.assertEqual(file.read(), f"head\n{matrix.BEGIN}\n\n| a |\n\n{matrix.END}\ntail\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
