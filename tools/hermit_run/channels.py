"""Carries what comes out of the machine to where it belongs, without losing or reordering a byte."""

from collections.abc import Callable
import os

from .errors import LaunchError

# Never more than a pipe is guaranteed to take when it reports to be writable: writing must not block,
# for time-outs have to be seen while a slow reader holds up the output.
_WRITE_CHUNK = 4096
_READ_CHUNK = 1 << 16


class Channel:
    """One pipe from QEMU. It is read again only when what was read before has been passed on, so a
    slow reader slows the machine down and loses nothing."""

    def __init__(self, source: int):
        self.source = source
        self.open = True

    def waits_to_write(self) -> int | None:
        """The descriptor that has to become writable first, if any."""
        return None

    def read(self) -> bytes:
        data = os.read(self.source, _READ_CHUNK)
        if not data:
            self.close()
        return data

    def close(self) -> None:
        if self.open:
            os.close(self.source)
            self.open = False


class Copy(Channel):
    """Copies to a file descriptor of hermit-run's own, its stdout or stderr, and shows it to `also`.
    `edit` may change what passes; it is called with nothing at the end."""

    def __init__(self, source: int, sink: int, also: Callable[[bytes], None] | None = None,
                 edit: Callable[[bytes], bytes] | None = None):
        super().__init__(source)
        self._sink = sink
        self._also = also
        self._edit = edit
        self._pending = memoryview(b"")

    def waits_to_write(self) -> int | None:
        return self._sink if self._pending else None

    def step(self) -> None:
        """One read or one write; the descriptor concerned is ready."""
        if not self._pending:
            data = self.read()
            if self._also:
                self._also(data)
            if self._edit:
                data = self._edit(data)
            self._pending = memoryview(data)
            return
        try:
            written = os.write(self._sink, self._pending[:_WRITE_CHUNK])
        except BlockingIOError:  # somebody made the descriptor non-blocking
            return
        except BrokenPipeError:
            raise
        except OSError as error:
            raise LaunchError(f"cannot pass the program's output on: {error.strerror}") from None
        self._pending = self._pending[written:]

    @property
    def finished(self) -> bool:
        return not self.open and not self._pending


class Collect(Channel):
    """Hands the bytes to a function: the control channel, or text that is kept for a message."""

    def __init__(self, source: int, take: Callable[[bytes], None]):
        super().__init__(source)
        self._take = take

    def step(self) -> None:
        if data := self.read():
            self._take(data)

    @property
    def finished(self) -> bool:
        return not self.open


class Tail:
    """Keeps the last lines of a text."""

    def __init__(self, size: int = 1 << 14):
        self._size = size
        self._data = b""

    def take(self, data: bytes) -> None:
        self._data = (self._data + data)[-self._size:]

    def lines(self, count: int) -> list[str]:
        return [line.rstrip() for line in self._data.decode("utf-8", "replace").splitlines()][-count:]
