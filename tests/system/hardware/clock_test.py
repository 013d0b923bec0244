"""Where the time-stamp counter's frequency comes from. Under --icount it is exactly 1 GHz by every measurement."""

import re
import unittest

from images import boot, main


class Clock(unittest.TestCase):
    def boot(self, *machine: str, kernel: tuple[str, ...] = (), options: tuple[str, ...] = ("--icount",)) -> str:
        words = ["--verbose", *options]
        words += [word for given in machine for word in ("--qemu", given)]
        words += [word for given in kernel for word in ("--kernel", given)]
        result = boot("system_cores", options=tuple(words))
        log = result.stderr.decode(errors="replace").replace("\r", "")
        self.assertEqual(result.returncode, 0, log)
        return log

    def assert_measured(self, reference: str, *machine: str, kernel: tuple[str, ...] = ()) -> str:
        log = self.boot(*machine, kernel=kernel)
        megahertz = re.search(rf"Frequency: +([0-9]+) MHz \(measured against the {reference}\)\n", log)
        self.assertIsNotNone(megahertz, log)
        self.assertIn(int(megahertz[1]), range(998, 1003))
        return log

    def test_each_reference_alone(self):
        for option, reference in (("hpet", "HPET"), ("pm_timer", "PM timer"), ("pit", "8254")):
            with self.subTest(option):
                self.assertNotIn("WARNING", self.assert_measured(reference, kernel=(f"clock_source={option}",)))

    def test_next_best_reference(self):
        self.assert_measured("HPET")
        self.assert_measured("PM timer", "-machine", "q35,hpet=off")
        self.assert_measured("8254", "-machine", "pc,hpet=off,acpi=off")

    def test_reference_that_is_missing(self):
        log = self.assert_measured("8254", "-machine", "pc,hpet=off,acpi=off", kernel=("clock_source=hpet",))
        self.assertIn("[WARNING] The clock source that was asked for does not work here\n", log)

    def test_told_frequencies(self):
        log = self.boot(kernel=("tsc_khz=1000000",))
        self.assertIn("1000 MHz (from command line)\n", log)
        log = self.boot("-cpu", "max,model-id=Xeon L5630 @ 2.13GHz", kernel=("clock_source=brand",), options=())
        self.assertIn("2130 MHz (from CPUID brand string)\n", log)

    def test_cores_agree(self):
        log = self.boot("-smp", "4", options=())
        self.assertRegex(log, "Time-stamp counters: +the same on all cores, to within [0-9]+ us\n")

    def test_counter_that_is_not_invariant(self):
        # QEMU's emulation never says that it is. Only a real machine's is to be worried about.
        log = self.boot()
        self.assertRegex(log, "Time-stamp counter: +not said to be invariant, left to the hypervisor\n")
        self.assertNotIn("WARNING", log)
        log = self.boot("-cpu", "max,-hypervisor", options=())
        self.assertIn("[WARNING] The time-stamp counter is not invariant: it may stop or change with the processor's "
                      "frequency, and with it all times\n", log)

    def test_power_management(self):
        self.assertRegex(self.boot(), "Power Management: +left to the hypervisor\n")
        log = self.boot("-cpu", "max,-hypervisor", "-smp", "2", options=())
        self.assertRegex(log, "Power Management: +none that is known, left as the firmware set it\n")
        self.assertIn("not touched (power=off)\n", self.boot(kernel=("power=off",)))


if __name__ == "__main__":
    main()
