"""Stacks of ended threads serve new ones: they are neither mapped nor backed anew, and no core has to
flush a translation."""

import json
import os
import tempfile
import unittest

import images

PAGE_FAULT, TLB_FLUSH = 14, 0xE2


class RecyclingTest(unittest.TestCase):
    def interrupts(self, *arguments):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "report.json")
            done = images.boot("system_recycling", *arguments, options=("-c", "4", f"--report={path}"))
            self.assertEqual(done.stdout, b"ok\n", done.stderr.decode())
            with open(path, encoding="utf-8") as file:
                report = json.load(file)
        total = {PAGE_FAULT: 0, TLB_FLUSH: 0}
        for core in report["cores"]:
            for vector, count in core.get("interrupts", {}).items():
                if int(vector) in total:
                    total[int(vector)] += count
        return total

    def test_no_core_flushes(self):
        total = self.interrupts()
        self.assertEqual(total[TLB_FLUSH], 0)
        self.assertGreater(total[PAGE_FAULT], 0)
        self.assertLess(total[PAGE_FAULT], 200)  # 4,000 threads

    def test_a_flush_would_be_seen(self):
        self.assertGreater(self.interrupts("unmap")[TLB_FLUSH], 0)


if __name__ == "__main__":
    images.main()
