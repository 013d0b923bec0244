"""How many interrupts it takes to make other cores forget translations, by QEMU's own log."""

import re
import tempfile
import unittest

import images

FLUSH = "e2"  # the vector


def flush_interrupts(mode: str) -> int:
    with tempfile.NamedTemporaryFile(mode="r") as log:
        options = ("-c", "4", "--qemu", "-d", "--qemu", "int", "--qemu", "-D", "--qemu", log.name)
        done = images.boot("system_halted_flush", mode, options=options)
        assert done.stdout == b"ok\n", done.stderr
        return len(re.findall(rf"^Servicing hardware INT=0x{FLUSH}$|v={FLUSH} ", log.read(),
                              re.MULTILINE))


class FlushInterrupts(unittest.TestCase):
    def test_halted_cores_are_left_alone(self):
        self.assertEqual(flush_interrupts("idle"), 0)

    def test_running_cores_are_asked(self):
        # Each of 50 replacements concerns three cores.
        self.assertGreaterEqual(flush_interrupts("busy"), 50)


if __name__ == "__main__":
    images.main()
