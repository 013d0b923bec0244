"""hermit-run with the real QEMU. The image given as first argument is echo.S."""

import os
import shutil
import sys
import unittest

from support import HermitRunTest
from hermit_run.command_line import quote

IMAGE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
CHANNELS = "channels=debugcon:0x500,0x501,0x502,0x504 log=warning env=OMP_WAIT_POLICY=active"


class Machine(HermitRunTest):
    def boot(self, *words: str) -> tuple[int, str, str]:
        # With a wait policy of its own the command line is the same on every host.
        return self.run_it("--timeout", "30", *words, env={"HERMIT_QEMU": shutil.which("qemu-system-x86_64") or "",
                                                           "OMP_WAIT_POLICY": "active"})

    def assert_echo(self, *options: str, arguments: tuple[str, ...] = ()) -> None:
        expected = " ".join([CHANNELS, f"argv0={IMAGE} --", *(quote(a).decode() for a in arguments)])
        self.assertEqual(self.boot(*options, IMAGE, *arguments), (7, expected, ""))

    def test_arguments_reach_the_machine(self):
        self.assert_echo(arguments=("--size", "a b", "", '"', "\n", "ü", ",=,"))

    def test_many_arguments(self):
        self.assert_echo(arguments=tuple("x" * 99 for _ in range(150)))

    def test_machines(self):
        for options in (["-c", "4"], ["-c", "255"], ["-m", "8M"], ["-m", "5G"], ["--icount"],
                        ["--qemu", "-bios", "--qemu", "bios-256k.bin"], ["--qemu", "-machine", "--qemu", "microvm"],
                        ["--qemu", "-smp", "--qemu", "sockets=2,cores=3,threads=1"]):
            with self.subTest(options):
                self.assert_echo(*options)

    def test_a_hang_is_located(self):
        status, out, err = self.boot("-c", "2", "--timeout", "2", IMAGE, "hang")
        self.assertEqual((status, out), (124, f"{CHANNELS} argv0={IMAGE} -- hang"))
        self.assertRegex(err, r"had not finished after 2 seconds(.|\n)*core 0 at 0x[0-9a-f]+ in hang at .*echo.S:[0-9]+\n")
        self.assertRegex(err, r"core 1 ")

    def test_qemu_explains_what_it_refuses(self):
        status, out, err = self.boot("--qemu", "-frob", IMAGE)
        self.assertEqual((status, out), (125, ""))
        self.assertRegex(err, "-frob: invalid option(.|\n)*QEMU ended with an error")


if __name__ == "__main__":
    unittest.main()
