"""Jacobi gives the same result on any number of cores."""

import re
import unittest

import images


class Jacobi(unittest.TestCase):
    def solve(self, cores: int) -> str:
        done = images.boot("jacobi", "--size", "120", "--iterations", "60",
                           options=("-c", str(cores)))
        self.assertEqual((done.returncode, done.stderr), (0, b""), done.stdout)
        text = done.stdout.decode()
        self.assertIn(f"threads:       {cores}\n", text)
        self.assertTrue(text.endswith("\nok\n"))
        return "".join(re.findall("^(?:residual|mean):.*\n", text, re.MULTILINE))

    def test_cores(self):
        one = self.solve(1)
        self.assertEqual(one.count("\n"), 2)
        for cores in (2, 4):
            self.assertEqual(self.solve(cores), one)

    def test_wrong_options(self):
        self.assertEqual(images.boot("jacobi", "--size", "0").returncode, 2)


if __name__ == "__main__":
    images.main()
