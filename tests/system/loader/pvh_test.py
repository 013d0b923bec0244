"""The loader started by PVH. Arguments: an image with a stand-in for the kernel, one that crashes, and the strip
command."""

import struct
import unittest

from stand_in import CRASHING, HANDED_OVER, IMAGE, MIB, StandInTest

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


class Pvh(StandInTest):
    def boot(self, *options: str, **more):
        return super().boot(*([] if "-kernel" in options else ["-kernel", IMAGE]), *options, **more)

    def assert_refused(self, reason: str, *options: str):
        status, values, log = self.boot(*options, until="\n")
        self.assertEqual((status, values, log), (None, {"command_line": ""}, f"[LOADER] {reason}\n"))

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

    def test_too_little_memory(self):
        self.assert_refused("The machine has too little memory for this image", "-m", "5M")

    def test_any_physical_address(self):
        with open(IMAGE, "rb") as file:
            image = file.read()
        for distance in (2 * MIB, 4 * MIB, 64 * MIB):
            path = self.path("moved", moved(image, distance))
            with self.subTest(distance):
                self.assert_handed_over("-kernel", path, image_at=2 * MIB + distance)

    def test_backtrace_with_names(self):
        for image in (CRASHING, self.stripped(CRASHING)):
            with self.subTest(image):
                _, _, log = self.boot("-kernel", image, "-append", "-- null", "-m", "128M", until="error code")
                self.assert_backtrace(log)

    def test_command_line(self):
        values, log = self.assert_handed_over("-append", 'a=b -- "x y" ü')
        self.assertEqual(values["command_line"], 'a=b -- "x y" ü')
        self.assertEqual(log, "")

    def test_long_command_lines(self):
        longest = "x" * (COMMAND_LINE_LIMIT - 1)
        values, _ = self.assert_handed_over("-bios", "qboot.rom", "-append", longest)
        self.assertEqual(values["command_line"], longest)
        status, values, _ = self.boot("-bios", "qboot.rom", "-append", longest + "y")
        self.assertEqual((status, values["truncated"], values["command_line"]), (HANDED_OVER, 1, longest))
        _, _, log = self.boot("-kernel", CRASHING, "-bios", "qboot.rom", "-append", "-- null " + longest, "-m", "128M",
                              until="error code")
        self.assertIn("The end of the command line is missing", log)

    def test_log(self):
        _, log = self.assert_handed_over("-append", "log=info -- x")
        self.assertRegex(log, r"^\[LOADER\] Started\n(\[LOADER\] .*\n)+$")
        self.assertIn("[LOADER] Found image at 0x200000\n", log)

    def test_processors_that_will_not_do(self):
        for processor in ("qemu32", "qemu64,-nx"):
            with self.subTest(processor):
                self.assert_refused("This processor lacks 64-bit mode or no-execute pages", "-cpu", processor)


if __name__ == "__main__":
    unittest.main()
