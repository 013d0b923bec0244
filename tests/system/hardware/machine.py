"""What tests of whole machines share."""

import os
import tempfile
import unittest

from images import boot
from tables import ROOT


class MachineTest(unittest.TestCase):
    """Boots an image that prints the number of its cores."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="hermit-tables.")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def at(self, address: int, content: bytes) -> list[str]:
        """QEMU's words for a machine with this in its memory."""
        path = os.path.join(self.directory, f"{address:x}")
        with open(path, "wb") as file:
            file.write(content)
        return ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]

    def run_machine(self, *machine: str, kernel: tuple[str, ...] = (), cores: int = 2, arguments: tuple[str, ...] = ()):
        """(cores that came up, the kernel's log)"""
        options = ["--verbose", "-c", str(cores)]
        options += [word for given in machine for word in ("--qemu", given)]
        options += [word for given in kernel for word in ("--kernel", given)]
        result = boot("system_cores", *arguments, options=tuple(options))
        log = result.stderr.decode(errors="replace").replace("\r", "")
        self.assertEqual(result.returncode, 0, log)
        return int(result.stdout), log

    def run_with(self, acpi: bytes, cores: int = 2, kernel: tuple[str, ...] = ()):
        """A machine that finds only these ACPI tables, and QEMU's small firmware's MultiProcessor tables."""
        return self.run_machine("-bios", "qboot.rom", "-machine", "q35,acpi=off", *self.at(ROOT, acpi),
                                kernel=(f"rsdp={ROOT:#x}", *kernel), cores=cores)
