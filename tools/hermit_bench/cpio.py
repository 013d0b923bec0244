"""Writes an initial RAM file system in the cpio format "newc" [linux] driver-api/early-userspace/buffer-format."""

from dataclasses import dataclass

_DIRECTORY, _FILE = 0o040000, 0o100000


@dataclass
class Entry:
    """A file with its content, or a directory if `content` is None."""

    path: str
    content: bytes | None = None
    mode: int = 0o755


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _record(number: int, path: str, mode: int, content: bytes) -> bytes:
    name = path.encode() + b"\0"
    # inode, mode, uid, gid, links, time, size, device, device of a node, length of the name, checksum
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % value for value in fields)
    return _padded(header + name) + _padded(content)


def archive(entries: list[Entry]) -> bytes:
    """The whole archive. Directories come before what is in them, as the caller lists them."""
    records = [_record(number, entry.path, (_DIRECTORY if entry.content is None else _FILE) | entry.mode,
                       entry.content or b"") for number, entry in enumerate(entries, 1)]
    return b"".join(records) + _record(0, "TRAILER!!!", 0, b"")
