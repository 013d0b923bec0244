"""The kernel's list of PCI devices against QEMU's own."""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest

import images

LINE = re.compile(r"\[INFO\] ([0-9a-f]{2}):([0-9a-f]{2})\.(\d) [^\[]*\[([0-9a-f]{4})\]: .*?\[([0-9a-f]{4}):([0-9a-f]{4})\]")
EVERY_KIND = ["-device", "pcie-root-port,id=root,chassis=1,bus=pcie.0", "-device", "e1000e,bus=root", "-device",
              "pcie-pci-bridge,id=bridge,bus=pcie.0", "-device", "e1000,bus=bridge,addr=7.0,multifunction=on", "-device",
              "rtl8139,bus=bridge,addr=7.3"]


def qemu_devices(path: str) -> set[tuple[int, ...]]:
    """(bus, device, function, class, vendor, device number) of what QEMU says that the machine has."""
    with socket.socket(socket.AF_UNIX) as connection, connection.makefile("rw") as monitor:
        connection.settimeout(30)
        connection.connect(path)
        monitor.readline()

        def ask(command: str):
            monitor.write(json.dumps({"execute": command}) + "\n")
            monitor.flush()
            while "return" not in (answer := json.loads(monitor.readline())):
                pass
            return answer["return"]

        ask("qmp_capabilities")
        found = set()

        def collect(devices):
            for device in devices:
                found.add((device["bus"], device["slot"], device["function"], device["class_info"]["class"],
                           device["id"]["vendor"], device["id"]["device"]))
                collect(device.get("pci_bridge", {}).get("devices", []))

        for bus in ask("query-pci"):
            collect(bus["devices"])
        return found


class Pci(unittest.TestCase):
    def assert_same(self, machine: str, devices: list[str], at_least: int):
        with tempfile.TemporaryDirectory(prefix="hermit-pci.") as folder:
            path = os.path.join(folder, "monitor")
            words = ["-machine", machine, *devices, "-qmp", f"unix:{path},server=on,wait=off"]
            options = ["--verbose", *(word for each in words for word in ("--qemu", each))]
            process = subprocess.Popen(images.command("pci_waiter", options=tuple(options)), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                self.assertEqual(process.stdout.readline(), b"up\n")
                expected = qemu_devices(path)
            finally:
                process.send_signal(signal.SIGTERM)
                _, log = process.communicate(timeout=60)
        listed = [tuple(int(part, 16) for part in match.groups()) for match in LINE.finditer(log.decode())]
        self.assertGreaterEqual(len(expected), at_least)
        self.assertEqual(sorted(listed), sorted(expected), log.decode())

    def test_memory_mapped(self):
        self.assert_same("q35", EVERY_KIND, 9)

    def test_ports(self):
        self.assert_same("pc", ["-device", "pci-bridge,id=bridge,chassis_nr=1", "-device", "e1000,bus=bridge,addr=3"], 5)

    def test_none(self):
        done = images.boot("pci_waiter", options=("--verbose", "--qemu", "-machine", "--qemu", "microvm,pcie=off",
                                                  "--timeout", "5"))
        self.assertEqual(done.returncode, 124, done.stderr)
        self.assertIn(b"PCI DEVICES", done.stderr)
        self.assertEqual(LINE.findall(done.stderr.decode()), [])


if __name__ == "__main__":
    images.main()
