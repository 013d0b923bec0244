"""Idle cores halt: they leave the host's processors to others, under an emulator too. Those that poll
before are woken without an interrupt."""

import json
import resource
import tempfile
import time
import unittest

import images

ROUNDS = 5000


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

    def ping_pong(self, poll_us: int) -> tuple[int, int]:
        """(wake-up IPIs, polls) while two threads on different cores wait for each other in turn."""
        with tempfile.NamedTemporaryFile(mode="r") as file:
            done = images.boot("system_stress_ping_pong", "1", str(ROUNDS), options=(
                "-c", "2", f"--report={file.name}", "--kernel", f"idle_poll_us={poll_us}"))
            self.assertEqual((done.returncode, done.stdout), (0, b"ok\n"), done.stderr)
            cores = json.load(file)["cores"]
        return (sum(core.get("ipis", {}).get("wake_up", 0) for core in cores),
                sum(core.get("polls", 0) for core in cores))

    def test_polling_cores_are_woken_without_interrupts(self):
        # For so long that the host's other work cannot matter. Before it polls, a core wants to
        # have seen that a wake-up comes soon; the rest is starting and ending the program.
        wake_ups, polls = self.ping_pong(10_000_000)
        self.assertLess(wake_ups, 20)
        self.assertGreater(polls, ROUNDS // 10)

    def test_halted_cores_are_woken_by_interrupts(self):
        wake_ups, polls = self.ping_pong(0)
        self.assertGreater(wake_ups, ROUNDS // 10)
        self.assertEqual(polls, 0)


if __name__ == "__main__":
    images.main()
