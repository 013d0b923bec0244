"""The page table check against tables made by hand: it must find what is wrong."""

import struct
import unittest

from machine_state import Core, parse_cores
from page_walk import Mapping, WalkError, walk, writable_and_executable
from wx_test import CR0_PG, CR0_WP, EFER_NXE, complaints

P, RW, PS, XD = 1, 2, 0x80, 1 << 63


def memory(entries: dict[int, int], size: int = 0x8000):
    content = bytearray(size)
    for address, entry in entries.items():
        struct.pack_into("<Q", content, address, entry)
    return lambda table: bytes(content[table:table + 4096])


def chain(root_index: int = 0) -> dict[int, int]:
    """Upper levels that lead to a page table at 0x4000, without restrictions."""
    return {0x1000 + 8 * root_index: 0x2000 | P | RW, 0x2000: 0x3000 | P | RW, 0x3000: 0x4000 | P | RW}


class Walk(unittest.TestCase):
    def test_small_page(self):
        found = walk(memory({**chain(), 0x4008: 0x7000 | P | RW | XD}), 0x1000)
        self.assertEqual(found, [Mapping(0x1000, 0x7000, 0x1000, True, False)])

    def test_upper_half_and_large_pages(self):
        entries = {**chain(256), 0x3000: 0x600000 | P | PS, 0x2008: 0x40000000 | P | RW | PS | XD}
        self.assertEqual(walk(memory(entries), 0x1000), [
            Mapping(0xFFFF800000000000, 0x600000, 0x200000, False, True),
            Mapping(0xFFFF800040000000, 0x40000000, 0x40000000, True, False)])

    def test_every_level_restricts(self):
        for level in (0x1000, 0x2000, 0x3000):
            entries = {**chain(), 0x4000: 0x7000 | P | RW}
            entries[level] = entries[level] & ~RW | XD
            self.assertEqual(walk(memory(entries), 0x1000), [Mapping(0, 0x7000, 0x1000, False, False)])

    def test_table_outside_memory(self):
        with self.assertRaises(WalkError):
            walk(memory({0x1000: 0x80000 | P}), 0x1000)


class Check(unittest.TestCase):
    GOOD = Core(0, CR0_PG | CR0_WP, 0x1000, EFER_NXE)
    CODE = Mapping(0x200000, 0x200000, 0x1000, False, True)
    DATA = Mapping(0x400000, 0x400000, 0x200000, True, False)

    def test_good_machine(self):
        self.assertEqual(complaints([self.GOOD], {0x1000: [self.CODE, self.DATA]}), [])

    def test_one_mapping_that_is_both(self):
        both = Mapping(0x1000, 0x9000, 0x1000, True, True)
        self.assertEqual(writable_and_executable([both]), [(both, both)])

    def test_alias_inside_a_large_page(self):
        code = Mapping(0x200000, 0x5FF000, 0x1000, False, True)
        self.assertEqual(writable_and_executable([code, self.DATA]), [(self.DATA, code)])

    def test_neighbours_are_no_alias(self):
        before = Mapping(0x1000, 0x3FF000, 0x1000, False, True)
        after = Mapping(0x2000, 0x600000, 0x1000, False, True)
        self.assertEqual(writable_and_executable([before, after, self.DATA]), [])

    def test_alias_through_another_cores_tables(self):
        alias = Mapping(0x700000, 0x200000, 0x1000, True, False)
        self.assertEqual(len(complaints([self.GOOD], {0x1000: [self.CODE, self.DATA],
                                                      0x2000: [self.CODE, alias]})), 2)

    def test_registers_that_disarm_the_tables(self):
        tables = {0x1000: [self.CODE, self.DATA]}
        self.assertEqual(len(complaints([Core(1, CR0_PG, 0x1000, EFER_NXE)], tables)), 1)
        self.assertEqual(len(complaints([Core(1, CR0_PG | CR0_WP, 0x1000, 0)], tables)), 1)

    def test_core_that_was_not_started(self):
        self.assertEqual(len(complaints([self.GOOD, Core(1, 0, 0, 0)], {0x1000: [self.CODE, self.DATA]})), 1)

    def test_page_zero(self):
        page = Mapping(0, 0x9000, 0x1000, False, False)
        self.assertEqual(len(complaints([self.GOOD], {0x1000: [self.CODE, self.DATA, page]})), 1)

    def test_empty_tables(self):
        self.assertEqual(len(complaints([self.GOOD], {0x1000: []})), 1)

    def test_registers_from_the_monitor(self):
        text = ("\nCPU#0\nRAX=0 RIP=0000000000201a24\nCR0=80010033 CR2=0 CR3=0000000000217000 CR4=00000620\n"
                "EFER=0000000000000d00\n\nCPU#1\nCR0=60000010 CR2=0 CR3=0 CR4=0\nEFER=0000000000000000\n")
        self.assertEqual(parse_cores(text), [Core(0, 0x80010033, 0x217000, 0xD00), Core(1, 0x60000010, 0, 0)])


if __name__ == "__main__":
    unittest.main()
