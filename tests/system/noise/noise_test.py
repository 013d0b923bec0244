"""Nothing interrupts hourglass while it measures: QEMU's own log of interrupts and exceptions, not
the program's counters, says so."""

import re
import tempfile
import unittest

import images


class Noise(unittest.TestCase):
    def test_icount_is_reproducible_and_quiet(self):
        outputs = []
        for _ in range(2):
            done = images.boot("hourglass", "0.2", options=("--icount",))
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            outputs.append(done.stdout.decode())
        self.assertEqual(outputs[0], outputs[1])
        self.assertRegex(outputs[0], r"gaps over 1 us +0\.00 count\n")

    def test_no_interrupt(self):
        def interrupts(duration: str) -> int:
            with tempfile.NamedTemporaryFile(mode="r") as log:
                options = ("--icount", "--qemu", "-d", "--qemu", "int", "--qemu", "-D", "--qemu",
                           log.name)
                done = images.boot("hourglass", duration, options=options)
                self.assertEqual(done.returncode, 0, done.stderr)
                return len(re.findall(r"^ *[0-9]+: v=", log.read(), re.MULTILINE))

        # Page faults at start are there in both; a longer measurement must not add anything.
        self.assertEqual(interrupts("0.05"), interrupts("1.0"))


if __name__ == "__main__":
    images.main()
