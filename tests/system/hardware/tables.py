"""Firmware tables for tests: ACPI tables as the kernel finds them in memory, right or wrong."""

import struct

ROOT = 0x50000  # in low memory, which neither QEMU's small firmware nor the kernel uses


def with_checksum(data: bytes, at: int, length: int | None = None) -> bytes:
    fixed = bytearray(data)
    fixed[at] = 0
    fixed[at] = -sum(fixed[:length]) & 0xFF
    return bytes(fixed)


def table(signature: bytes, body: bytes, revision: int = 1) -> bytes:
    header = signature + struct.pack("<IBB6s8sI4sI", 36 + len(body), revision, 0, b"HERMIT", b"CRAFTED", 1, b"TEST", 1)
    return with_checksum(header + body, 9)


def local_apic(apic_id: int, flags: int = 1) -> bytes:
    return struct.pack("<BBBBI", 0, 8, apic_id, apic_id, flags)


def x2apic(apic_id: int, flags: int = 1) -> bytes:
    return struct.pack("<BBHIII", 9, 16, 0, apic_id, flags, apic_id)


def madt(*entries: bytes) -> bytes:
    return table(b"APIC", struct.pack("<II", 0xFEE00000, 1) + b"".join(entries))


def root(*tables: bytes) -> bytes:
    """The bytes at ROOT: root pointer, root table, tables."""
    list_at = ROOT + 64
    at = list_at + 36 + 4 * len(tables) + 15 & ~15
    addresses, content = [], b""
    for one in tables:
        addresses.append(at + len(content))
        content += one + bytes(-len(one) % 16)
    pointer = b"RSD PTR \0HERMIT\0" + struct.pack("<I", list_at)
    rsdt = table(b"RSDT", b"".join(struct.pack("<I", address) for address in addresses))
    return with_checksum(pointer, 8).ljust(64, b"\0") + rsdt.ljust(at - list_at, b"\0") + content

