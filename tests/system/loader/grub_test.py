"""The loader started by GRUB (Multiboot2, BIOS); the argument is an image with a stand-in for the kernel."""

import os
import struct
import subprocess
import unittest

from stand_in import IMAGE, MIB, StandInTest

MENU = """\
set timeout=0
menuentry image {
  multiboot2 /image log=info -- "x y"
  boot
}
"""


def not_below(image: bytes, lowest: int) -> bytes:
    """The image with another lowest address in the relocatable tag of its Multiboot2 header."""
    content = bytearray(image)
    tag = content.index(struct.pack("<HHIIIII", 10, 0, 24, 2 * MIB, 0xFFFFFFFF, 2 * MIB, 1))
    struct.pack_into("<I", content, tag + 8, lowest)
    return bytes(content)


class Grub(StandInTest):
    def assert_boots(self, image: bytes, image_at: int) -> None:
        os.makedirs(os.path.join(self.directory, "disc/boot/grub"))
        self.path("disc/boot/grub/grub.cfg", MENU)
        self.path("disc/image", image)
        disc = os.path.join(self.directory, "disc.iso")
        subprocess.run(["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", "-o", disc,
                        os.path.join(self.directory, "disc")], check=True, stderr=subprocess.DEVNULL)
        values, log = self.assert_handed_over("-cdrom", disc, "-m", "128M", image_at=image_at)
        self.assertEqual(values["command_line"], 'log=info -- "x y"')
        self.assertTrue(120 * MIB < values["usable"] <= 128 * MIB)
        self.assertIn("[LOADER] Booted by Multiboot2\n", log)

    def test_as_linked(self):
        with open(IMAGE, "rb") as file:
            self.assert_boots(file.read(), 2 * MIB)

    def test_relocated(self):
        with open(IMAGE, "rb") as file:
            self.assert_boots(not_below(file.read(), 4 * MIB), 4 * MIB)


if __name__ == "__main__":
    unittest.main()
