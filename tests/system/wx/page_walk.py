"""Reads a machine's page tables, as the processor would. [intel/vol3] §4.5."""

from collections.abc import Callable
from dataclasses import dataclass
import struct

_PRESENT, _WRITABLE, _LARGE, _NO_EXECUTE = 1 << 0, 1 << 1, 1 << 7, 1 << 63
_FRAME = 0x000F_FFFF_FFFF_F000
_ROOT_SHIFT, _PAGE_SHIFT = 39, 12
_LARGE_SHIFTS = (30, 21)


class WalkError(Exception):
    """The tables are not what a processor could use."""


@dataclass(frozen=True)
class Mapping:
    """One leaf entry with the permissions that all levels together leave."""

    address: int
    physical: int
    size: int
    writable: bool
    executable: bool

    def __str__(self) -> str:
        access = "r" + ("w" if self.writable else "-") + ("x" if self.executable else "-")
        return f"{self.address:#x} -> {self.physical:#x} ({self.size >> 10} KiB, {access})"


def walk(read_table: Callable[[int], bytes], root: int) -> list[Mapping]:
    """All mappings of the four-level tables at `root`. `read_table` returns the 4 KiB at a physical address."""
    found: list[Mapping] = []

    def visit(table: int, base: int, shift: int, writable: bool, executable: bool) -> None:
        content = read_table(table)
        if len(content) != 4096:
            raise WalkError(f"a page table at {table:#x} lies outside memory")
        for index, entry in enumerate(struct.unpack("<512Q", content)):
            if not entry & _PRESENT:
                continue
            address = base + (index << shift)
            if shift == _ROOT_SHIFT and index >= 256:
                address |= 0xFFFF_0000_0000_0000
            may_write = writable and bool(entry & _WRITABLE)
            may_execute = executable and not entry & _NO_EXECUTE
            if shift == _PAGE_SHIFT or (shift in _LARGE_SHIFTS and entry & _LARGE):
                size = 1 << shift
                found.append(Mapping(address, entry & _FRAME & -size, size, may_write, may_execute))
            else:
                visit(entry & _FRAME, address, shift - 9, may_write, may_execute)

    visit(root & _FRAME, 0, _ROOT_SHIFT, True, True)
    return found


def writable_and_executable(mappings: list[Mapping]) -> list[tuple[Mapping, Mapping]]:
    """Pairs of a writable and an executable mapping (or the same one twice) that share memory."""
    writable = sorted((m for m in mappings if m.writable), key=lambda m: m.physical)
    pairs = []
    for target in (m for m in mappings if m.executable):
        for source in writable:
            if source.physical >= target.physical + target.size:
                break
            if source.physical + source.size > target.physical:
                pairs.append((source, target))
    return pairs
