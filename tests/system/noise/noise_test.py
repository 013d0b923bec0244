"""Nothing interrupts hourglass and fwq while they measure: QEMU's own log of interrupts and exceptions, not
the program's counters, says so."""

from collections import Counter
import re
import tempfile
import unittest

import images


def measure(image: str, *arguments: str, cores: str = "1", options=()) -> dict[str, float]:
    """The rows of a benchmark's output."""
    done = images.boot(image, *arguments, options=("--icount", "-c", cores, *options))
    assert (done.returncode, done.stderr) == (0, b""), done
    rows = re.findall(r"^(\S.*?)\s{2,}(-?[0-9.]+) \S+$", done.stdout.decode(), re.MULTILINE)
    return {name: float(value) for name, value in rows}


def interrupts(image: str, duration: str, options=()) -> Counter[str]:
    """How many interrupts and exceptions QEMU has logged for each core (by its GS base)."""
    with tempfile.NamedTemporaryFile(mode="r") as log:
        logging = ("--qemu", "-d", "--qemu", "int", "--qemu", "-D", "--qemu", log.name)
        done = images.boot(image, duration, options=("--icount", *options, *logging))
        assert done.returncode == 0, done.stderr
        return Counter(re.findall(r"^ *[0-9]+: v=.*?^GS =[0-9a-f]{4} ([0-9a-f]+)", log.read(),
                                  re.MULTILINE | re.DOTALL))


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
        for image in ("hourglass", "system_hourglass_beside"):
            # Page faults at start are there in both; a longer measurement must not add anything.
            short, long = (sum(interrupts(image, duration).values()) for duration in ("0.05", "1.0"))
            self.assertEqual(short, long, image)


class Beside(unittest.TestCase):
    """Other threads wait for a far time, on the same core and on another."""

    def test_fixed_work_loses_nothing(self):
        for cores in ("1", "2"):
            rows = measure("system_fwq_beside", "--quanta", "500", cores=cores)
            self.assertEqual(rows["minimum quantum"], rows["maximum quantum"], rows)
            self.assertEqual(rows["stolen per second"], 0, rows)

    def test_hourglass_shows_no_gap(self):
        for cores in ("1", "2"):
            rows = measure("system_hourglass_beside", "0.2", cores=cores)
            self.assertEqual(rows["gaps over 1 us"], 0, rows)

    def test_a_busy_timer_is_noticed_on_its_own_core(self):
        rows = measure("system_fwq_beside", "--quanta", "50", options=("--env", "NAP_CORE=0"))
        self.assertGreater(rows["stolen per second"], 0, rows)

    def test_a_busy_timer_interrupts_no_other_core(self):
        options = ("-c", "2", "--env", "NAP_CORE=1")
        short, long = (interrupts("system_hourglass_beside", duration, options)
                       for duration in ("0.05", "0.5"))
        self.assertEqual(short.keys(), long.keys())
        grown = sorted(long[core] - short[core] for core in long)
        self.assertEqual(grown[:-1], [0] * (len(grown) - 1), (short, long))
        self.assertGreater(grown[-1], 50, (short, long))


if __name__ == "__main__":
    images.main()
