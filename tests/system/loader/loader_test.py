"""The loader with a stand-in for the kernel that says what it was handed; the argument is their image."""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

IMAGE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
MIB = 1 << 20
HANDED_OVER = 33  # QEMU's exit status when the stand-in kernel writes 0x10 to the exit port
COMMAND_LINE_LIMIT = 16384


def moved(image: bytes, distance: int) -> bytes:
    """The image as a monitor that loads it `distance` bytes higher would see it."""
    content = bytearray(image)
    (table,) = struct.unpack_from("<Q", content, 32)
    (count,) = struct.unpack_from("<H", content, 56)
    for header in range(table, table + 56 * count, 56):
        (physical,) = struct.unpack_from("<Q", content, header + 24)
        struct.pack_into("<Q", content, header + 24, physical + distance)
    note = content.index(struct.pack("<III4s", 4, 8, 18, b"Xen")) + 16
    (entry,) = struct.unpack_from("<Q", content, note)
    struct.pack_into("<Q", content, note, entry + distance)
    return bytes(content)


class Loader(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="hermit-loader.")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def boot(self, *options: str, image: str = IMAGE, command_line: str = "", patience: float = 60):
        """(QEMU's exit status, what the stand-in said, what came on COM1)"""
        output, log = os.path.join(self.directory, "output"), os.path.join(self.directory, "log")
        machine = [] if {"-M"} & set(options) else ["-M", "q35"]
        processor = [] if {"-cpu"} & set(options) else ["-cpu", "max"]
        process = subprocess.Popen(
            [shutil.which("qemu-system-x86_64") or "qemu-system-x86_64", "-accel", "tcg", "-nodefaults",
             "-display", "none", "-no-reboot", *machine, *processor, "-serial", f"file:{log}",
             "-chardev", f"file,id=output,path={output}", "-device", "isa-debugcon,iobase=0x500,chardev=output",
             "-device", "isa-debug-exit,iobase=0x504", *options, "-kernel", image, "-append", command_line])
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
        with open(log, encoding="utf-8") as file:
            return status, values, file.read().replace("\r", "")

    def assert_handed_over(self, *options: str, image_at: int = 2 * MIB, **more):
        status, values, log = self.boot(*options, **more)
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

    def test_machines(self):
        for options in (["-M", "q35"], ["-M", "pc"], ["-M", "microvm,rtc=on"], ["-bios", "qboot.rom"],
                        ["-cpu", "qemu64"], ["-cpu", "Opteron_G1"]):
            with self.subTest(options):
                self.assert_handed_over(*options)

    def test_memory_sizes(self):
        for mib in (10, 128, 5 << 10):
            with self.subTest(mib):
                values, _ = self.assert_handed_over("-m", f"{mib}M")
                self.assertTrue((mib - 2) * MIB < values["usable"] <= mib * MIB)
                # QEMU's q35 leaves a hole for devices above 2 GiB.
                self.assertEqual(values["direct_map"], min(mib, 2 << 10) * MIB)

    def test_any_physical_address(self):
        with open(IMAGE, "rb") as file:
            image = file.read()
        for distance in (2 * MIB, 4 * MIB, 64 * MIB):
            path = os.path.join(self.directory, "moved")
            with open(path, "wb") as file:
                file.write(moved(image, distance))
            with self.subTest(distance):
                self.assert_handed_over(image=path, image_at=2 * MIB + distance)

    def test_command_line(self):
        values, log = self.assert_handed_over(command_line='a=b -- "x y" ü')
        self.assertEqual(values["command_line"], 'a=b -- "x y" ü')
        self.assertEqual(log, "")

    def test_long_command_lines(self):
        longest = "x" * (COMMAND_LINE_LIMIT - 1)
        values, _ = self.assert_handed_over("-bios", "qboot.rom", command_line=longest)
        self.assertEqual(values["command_line"], longest)
        status, values, _ = self.boot("-bios", "qboot.rom", command_line=longest + "y")
        self.assertEqual((status, values["truncated"], values["command_line"]), (HANDED_OVER, 1, longest))

    def test_log(self):
        _, log = self.assert_handed_over(command_line="log=info -- x")
        self.assertRegex(log, r"^\[LOADER\] Started\n(\[LOADER\] .*\n)+$")
        self.assertIn("[LOADER] Found image at 0x200000\n", log)

    def test_processors_that_will_not_do(self):
        for processor in ("qemu32", "qemu64,-nx"):
            with self.subTest(processor):
                status, values, log = self.boot("-cpu", processor, patience=3)
                self.assertEqual((status, values), (None, {"command_line": ""}))
                self.assertEqual(log, "[LOADER] This processor lacks 64-bit mode or no-execute pages\n")


if __name__ == "__main__":
    unittest.main()
