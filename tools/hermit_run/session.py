"""One run of a machine: starts QEMU, serves its channels, ends it, whatever happens."""

from dataclasses import dataclass, field
import fcntl
import math
import os
import select
import signal
import subprocess
import time

from .channels import Channel, Collect, Copy, Tail
from .child import die_with_parent
from .control import Report
from .device_names import DeviceNames
from .qemu import ChannelFds

_PIPE_SIZE = 1 << 20
_GRACE_SECONDS = 2.0  # for QEMU to end by itself
_REPORT_SECONDS = 5.0  # for the kernel to tell what it has counted, after a time-out
_GATHER_SECONDS = 0.0003
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """hermit-run was asked to end by a signal."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


@dataclass
class Outcome:
    """How a run ended. `qemu_status` as in subprocess: negative for a signal."""

    report: Report = field(default_factory=Report)
    qemu_status: int = 0
    timed_out: bool = False
    processors: list = field(default_factory=list)  # after a time-out: where they were (monitor.Processor)
    log: Tail = field(default_factory=Tail)
    qemu_output: Tail = field(default_factory=Tail)


def _pipe() -> tuple[int, int]:
    read_end, write_end = os.pipe()
    try:
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    except OSError:
        pass  # the user's limit is reached: a smaller pipe is only slower
    return read_end, write_end


def _same_file(one: int, other: int) -> bool:
    return os.path.samestat(os.fstat(one), os.fstat(other))


class Session:
    """Call `run` once. Python's signal handlers belong to it meanwhile."""

    def __init__(self, show_log: bool, show_qemu: bool, timeout: float | None, wants_report: bool = False):
        self._wants_report = wants_report
        self._show_log = show_log
        self._show_qemu = show_qemu
        self._timeout = timeout
        self._channels: list[Copy | Collect] = []
        self._monitor = None
        self.outcome = Outcome()

    def run(self, make_command) -> Outcome:
        """Runs the QEMU command `make_command(ChannelFds)`. Raises Stopped on a signal and
        BrokenPipeError if nobody reads the output any more; QEMU has ended in every case."""
        previous = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        process = None
        try:
            process = self._start(make_command)
            self._serve(process)
        finally:
            if process is not None:
                self._end(process)
            for channel in self._channels:
                channel.close()
            if self._monitor is not None:
                self._monitor.close()
            for number, handler in previous.items():
                signal.signal(number, handler)
        return self.outcome

    @staticmethod
    def _on_signal(number: int, _frame) -> None:
        raise Stopped(number)

    def _start(self, make_command) -> subprocess.Popen:
        def writer(make_channel) -> int:
            read_end, write_end = _pipe()
            self._channels.append(make_channel(read_end))
            return write_end

        outcome = self.outcome
        stdout = writer(lambda source: Copy(source, 1))
        # Where both go to the same place anyway, one pipe keeps their order.
        stderr = stdout if _same_file(1, 2) else writer(lambda source: Copy(source, 2))
        control = writer(lambda source: Collect(source, outcome.report.feed))
        if self._show_log:
            log = writer(lambda source: Copy(source, 2, edit=DeviceNames().edit))
        else:
            log = writer(lambda source: Collect(source, outcome.log.take))
        if self._show_qemu:
            output = writer(lambda source: Copy(source, 2, outcome.qemu_output.take))
        else:
            output = writer(lambda source: Collect(source, outcome.qemu_output.take))
        fds = ChannelFds(stdout, stderr, control, log)
        if self._timeout is not None:
            from .monitor import Monitor  # costs start-up time, and only a time-out needs it
            self._monitor = Monitor()
            fds.monitor = self._monitor.fd
        try:
            return subprocess.Popen(make_command(fds), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                    pass_fds=fds.inherited(), preexec_fn=die_with_parent(os.getpid()))
        finally:
            for fd in {*fds.pipes(), output}:
                os.close(fd)
            if self._monitor is not None:
                self._monitor.started()

    def _serve(self, process: subprocess.Popen) -> None:
        """Until QEMU has closed all channels, or the time is up."""
        deadline = math.inf if self._timeout is None else time.monotonic() + self._timeout
        quit_deadline = math.inf
        ending = False
        while not all(channel.finished for channel in self._channels):
            now = time.monotonic()
            if self.outcome.report.ended and not ending:  # QEMU should be gone at once
                ending = True
                deadline, quit_deadline = math.inf, now + _GRACE_SECONDS
            if now >= deadline:
                if self._wants_report and not self.outcome.timed_out and self._ask_for_report():
                    self.outcome.timed_out = True
                    deadline = time.monotonic() + _REPORT_SECONDS
                    continue
                self._note_time_out()
                ending = True
                process.terminate()
                deadline, quit_deadline = math.inf, time.monotonic() + _GRACE_SECONDS
            if now >= quit_deadline:
                process.kill()
                if self.outcome.timed_out:
                    return  # a reader that has stopped reading does not stretch the time
                quit_deadline = math.inf
            self._step(min(deadline, quit_deadline) - now)

    def _note_time_out(self) -> None:
        self.outcome.timed_out = True
        if not self.outcome.processors:
            self.outcome.processors = self._monitor.processors()

    def _ask_for_report(self) -> bool:
        """The time is up, and the kernel is to tell what it knows: a non-maskable interrupt reaches it
        wherever it is."""
        self._note_time_out()
        return self._monitor.interrupt()

    def _step(self, waiting: float) -> None:
        """Waits until something can be carried on, and does so for every channel that is ready."""
        poll = select.poll()
        by_fd: dict[int, list[Channel]] = {}
        for channel in self._channels:
            if channel.finished:
                continue
            sink = channel.waits_to_write()
            fd, event = (channel.source, select.POLLIN) if sink is None else (sink, select.POLLOUT)
            poll.register(fd, event)
            by_fd.setdefault(fd, []).append(channel)
        for fd, _ in poll.poll(None if waiting == math.inf else max(waiting, 0.01) * 1000):
            by_fd[fd][0].step()
        # The machine writes byte by byte. Woken for every one, we would take a processor from it.
        time.sleep(_GATHER_SECONDS)

    def _end(self, process: subprocess.Popen) -> None:
        """QEMU is gone afterwards: by itself if it has closed its channels, else by SIGTERM, else by SIGKILL."""
        if any(channel.open for channel in self._channels):
            process.terminate()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        self.outcome.qemu_status = process.wait()
