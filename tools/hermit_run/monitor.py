"""QEMU's monitor: asks a machine that hangs where its processors are."""

from dataclasses import dataclass
import json
import re
import socket

_PATIENCE_SECONDS = 1.0


@dataclass
class Processor:
    """Where one virtual processor was, as QEMU counts them."""

    number: int
    address: int
    halted: bool


def parse_registers(text: str) -> list[Processor]:
    """Output of the monitor command `info registers -a`."""
    found = []
    for part in re.split(r"^CPU#", text, flags=re.MULTILINE)[1:]:
        number = re.match(r"\d+", part)
        address = re.search(r"\b[RE]IP=([0-9a-f]+)", part)
        if number and address:
            found.append(Processor(int(number[0]), int(address[1], 16), "HLT=1" in part))
    return found


class Monitor:
    """A QMP connection [qemu/qmp-spec] over a socket that QEMU inherits."""

    def __init__(self) -> None:
        self._socket, self._qemu_end = socket.socketpair()
        self._socket.settimeout(_PATIENCE_SECONDS)

    @property
    def fd(self) -> int:
        """QEMU's end."""
        return self._qemu_end.fileno()

    def started(self) -> None:
        """QEMU has its end: ours of it is no longer needed."""
        self._qemu_end.close()

    def close(self) -> None:
        self._socket.close()
        self._qemu_end.close()

    def processors(self) -> list[Processor]:
        """Where all processors are; nothing if QEMU does not answer in time."""
        try:
            with self._socket.makefile("rw", encoding="utf-8") as stream:
                json.loads(stream.readline())  # its greeting
                self._call(stream, "qmp_capabilities")
                return parse_registers(self._call(stream, "human-monitor-command",
                                                  {"command-line": "info registers -a"}))
        except (OSError, ValueError, KeyError, TypeError):
            return []

    @staticmethod
    def _call(stream, command: str, arguments: dict | None = None):
        stream.write(json.dumps({"execute": command, "arguments": arguments or {}}) + "\n")
        stream.flush()
        while "return" not in (answer := json.loads(stream.readline())):
            if "error" in answer:
                raise KeyError(command)
        return answer["return"]  # events came before it
