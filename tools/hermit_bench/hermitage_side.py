"""Hermitage's runs, on the machine that hermit-run makes."""

import os

from hermit_run import command_line, control, qemu

from . import machine
from .linux_side import JobResult
from .suite import Benchmark, Setup

_KERNEL_OPTIONS = [qemu.CHANNELS, "log=warning"]


def append(name: str, setup: Setup) -> bytes:
    """The kernel command line. argv[0] is the bare name: a checkout's path must not move the stack."""
    environment = [f"{variable}={value}" for variable, value in setup.environment.items()]
    return command_line.build(_KERNEL_OPTIONS, environment, name, setup.arguments,
                              qemu.command_line_limit(None))


def boot(image: str, setup: Setup, icount: bool, timeout: float) -> tuple[machine.Run, control.Report]:
    """One start of an image, and what the kernel reported. `timeout` in seconds."""
    options = machine.machine_options(image, setup.cores, setup.memory, icount)
    run = machine.run(options, append(os.path.basename(image), setup), timeout)
    report = control.Report()
    report.feed(run.control.encode())
    return run, report


def run(image: str, benchmark: Benchmark, mode: str) -> JobResult:
    """Runs a benchmark in a mode of the suite. The status is as hermit-run has it."""
    setup = benchmark.setups[mode]
    done, report = boot(image, setup, mode == "instructions", setup.limit)
    errors = done.stderr + "".join(f"{line}\n" for line in report.crash) + ("" if report.ended else done.log)
    status = 124 if done.timed_out else report.status
    return JobResult(134 if report.crash else status, done.stdout, errors)
