"""QEMU's monitor: asks a machine that hangs where its processors are."""

from dataclasses import dataclass
import json
import re
import socket

_PATIENCE_SECONDS = 1.0
_FAILURES = (OSError, ValueError, KeyError, TypeError)


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
        self._stream = None  # from the first command on

    @property
    def fd(self) -> int:
        """QEMU's end."""
        return self._qemu_end.fileno()

    def started(self) -> None:
        """QEMU has its end: ours of it is no longer needed."""
        self._qemu_end.close()

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._socket.close()
        self._qemu_end.close()

    def processors(self) -> list[Processor]:
        """Where all processors are; nothing if QEMU does not answer in time."""
        try:
            return parse_registers(self._command("human-monitor-command", {"command-line": "info registers -a"}))
        except _FAILURES:
            return []

    def interrupt(self) -> bool:
        """Sends all processors a non-maskable interrupt; False if QEMU does not answer in time."""
        try:
            self._command("inject-nmi")
            return True
        except _FAILURES:
            return False

    def _command(self, command: str, arguments: dict | None = None):
        if self._stream is None:
            self._stream = self._socket.makefile("rw", encoding="utf-8")
            json.loads(self._stream.readline())  # its greeting
            self._call(self._stream, "qmp_capabilities")
        return self._call(self._stream, command, arguments)

    @staticmethod
    def _call(stream, command: str, arguments: dict | None = None):
        stream.write(json.dumps({"execute": command, "arguments": arguments or {}}) + "\n")
        stream.flush()
        while "return" not in (answer := json.loads(stream.readline())):
            if "error" in answer:
                raise KeyError(command)
        return answer["return"]  # events came before it
