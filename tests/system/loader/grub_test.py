"""The loader started by GRUB (Multiboot2, BIOS). Arguments: an image with a stand-in for the kernel, one that
crashes, the strip command, and an image that prints "hello" and its arguments."""

import os
import struct
import subprocess
import sys
import unittest

from stand_in import CRASHING, IMAGE, MIB, StandInTest

APPLICATION = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
MENU = """\
set timeout=0
menuentry image {{
  multiboot2 /image {words}
  boot
}}
"""


def content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def not_below(image: bytes, lowest: int) -> bytes:
    """The image with another lowest address in the relocatable tag of its Multiboot2 header."""
    content = bytearray(image)
    tag = content.index(struct.pack("<HHIIIII", 10, 0, 24, 2 * MIB, 0xFFFFFFFF, 2 * MIB, 1))
    struct.pack_into("<I", content, tag + 8, lowest)
    return bytes(content)


class Grub(StandInTest):
    def disc(self, image: bytes, words: str) -> str:
        """A bootable disc with the image and its command line."""
        os.makedirs(os.path.join(self.directory, "disc/boot/grub"))
        self.path("disc/boot/grub/grub.cfg", MENU.format(words=words))
        self.path("disc/image", image)
        disc = os.path.join(self.directory, "disc.iso")
        subprocess.run(["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", "-o", disc,
                        os.path.join(self.directory, "disc")], check=True, stderr=subprocess.DEVNULL)
        return disc

    def assert_boots(self, image: bytes, image_at: int) -> None:
        disc = self.disc(image, 'log=info -- "x y"')
        values, log = self.assert_handed_over("-cdrom", disc, "-m", "128M", image_at=image_at)
        self.assertEqual(values["command_line"], 'log=info -- "x y"')
        self.assertTrue(120 * MIB < values["usable"] <= 128 * MIB)
        self.assertIn("[LOADER] Booted by Multiboot2\n", log)

    def test_as_linked(self):
        self.assert_boots(content(IMAGE), 2 * MIB)

    def test_relocated(self):
        self.assert_boots(not_below(content(IMAGE), 4 * MIB), 4 * MIB)

    def test_relocated_application(self):
        disc = self.disc(not_below(content(APPLICATION), 6 * MIB), "log=info world")
        _, _, log = self.boot("-cdrom", disc, "-m", "128M", "-smp", "2", until="Shutting down")
        self.assertIn("[LOADER] Found image at 0x600000\n", log)
        self.assertRegex(log, r"Initialized CPUs: +2\n")
        self.assertIn("\nhello world\n", log)

    def assert_names_functions(self, image: bytes, image_at: int) -> None:
        disc = self.disc(image, "log=info -- null")
        _, _, log = self.boot("-cdrom", disc, "-m", "128M", until="error code")
        self.assertIn(f"[LOADER] Found image at {image_at:#x}\n", log)
        self.assert_backtrace(log)

    def test_backtrace_with_names(self):
        self.assert_names_functions(content(CRASHING), 2 * MIB)

    def test_backtrace_with_names_of_a_stripped_and_relocated_image(self):
        self.assert_names_functions(not_below(content(self.stripped(CRASHING)), 6 * MIB), 6 * MIB)


if __name__ == "__main__":
    unittest.main()
