"""How a machine ends: QEMU must be gone, and by the way that the test leaves it."""

import subprocess
import unittest

from images import boot, command, main


class End(unittest.TestCase):
    """The kernel is told that the exit device is at port 0, which means that there is none. The launcher's
    `-no-reboot` makes QEMU end at a reset."""

    def end(self, *machine: str, kernel: tuple[str, ...] = ()):
        """A machine with two cores, one of which spins."""
        options = ["--verbose", "-c", "2"]
        options += [word for given in machine for word in ("--qemu", given)]
        options += [word for given in kernel for word in ("--kernel", given)]
        return boot("system_spinning_end", options=tuple(options))

    WITHOUT_EXIT_DEVICE = ("channels=debugcon:0x500,0x501,0x502,0",)

    def assert_ends(self, *machine: str, kernel: tuple[str, ...] = WITHOUT_EXIT_DEVICE) -> str:
        result = self.end(*machine, kernel=kernel)
        log = result.stderr.decode(errors="replace")
        self.assertEqual((result.returncode, result.stdout), (7, b"over\n"), log)
        return log

    def test_exit_device(self):
        self.assert_ends(kernel=())

    def test_soft_off(self):
        for machine in ("q35", "pc", "microvm"):
            with self.subTest(machine):
                # A reset would be visible: QEMU would stop there and stay.
                self.assert_ends("-machine", machine, "-action", "reboot=reset")

    def test_reset_register(self):
        self.assert_ends("-machine", "q35", kernel=(*self.WITHOUT_EXIT_DEVICE, "at_end=reboot"))

    def test_keyboard_controller_or_triple_fault(self):
        self.assert_ends("-machine", "pc,acpi=off")
        self.assert_ends("-machine", "microvm,acpi=off")  # which has no keyboard controller

    def test_halt(self):
        process = subprocess.Popen(
            command("system_spinning_end", options=("--verbose", "-c", "2", "--timeout", "4", "--kernel",
                                                    "at_end=halt")),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = process.communicate(timeout=60)
        log = errors.decode(errors="replace")
        self.assertEqual((process.returncode, output), (7, b"over\n"), log)
        self.assertIn("System halted", log)


if __name__ == "__main__":
    main()
