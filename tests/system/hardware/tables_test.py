"""Machines whose tables are crafted: each boots, with a warning where something is wrong."""

import unittest

from images import main
from machine import MachineTest
from tables import local_apic, madt, root, table, x2apic

NO_TABLES = "[WARNING] Neither ACPI nor MultiProcessor tables name the processors: one core only\n"


class Tables(MachineTest):
    def test_tables_are_used(self):
        found, log = self.run_with(root(madt(local_apic(0), local_apic(2))), cores=3)
        self.assertEqual(found, 2, log)
        self.assertNotIn("WARNING", log)
        self.assertRegex(log, "Described by: +ACPI")

    def test_madt_longer_than_a_page(self):
        disabled = [x2apic(1000 + number, flags=0) for number in range(600)]
        found, log = self.run_with(root(madt(local_apic(0), *disabled, x2apic(1))))
        self.assertEqual(found, 2, log)
        self.assertNotIn("WARNING", log)

    def test_wrong_checksum(self):
        damaged = bytearray(madt(local_apic(0), local_apic(1)))
        damaged[-1] ^= 1
        found, log = self.run_with(root(bytes(damaged)))
        self.assertIn("[WARNING] ACPI's \"APIC\" is not used: ACPI table with a wrong checksum\n", log)
        self.assertRegex(log, "Described by: +MultiProcessor tables")
        self.assertEqual(found, 2, log)

    def test_entry_of_length_zero(self):
        found, log = self.run_with(root(madt(local_apic(0), b"\0\0\0\0", local_apic(1))))
        self.assertIn("[WARNING] ACPI's \"APIC\" is not used: MADT with an impossible length\n", log)
        self.assertRegex(log, "Described by: +MultiProcessor tables")
        self.assertEqual(found, 2, log)

    def test_table_that_reaches_beyond_memory(self):
        broken = bytearray(table(b"APIC", b""))
        broken[4:8] = (0xFFFFFFFF).to_bytes(4, "little")
        found, log = self.run_with(root(bytes(broken)))
        self.assertIn("[WARNING] ACPI's \"APIC\" is not used: ACPI table with an impossible length\n", log)
        self.assertEqual(found, 2, log)

    def test_root_pointer_missing(self):
        found, log = self.run_with(bytes(64))
        self.assertRegex(log, "Described by: +MultiProcessor tables")
        self.assertEqual(found, 2, log)

    def test_no_tables_at_all(self):
        found, log = self.run_machine(kernel=("acpi=off", "mp_tables=off"))
        self.assertIn(NO_TABLES, log)
        self.assertEqual(found, 1, log)

    def test_root_pointer_is_searched(self):
        found, log = self.run_machine("-machine", "q35", kernel=("rsdp=0x123450",))
        self.assertRegex(log, "Described by: +ACPI")
        self.assertEqual(found, 2, log)

    def test_no_acpi(self):
        found, log = self.run_machine("-machine", "pc,acpi=off", "-smp", "sockets=3,cores=1")
        self.assertRegex(log, "Described by: +MultiProcessor tables")
        self.assertEqual(found, 3, log)


if __name__ == "__main__":
    main()
