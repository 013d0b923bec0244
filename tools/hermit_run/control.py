"""The control channel: what the kernel reports to hermit-run, one line each.

    HERMIT exit <status>        the application's exit status
    HERMIT crash <text>         it crashed: who and how, in words; repeated for further lines
    HERMIT frame <address> [<function+offset>]
                                backtrace, innermost first: the faulting instruction, then in each caller an
                                address inside its call (a return address may belong to the next line);
                                of what the last crash record before it names; the function by the image's
                                own names
    HERMIT report <path> <value>  a figure of the report of the run, see report.py; before `exit` or `end`
    HERMIT end                  nothing follows
"""

from dataclasses import dataclass, field


class Frame(int):
    """An address in a backtrace. `place` is the kernel's word for it, "" if it has none."""

    place: str

    def __new__(cls, address: int, place: str = ""):
        frame = super().__new__(cls, address)
        frame.place = place
        return frame


@dataclass
class Report:
    """What has been reported so far. `status` is None until an exit record came."""

    status: int | None = None
    crash: list[str | Frame] = field(default_factory=list)  # lines, and between them frames
    figures: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = False
    _partial: bytes = b""

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the channel. Unknown records are left out: a newer kernel may send them."""
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._record(line.decode("utf-8", "replace").rstrip("\r"))

    def _record(self, line: str) -> None:
        keyword, _, rest = line.partition(" ")
        what, _, text = rest.partition(" ")
        if keyword != "HERMIT":
            return
        try:
            if what == "exit":
                self.status = int(text) & 0xFF
            elif what == "crash":
                self.crash.append(text)
            elif what == "frame":
                address, _, place = text.partition(" ")
                self.crash.append(Frame(int(address, 16), place))
            elif what == "report":
                path, value = text.split(" ", 1)
                self.figures.append((path, value))
            elif what == "end":
                self.ended = True
        except ValueError:
            pass  # a torn record of a dying machine
