"""Stops a machine through QEMU's monitor and looks at it from outside. [qemu/qmp-spec]."""

from dataclasses import dataclass
import json
import os
import re
import socket
import time


@dataclass
class Core:
    """Registers of one processor that decide how it translates addresses."""

    number: int
    cr0: int
    cr3: int
    efer: int


def parse_cores(text: str) -> list[Core]:
    """Output of the monitor command `info registers -a`."""
    cores = []
    for part in re.split(r"^CPU#", text, flags=re.MULTILINE)[1:]:
        values = {name: int(value, 16) for name, value in re.findall(r"\b(CR0|CR3|EFER)=([0-9a-f]+)", part)}
        cores.append(Core(int(re.match(r"\d+", part)[0]), values["CR0"], values["CR3"], values["EFER"]))
    return cores


class Machine:
    """A connection to the monitor socket at `path`, which QEMU makes when it starts."""

    def __init__(self, path: str, patience_seconds: float = 30) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(patience_seconds)
        deadline = time.monotonic() + patience_seconds
        while True:
            try:
                self._socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self._stream = self._socket.makefile("rw", encoding="utf-8")
        json.loads(self._stream.readline())  # its greeting
        self._call("qmp_capabilities")

    def stop(self) -> None:
        self._call("stop")

    def resume(self) -> None:
        self._call("cont")

    def cores(self) -> list[Core]:
        return parse_cores(self._call("human-monitor-command", {"command-line": "info registers -a"}))

    def pages(self, start: int, end: int) -> int:
        """How many pages of whatever size map the addresses from `start` to `end` on one core."""
        return sum(start <= address < end for address, _ in self.translations())

    def translations(self) -> list[tuple[int, int]]:
        """Virtual and physical address of every page, of whatever size, that one core can use."""
        text = self._call("human-monitor-command", {"command-line": "info tlb"})
        return [(int(page, 16), int(frame, 16))
                for page, frame in re.findall(r"^([0-9a-f]+): ([0-9a-f]+)", text, re.MULTILINE)]

    def table(self, address: int, directory: str) -> bytes:
        """The 4 KiB of physical memory at `address`, by way of a file in `directory`."""
        path = os.path.join(directory, "table")
        self._call("pmemsave", {"val": address, "size": 4096, "filename": path})
        with open(path, "rb") as file:
            return file.read()

    def quit(self) -> None:
        self._call("quit")
        self._socket.close()

    def _call(self, command: str, arguments: dict | None = None):
        self._stream.write(json.dumps({"execute": command, "arguments": arguments or {}}) + "\n")
        self._stream.flush()
        while "return" not in (answer := json.loads(self._stream.readline())):
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
        return answer["return"]  # events came before it
