"""Idle cores halt: they leave the host's processors to others, under an emulator too."""

import resource
import time
import unittest

import images


def used_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Idle(unittest.TestCase):
    def test_four_idle_cores_use_hardly_any_time(self):
        start, used = time.monotonic(), used_seconds()
        done = images.boot("system_sleep", options=("-c", "4"))
        elapsed, used = time.monotonic() - start, used_seconds() - used
        self.assertEqual(done.stdout, b"ok\n", done.stderr)
        self.assertGreaterEqual(elapsed, 2)
        # Booting takes part of a second; a core that spun would add two.
        self.assertLess(used, 2, f"in {elapsed:.1f} s")


if __name__ == "__main__":
    images.main()
