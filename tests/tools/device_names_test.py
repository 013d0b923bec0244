"""Names of PCI devices in the log."""

import unittest

import support  # noqa: F401 (finds the tools)
from hermit_run.device_names import DeviceNames, read_names

LIST = """\
# comment
8086  Intel Corporation
\t10d3  82574L Gigabit Network Connection
\t\t1043 8369  A board
\t2922  82801IR
1af4  Red Hat, Inc.
C 01  Mass storage controller
\t00  SCSI storage controller
"""
NETWORK = b"[0][INFO] 00:01.0 Ethernet controller [0200]: "


class Names(unittest.TestCase):
    def setUp(self):
        self.filter = DeviceNames(read_names(LIST.splitlines()))

    def test_list(self):
        self.assertEqual(read_names(LIST.splitlines()), {
            "8086": "Intel Corporation", "8086:10d3": "82574L Gigabit Network Connection", "8086:2922": "82801IR",
            "1af4": "Red Hat, Inc."})

    def test_known_and_unknown(self):
        self.assertEqual(
            self.filter.edit(NETWORK + b"[8086:10d3], IRQ 10\n"),
            NETWORK + b"Intel Corporation 82574L Gigabit Network Connection [8086:10d3], IRQ 10\n")
        self.assertEqual(self.filter.edit(NETWORK + b"[1af4:1000]\n"), NETWORK + b"Red Hat, Inc. Device [1af4:1000]\n")
        self.assertEqual(self.filter.edit(NETWORK + b"[abcd:1000]\n"), NETWORK + b"[abcd:1000]\n")

    def test_pieces(self):
        line = NETWORK + b"[8086:10d3]\nnext"
        said = b"".join(self.filter.edit(line[i:i + 1]) for i in range(len(line)))
        self.assertTrue(said.endswith(b"Connection [8086:10d3]\n"), said)
        self.assertEqual(self.filter.edit(b""), b"next")
        self.assertEqual(self.filter.edit(b""), b"")

    def test_other_lines_stay(self):
        text = b"[0][INFO] \n=== [8086:10d3] ===\nx\r\n\xff\n"
        self.assertEqual(self.filter.edit(text), text)


if __name__ == "__main__":
    unittest.main()
