"""Boots the loader's image under QEMU and reads what the stand-in for the kernel says."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

IMAGE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
MIB = 1 << 20
HANDED_OVER = 33  # QEMU's exit status when the stand-in kernel writes 0x10 to the exit port


class StandInTest(unittest.TestCase):
    """Each test has a directory of its own."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="hermit-loader.")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name: str, content: bytes | str) -> str:
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def boot(self, *options: str, patience: float = 60):
        """(QEMU's exit status or None if it had to be ended, what the stand-in said, what came on COM1)"""
        output, log = os.path.join(self.directory, "output"), os.path.join(self.directory, "log")
        machine = [] if "-M" in options else ["-M", "q35"]
        processor = [] if "-cpu" in options else ["-cpu", "max"]
        process = subprocess.Popen(
            [shutil.which("qemu-system-x86_64") or "qemu-system-x86_64", "-accel", "tcg", "-nodefaults",
             "-display", "none", "-no-reboot", *machine, *processor, "-serial", f"file:{log}",
             "-chardev", f"file,id=output,path={output}", "-device", "isa-debugcon,iobase=0x500,chardev=output",
             "-device", "isa-debug-exit,iobase=0x504", *options])
        try:
            status = process.wait(patience)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            process.kill()
            process.wait()
        with open(output, encoding="utf-8") as file:
            text, _, words = file.read().partition("command_line ")
        values = {name: int(value, 16) for name, value in (line.split() for line in text.splitlines())}
        values["command_line"] = words
        with open(log, encoding="utf-8", errors="replace") as file:
            return status, values, file.read().replace("\r", "")

    def assert_handed_over(self, *options: str, image_at: int = 2 * MIB):
        """Boots and checks what must be so however the image was started."""
        status, values, log = self.boot(*options)
        self.assertEqual(status, HANDED_OVER, log)
        self.assertEqual(values["version"], 1)
        self.assertEqual(values["image"], image_at)
        self.assertTrue(image_at < values["info"] < image_at + 16 * MIB)
        self.assertEqual(values["data"], 0x123456789ABCDEF0)
        for what in ("stack", "same_text", "root"):
            self.assertEqual(values[what], 1, what)
        self.assertEqual(values["root_entries"], 2)  # image and direct map, nothing left over
        self.assertEqual(values["rsdp"].to_bytes(8, "little"), b"RSD PTR ")
        self.assertEqual(values["cr0"], 0x80010033)
        self.assertEqual(values["cr4"], 0x620)
        self.assertEqual(values["efer"] & ~(1 << 10), 0x900)
        self.assertEqual(values["truncated"], 0)
        return values, log
