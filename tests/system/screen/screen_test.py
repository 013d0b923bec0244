"""What a machine's own screen shows: text memory after a BIOS, a picture of points after UEFI. Arguments:
hermit-image, the image of lines.c, and the source of the kernel's font."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

TOOL, IMAGE, FONT = sys.argv[1:4]
FIRMWARE = "/usr/share/ovmf/OVMF.fd"
SECONDS = 150
PRINTABLE = "".join(map(chr, range(ord(" "), ord("~") + 1)))
# The program's last lines, and the kernel's own.
EXPECTED = ["line 118", "line 119", PRINTABLE[:48].rstrip(), PRINTABLE[48:], "to standard error: ?",
            "The quick brown fox jumps over the lazy dog.", "[0][INFO] Shutting down system"]


class Monitor:
    """QEMU's machine protocol over a socket."""

    def __init__(self, path: str, deadline: float):
        self._socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self._socket.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self._socket.settimeout(60)
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self._lines.readline()  # the greeting
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments):
        self._socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        for line in self._lines:
            answer = json.loads(line)
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]
        raise RuntimeError("QEMU has gone")

    def close(self):
        self._lines.close()
        self._socket.close()


def read_font() -> dict[tuple[int, ...], str]:
    """Which character has which rows of points."""
    with open(FONT, encoding="utf-8") as file:
        glyphs = re.findall(r"^ +\{\{(.*)\}\},", file.read(), re.MULTILINE)
    assert len(glyphs) == len(PRINTABLE)
    return {tuple(int(row, 16) for row in glyph.split(",")): character for glyph, character in zip(glyphs, PRINTABLE)}


def text_of_picture(path: str) -> list[str]:
    """Reads a picture (PPM) of the screen, cell by cell: 6 x 16 points, or 12 x 16 where 80 columns of those fit.

    A cell that is no character of the font, exactly, is a '\\x00'."""
    with open(path, "rb") as file:
        kind, size, most, points = file.read().split(b"\n", 3)
    assert (kind, most) == (b"P6", b"255")
    width, height = map(int, size.split())
    scale = 2 if width >= 960 else 1
    ink, paper = b"\xD0\xD0\xD0", b"\x00\x00\x00"
    font = read_font()

    def cell(column: int, row: int) -> str:
        rows = []
        for y in range(row * 16, row * 16 + 16):
            start = (y * width + column * 6 * scale) * 3
            line = points[start:start + 6 * scale * 3]
            bits = 0
            for x in range(6):
                part = line[x * scale * 3:(x + 1) * scale * 3]
                if part not in (ink * scale, paper * scale):
                    return "\x00"
                bits = bits << 1 | (part == ink * scale)
            rows.append(bits)
        if rows[::2] != rows[1::2] or any(bits & 1 for bits in rows):
            return "\x00"
        return font.get(tuple(bits >> 1 for bits in rows[::2]), "\x00")

    return ["".join(cell(column, row) for column in range(width // (6 * scale))) for row in range(height // 16)]


class Screen(unittest.TestCase):

    def run_and_look(self, firmware: list[str], look, arguments=()) -> list[str]:
        """Boots the disc with a screen and returns the lines that `look` sees once the program has ended."""
        with tempfile.TemporaryDirectory(prefix="hermit-screen.") as folder:
            subprocess.run([TOOL, IMAGE, "-o", f"{folder}/app.iso", "--timeout", "0", "--kernel", "log=info",
                            "--", *arguments], check=True, stderr=subprocess.DEVNULL)
            process = subprocess.Popen(
                ["qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-accel", "tcg", "-m", "256M", "-nodefaults",
                 "-display", "none", "-vga", "std", "-no-reboot", "-no-shutdown", "-serial", f"file:{folder}/log",
                 "-qmp", f"unix:{folder}/qmp,server=on,wait=off", "-cdrom", f"{folder}/app.iso", *firmware])
            try:
                deadline = time.monotonic() + SECONDS
                monitor = Monitor(f"{folder}/qmp", deadline)
                while monitor.ask("query-status")["status"] != "shutdown":
                    self.assertLess(time.monotonic(), deadline, "the program does not end")
                    time.sleep(0.2)
                lines = look(monitor, folder)
                monitor.close()
            finally:
                process.kill()
                process.wait()
        return [line.rstrip(" ") for line in lines]

    def assert_shows(self, lines: list[str]):
        while lines and not lines[-1]:
            lines.pop()
        self.assertEqual(lines[-len(EXPECTED):], EXPECTED)
        for line in lines:
            self.assertNotIn("\x00", line)

    @staticmethod
    def read_text(monitor: Monitor, folder: str) -> list[str]:
        monitor.ask("pmemsave", val=0xB8000, size=80 * 25 * 2, filename=f"{folder}/text")
        with open(f"{folder}/text", "rb") as file:
            characters = file.read()[::2].decode("ascii", "replace")
        return [characters[start:start + 80] for start in range(0, len(characters), 80)]

    def test_text_after_a_bios(self):
        lines = self.run_and_look([], self.read_text)
        self.assertEqual(len(lines), 25)
        self.assert_shows(lines)

    def test_crash(self):
        text = "\n".join(self.run_and_look([], self.read_text, ["crash"]))
        self.assertRegex(text, r"(?m)^\[0\]\[ERROR\]   #0 +0x[0-9a-f]+ main\b")
        self.assertRegex(text, r"(?m)^\[0\]\[ERROR\]   rip [0-9a-f]{16} ")

    def test_points_after_uefi(self):

        def look(monitor: Monitor, folder: str) -> list[str]:
            monitor.ask("screendump", filename=f"{folder}/picture")
            if "KEEP_PICTURE" in os.environ:
                shutil.copy(f"{folder}/picture", os.environ["KEEP_PICTURE"])
            return text_of_picture(f"{folder}/picture")

        lines = self.run_and_look(["-bios", FIRMWARE], look)
        self.assertGreaterEqual(len(lines), 30)
        self.assert_shows(lines)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
