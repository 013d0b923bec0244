"""What the tests of hermit-run share: a way to run it, an image header, and a QEMU that is a script."""

import os
import struct
import subprocess
import sys
import tempfile
import textwrap
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = os.path.join(TOP, "tools")
HERMIT_RUN = os.path.join(TOOLS, "hermit-run")
sys.path.insert(0, TOOLS)

# Stands for QEMU: offers the machine's channels as functions and runs the test's own lines.
FAKE_QEMU = """\
#!{python}
import os, re, signal, sys, time
words = sys.argv[1:]
chardevs = dict(re.match(r"file,id=(\\w+),path=/dev/fdset/(\\d+),", w).groups()
                for w in words if w.startswith("file,id="))
def send(channel, data):
    data = data if isinstance(data, bytes) else data.encode()
    while data:
        data = data[os.write(int(chardevs[channel]), data):]
def option(name):
    return words[words.index(name) + 1]
{body}
"""


def elf(segments: list[tuple[int, bytes, int, int]], kind: int = 2, machine: int = 62) -> bytes:
    """An ELF64 file of (segment type, content, physical address, size in memory)."""
    offset = 64 + 56 * len(segments)
    table = body = b""
    for segment, content, physical, size in segments:
        table += struct.pack("<IIQQQQQQ", segment, 7, offset + len(body), physical, physical, len(content), size, 8)
        body += content
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    return ident + struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, 0x200000, 64, 0, 0, 64, 56,
                               len(segments), 0, 0, 0) + table + body


PVH_NOTE = struct.pack("<III4sI", 4, 4, 18, b"Xen", 0x200000)
HERMITAGE_NOTE = struct.pack("<III12s4s", 10, 4, 1, b"Hermitage", b"0.1")
IMAGE = elf([(1, b"\xf4", 0x200000, 0x1000), (4, PVH_NOTE + HERMITAGE_NOTE, 0, 0)])


class HermitRunTest(unittest.TestCase):
    """Each test has a directory of its own with an `image` in it."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="hermit-run-test.")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.write("image", IMAGE)

    def write(self, name: str, content: bytes | str, mode: int = 0o644) -> str:
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(path, mode)
        return path

    def fake_qemu(self, body: str) -> str:
        return self.write("qemu", FAKE_QEMU.format(python=sys.executable, body=textwrap.dedent(body)), 0o755)

    def start(self, *words: str, qemu: str | None = None, env: dict[str, str] | None = None,
              **more) -> subprocess.Popen:
        """hermit-run in the test's directory; `qemu` is the body of a fake one."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
        environ["HERMIT_QEMU"] = self.fake_qemu(qemu if qemu is not None else "sys.exit(9)")
        environ.update(env or {})
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        return subprocess.Popen([sys.executable, HERMIT_RUN, *words], cwd=self.directory, env=environ, **streams)

    def run_it(self, *words: str, **more) -> tuple[int, str, str]:
        """(exit status, stdout, stderr)"""
        process = self.start(*words, **more)
        stdout, stderr = process.communicate(timeout=60)
        return process.returncode, stdout.decode(), stderr.decode()
