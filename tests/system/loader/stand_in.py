"""Boots the loader's image under QEMU and reads what the stand-in for the kernel says."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

IMAGE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
CRASHING = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
STRIP = sys.argv.pop(1) if len(sys.argv) > 1 else ""
MIB = 1 << 20
HANDED_OVER = 33  # QEMU's exit status when the stand-in kernel writes 0x10 to the exit port


def read(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


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

    def boot(self, *options: str, until: str | None = None):
        """(QEMU's exit status, what the stand-in said, what came on COM1). A machine that says `until` on COM1
        is ended half a second later; its status is None."""
        output, log = os.path.join(self.directory, "output"), os.path.join(self.directory, "log")
        machine = [] if "-M" in options else ["-M", "q35"]
        processor = [] if "-cpu" in options else ["-cpu", "max"]
        process = subprocess.Popen(
            [shutil.which("qemu-system-x86_64") or "qemu-system-x86_64", "-accel", "tcg", "-nodefaults",
             "-display", "none", "-no-reboot", *machine, *processor, "-serial", f"file:{log}",
             "-chardev", f"file,id=output,path={output}", "-device", "isa-debugcon,iobase=0x500,chardev=output",
             "-device", "isa-debug-exit,iobase=0x504", *options])
        deadline = time.monotonic() + 60
        try:
            while (status := process.poll()) is None and time.monotonic() < deadline:
                time.sleep(0.02)
                if until is not None and until in read(log):
                    time.sleep(0.5)  # it must not go on
                    status = process.poll()
                    break
        finally:
            process.kill()
            process.wait()
        text, _, words = read(output).partition("command_line ")
        values = {name: int(value, 16) for name, value in (line.split() for line in text.splitlines())}
        values["command_line"] = words
        return status, values, read(log).replace("\r", "")

    def stripped(self, image: str) -> str:
        path = os.path.join(self.directory, "stripped")
        subprocess.run([STRIP, "-o", path, image], check=True)
        return path

    def assert_backtrace(self, log: str) -> None:
        """A machine on its own names the application's functions and the kernel's."""
        for number, name in enumerate(("innermost", "middle", "outermost", "main", "hermit::glue::run_application")):
            self.assertRegex(log, rf"#{number} +0x[0-9a-f]+ {name}\+0x[0-9a-f]+\n")

    def assert_handed_over(self, *options: str, image_at: int = 2 * MIB):
        """Boots and checks what must be so however the image was started."""
        status, values, log = self.boot(*options)
        self.assertEqual(status, HANDED_OVER, log)
        self.assertEqual(values["version"], 4)
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
