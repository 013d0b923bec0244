"""Looks at an image before it is booted, so that a wrong file gets a clear answer."""

from dataclasses import dataclass
import struct

from .errors import LaunchError

_ET_REL, _ET_EXEC = 1, 2
_EM_X86_64 = 62
_PT_LOAD, _PT_INTERP, _PT_NOTE = 1, 3, 4
_NOTE_OWNER = b"Hermitage"  # a note that every image's loader brings along
_KERNEL_MINIMUM = 128 << 10  # page tables, stacks and core-local storage beside the image


@dataclass
class Image:
    """What was found. `load_end` is the end of the loaded segments, a physical address."""

    path: str
    load_end: int


def _segments(header: bytes, file) -> list[tuple[int, int, int, int, int]]:
    """(type, file offset, physical address, size in the file, size in memory) of each segment."""
    offset, = struct.unpack_from("<Q", header, 32)
    entry_size, count = struct.unpack_from("<HH", header, 54)
    file.seek(offset)
    table = file.read(entry_size * count)
    if entry_size != 56 or len(table) != entry_size * count:
        raise ValueError("program headers")
    found = []
    for entry in range(count):
        kind, _, file_offset, _, physical, file_size, memory_size, _ = struct.unpack_from(
            "<IIQQQQQQ", table, entry * entry_size)
        found.append((kind, file_offset, physical, file_size, memory_size))
    return found


def _owners(notes: bytes) -> set[bytes]:
    """Whose notes there are."""
    owners, at = set(), 0
    while at + 12 <= len(notes):
        name_size, data_size = struct.unpack_from("<II", notes, at)
        owners.add(notes[at + 12:at + 12 + name_size].rstrip(b"\0"))
        at += 12 + (name_size + 3 & ~3) + (data_size + 3 & ~3)
    return owners


def inspect(path: str) -> Image:
    """Reads the ELF headers; LaunchError if this is no image that can be booted."""
    try:
        with open(path, "rb") as file:
            header = file.read(64)
            if header[:4] != b"\x7fELF":
                raise LaunchError(f"{path} is not a Hermitage image: it is no ELF file")
            if len(header) < 64 or header[4] != 2:
                raise LaunchError(f"{path} is not a Hermitage image: it is no 64-bit ELF file")
            kind, machine = struct.unpack_from("<HH", header, 16)
            if machine != _EM_X86_64:
                raise LaunchError(f"{path} is not a Hermitage image: it is for another processor")
            segments = [] if kind == _ET_REL else _segments(header, file)
            notes = b""
            for segment, offset, _, size, _ in segments:
                if segment == _PT_NOTE:
                    file.seek(offset)
                    notes += file.read(min(size, 1 << 16))
    except OSError as error:
        raise LaunchError(f"cannot read the image {path}: {error.strerror}") from None
    except (ValueError, struct.error):
        raise LaunchError(f"{path} is not a Hermitage image: its ELF headers are damaged") from None

    if kind != _ET_EXEC or _NOTE_OWNER not in _owners(notes):
        if any(segment == _PT_INTERP for segment, *_ in segments):
            what = "it is a program for Linux"
        elif kind == _ET_REL:
            what = "it is an object file, not yet linked"
        else:
            what = "it was linked for something else"
        raise LaunchError(f"{path} is not a Hermitage image: {what}. Link it with x86_64-hermit-gcc.")
    loaded = [physical + size for segment, _, physical, _, size in segments if segment == _PT_LOAD]
    return Image(path, max(loaded, default=0))


def check_memory(image: Image, memory: int) -> None:
    """LaunchError if the image cannot fit. What the program allocates later is the kernel's to judge."""
    need = image.load_end + _KERNEL_MINIMUM
    if memory < need:
        raise LaunchError(
            f"too little memory: {image.path} is loaded up to {image.load_end / (1 << 20):.1f} MiB and the kernel "
            f"needs {_KERNEL_MINIMUM >> 10} KiB more, but the machine has {memory / (1 << 20):.1f} MiB. "
            f"Use -m {-(-need >> 20)}M or more.")
