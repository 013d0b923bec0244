"""Foreign projects, CMake's and Meson's, configured with the files in the folder given first, built and tested."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "project")


class ForeignProject(unittest.TestCase):
    def setUp(self) -> None:
        self.build = tempfile.mkdtemp(prefix="hermit-project-test.")
        self.addCleanup(shutil.rmtree, self.build)

    def run_all(self, *commands: list[str]) -> str:
        """What the last one printed."""
        for command in commands:
            run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=100)
            self.assertEqual(run.returncode, 0, f"{' '.join(command)}\n{run.stdout}")
        return run.stdout

    def test_cmake(self):
        last = self.run_all(["cmake", "-S", PROJECT, "-B", self.build, "-G", "Ninja",
                             f"-DCMAKE_TOOLCHAIN_FILE={BUILD}/hermit-toolchain.cmake"],
                            ["cmake", "--build", self.build], ["ctest", "--test-dir", self.build, "--output-on-failure"])
        self.assertIn("100% tests passed, 0 tests failed out of 4", last)

    @unittest.skipUnless(shutil.which("meson"), "meson is not installed")
    def test_meson(self):
        last = self.run_all(["meson", "setup", "--cross-file", f"{BUILD}/hermit-meson.ini", PROJECT, self.build],
                            ["meson", "compile", "-C", self.build], ["meson", "test", "-C", self.build, "--print-errorlogs"])
        self.assertRegex(last, r"\nOk: +2 *\n")


if __name__ == "__main__":
    unittest.main()
