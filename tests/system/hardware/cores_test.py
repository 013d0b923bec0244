"""Finding and starting cores on machines of many shapes."""

import unittest

from images import main
from machine import MachineTest
from tables import local_apic, madt, root


class Cores(MachineTest):
    def assert_cores(self, expected: int, *machine: str, apic: str = "x2APIC", **more) -> str:
        found, log = self.run_machine(*machine, **more)
        self.assertEqual(found, expected, log)
        self.assertRegex(log, f"APIC in use: +{apic}\n")
        return log

    def test_shapes(self):
        for shape, cores in (("3", 3), ("8", 8), ("64", 64),
                             ("12,sockets=2,cores=3,threads=2", 12),  # APIC IDs with gaps, SMT siblings
                             ("5,sockets=5,cores=1", 5)):
            with self.subTest(shape):
                self.assert_cores(cores, "-smp", shape)

    def test_processors(self):
        for processor, apic in (("qemu64", "xAPIC"), ("Opteron_G1", "xAPIC"), ("Nehalem", "xAPIC"),
                                ("Haswell", "x2APIC"), ("EPYC", "xAPIC"), ("max,-x2apic", "xAPIC"),
                                ("max,-hypervisor", "x2APIC")):
            with self.subTest(processor):
                self.assert_cores(3, "-cpu", processor, "-smp", "3", apic=apic)

    def test_machines(self):
        for machine in ("pc", "q35", "microvm", "microvm,acpi=off"):
            with self.subTest(machine):
                self.assert_cores(3, "-machine", machine, "-smp", "3")

    def test_core_that_never_answers(self):
        found, log = self.run_with(root(madt(*map(local_apic, (0, 9, 1, 17)))), cores=2,
                                   kernel=("core_patience_ms=300",))
        self.assertEqual(found, 2, log)
        for missing in (9, 17):
            self.assertIn(f"[WARNING] Core with APIC ID {missing} did not start in time and is left out\n", log)
        self.assertRegex(log, "Missing cores: +2, of which 0 answered late and are parked\n")

    def test_cores_that_answer_late(self):
        log = self.assert_cores(1, "-smp", "4", kernel=("core_patience_ms=0",), arguments=("wait",))
        self.assertIn("[WARNING] Core with APIC ID 3 did not start in time and is left out\n", log)
        self.assertRegex(log, "Missing cores: +3, of which 3 answered late and are parked\n")

    def test_fewer_cores_on_request(self):
        self.assert_cores(2, "-smp", "4", kernel=("max_cores=2",))


if __name__ == "__main__":
    main()
