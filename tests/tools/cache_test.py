"""`hermit cache`, and where the toolchain's build takes its sources from, with a cache of the test's own."""

import os
import subprocess
import unittest

from support import HermitRunTest, TOP

TOOLCHAIN = os.path.join(TOP, "toolchain")


class CacheTest(HermitRunTest):
    def setUp(self) -> None:
        super().setUp()
        self.cache = os.path.join(self.directory, "a cache")
        self.env = dict(os.environ, HERMIT_CACHE=self.cache)
        self.env.pop("HERMIT_SOURCES", None)

    def run_script(self, script: str, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([os.path.join(TOP, script), *words], capture_output=True, text=True, env=self.env, timeout=60)

    def make(self, *names: str) -> None:
        for name in names:
            os.makedirs(os.path.join(self.cache, name, "content"))

    def toolchain(self) -> str:
        return os.path.basename(self.run_script("toolchain/build", "--prefix").stdout.strip())


class Cache(CacheTest):
    def test_no_cache(self):
        run = self.run_script("hermit", "cache")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, f"{self.cache}: nothing there\n", ""))
        self.assertFalse(os.path.exists(self.cache))

    def test_lists_what_is_needed(self):
        self.make(self.toolchain(), "toolchain-0123456789abcdef", "sources/gcc-0.1-0123456789abcdef", "log")
        run = self.run_script("hermit", "cache")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, rf"(?m)^ +\S+  \d{{4}}-\d\d-\d\d  {self.toolchain()} +needed$")
        self.assertRegex(run.stdout, r"(?m)  toolchain-0123456789abcdef +not needed by this checkout$")
        self.assertRegex(run.stdout, r"(?m)  sources/gcc-0.1-0123456789abcdef +not needed: unpacked again")
        self.assertEqual(len(run.stdout.splitlines()), 4)

    def test_listing_deletes_nothing(self):
        self.make("toolchain-0123456789abcdef")
        self.run_script("hermit", "cache")
        self.assertTrue(os.path.exists(os.path.join(self.cache, "toolchain-0123456789abcdef/content")))

    def test_clean_deletes_what_is_not_needed(self):
        mine = self.toolchain()
        self.make(mine, "toolchain-0123456789abcdef", "newlib-0123456789abcdef", "work/newlib-0123456789abcdef", "log")
        run = self.run_script("hermit", "cache", "clean")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        left = {name for name in os.listdir(self.cache) if not name.endswith(".lock")}
        self.assertEqual(left, {mine, "work", "log"})
        self.assertEqual(os.listdir(os.path.join(self.cache, "work")), [])
        self.assertIn("deleting newlib-0123456789abcdef\n", run.stdout)

    def test_misuse(self):
        run = self.run_script("toolchain/cache", "frob")
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertIn("cache clean", run.stderr)


class Sources(CacheTest):
    """toolchain/fetch with a folder of tarballs."""

    def fetch(self, folder: str) -> subprocess.CompletedProcess:
        return self.run_script("toolchain/fetch", "--sources", folder, "mimalloc")

    def test_what_is_not_there_is_named(self):
        run = self.fetch(self.directory)
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertIn("no tarball of mimalloc 2.0.9", run.stderr)
        self.assertIn("mimalloc_2.0.9+ds.orig.tar.xz", run.stderr)

    def test_a_wrong_tarball_is_refused(self):
        path = self.write("mimalloc_2.0.9+ds.orig.tar.xz", "not it", 0o644)
        run = self.fetch(self.directory)
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertIn("wrong checksum", run.stderr)

    def test_no_such_folder(self):
        run = self.fetch(os.path.join(self.directory, "none"))
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertIn("is no folder", run.stderr)


if __name__ == "__main__":
    unittest.main()
