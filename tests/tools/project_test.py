"""A foreign CMake project, with the toolchain file given as first argument: configured, built and tested."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLCHAIN_FILE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "project")


class ForeignProject(unittest.TestCase):
    def test_configure_build_and_test(self):
        build = tempfile.mkdtemp(prefix="hermit-project-test.")
        self.addCleanup(shutil.rmtree, build)
        for command in (["cmake", "-S", PROJECT, "-B", build, "-G", "Ninja", f"-DCMAKE_TOOLCHAIN_FILE={TOOLCHAIN_FILE}"],
                        ["cmake", "--build", build], ["ctest", "--test-dir", build, "--output-on-failure"]):
            run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=200)
            self.assertEqual(run.returncode, 0, f"{' '.join(command)}\n{run.stdout}")
        self.assertIn("100% tests passed, 0 tests failed out of 4", run.stdout)


if __name__ == "__main__":
    unittest.main()
