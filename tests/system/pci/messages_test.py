"""Devices interrupt cores by messages, each as often as it is told to, and the report counts them."""

import json
import os
import tempfile
import unittest

import images

MSI, MSI_X_TO_1, MSI_X_TO_0 = "64", "65", "66"  # vectors


class Messages(unittest.TestCase):
    def check(self, machine: str):
        with tempfile.TemporaryDirectory(prefix="hermit-pci.") as folder:
            path = os.path.join(folder, "report.json")
            words = ["-machine", machine, "-device", "edu", "-device", "igb"]
            done = images.boot("pci_messages", options=(
                "-c", "2", f"--report={path}", *(word for each in words for word in ("--qemu", each))))
            self.assertEqual((done.returncode, done.stdout), (0, b"ok\n"), done.stderr.decode())
            with open(path, encoding="utf-8") as file:
                counted = [core["interrupts"] for core in json.load(file)["cores"]]
        self.assertEqual([counted[0].get(vector, 0) for vector in (MSI, MSI_X_TO_1, MSI_X_TO_0)], [5, 0, 5])
        self.assertEqual([counted[1].get(vector, 0) for vector in (MSI, MSI_X_TO_1, MSI_X_TO_0)], [5, 6, 0])

    def test_memory_mapped(self):
        self.check("q35")

    def test_ports(self):
        self.check("pc")


if __name__ == "__main__":
    images.main()
