"""One run of a machine, Hermitage's or Linux's, by hermit-run's own QEMU command line."""

import contextlib
from dataclasses import dataclass
import os
import select
import subprocess
import tempfile
import time

from hermit_run import qemu
from hermit_run.child import die_with_parent
from hermit_run.options import Options

_GRACE_SECONDS = 5.0


@dataclass
class Run:
    """What came out. `first_byte` is the seconds from QEMU's start to the first byte on stdout, None if there was
    none."""

    stdout: str
    stderr: str
    control: str
    log: str
    seconds: float
    first_byte: float | None
    timed_out: bool


def _serve(process: subprocess.Popen, source: int, start: float, timeout: float) -> tuple[bytes, float | None, bool]:
    """Reads stdout until QEMU closes it or the time is up: (output, time of the first byte, timed out)."""
    output, first = b"", None
    while True:
        left = start + timeout - time.monotonic()
        if left <= 0:
            return output, first, True
        ready, _, _ = select.select([source], [], [], left)
        if not ready:
            continue
        data = os.read(source, 1 << 16)
        if first is None and data:
            first = time.monotonic() - start
        if not data:
            return output, first, False
        output += data
        # Woken for every byte, we would take a processor from the machine.
        if b"\n" in output:
            time.sleep(0.001)


def run(options: Options, append: bytes, timeout: float) -> Run:
    """Boots `options.image` with the kernel command line `append`. No QEMU is left, whatever happens."""
    program = qemu.find()
    firmware = qemu.fast_firmware(program, options)
    with tempfile.TemporaryDirectory(prefix="hermit-bench.") as folder:
        # QEMU takes a descriptor from its set only if it is open as it asks for it: for writing alone.
        files = {name: open(os.path.join(folder, name), "wb") for name in ("stderr", "control", "log")}
        source, sink = os.pipe()
        fds = qemu.ChannelFds(sink, *(file.fileno() for file in files.values()))
        command = qemu.command(program, firmware, options, append, fds, [])
        process = None
        try:
            start = time.monotonic()
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=fds.log, stderr=fds.log,
                                       pass_fds=fds.inherited(), preexec_fn=die_with_parent(os.getpid()))
            os.close(sink)
            sink = -1
            output, first, timed_out = _serve(process, source, start, timeout)
            if not timed_out:
                with contextlib.suppress(subprocess.TimeoutExpired):  # it has said all; it is killed below
                    process.wait(_GRACE_SECONDS)
            seconds = time.monotonic() - start
        finally:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
            for fd in (source, sink):
                if fd >= 0:
                    os.close(fd)
            for file in files.values():
                file.close()

        def text(name: str) -> str:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                return file.read()

        return Run(output.decode("utf-8", "replace"), text("stderr"), text("control"), text("log"), seconds,
                   first, timed_out)


def machine_options(image: str, cores: int, memory: int, icount: bool, extra: list[str] | None = None) -> Options:
    """Options as hermit-run has them for the same machine."""
    return Options(image=image, cores=cores, memory=memory, icount=icount, qemu=extra or [])
