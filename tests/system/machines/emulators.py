"""Starts the machines: QEMU with an image, QEMU with a medium, Bochs with a disc."""

from collections.abc import Callable
import contextlib
from dataclasses import dataclass
import os
import re
import shutil
import subprocess
import time

from entry import Entry
from hermit_bench import machine
from hermit_run import command_line, control, qemu
from hermit_run.child import die_with_parent
from hermit_run.options import Options
from programs import Program

_BOCHS_BIOS = "/usr/share/bochs/BIOS-bochs-latest"
_BOCHS_VGA = "/usr/share/vgabios/vgabios.bin"
_BOCHS_CONFIGURATION = """\
display_library: rfb, options="timeout=0"
romimage: file={bios}
vgaromimage: file={vga}
megs: {memory}
cpu: model={model}, count={cores}, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=0
clock: sync=none
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path={medium}, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={serial}
sound: driver=dummy
log: {log}
panic: action=fatal
"""


@dataclass
class Outcome:
    """What a machine did. `first` is the seconds from the emulator's start to the program's first line;
    `fault` says in words what the emulator itself has to complain about."""

    output: str
    log: str
    first: float | None
    fault: str | None


def versions() -> str:
    """The emulators of this computer in words."""
    found = []
    for name, command in (("QEMU", [qemu.find(), "--version"]), ("Bochs", ["bochs", "--help", "cpu"])):
        if shutil.which(command[0]):
            said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if match := re.search(r"(?:version|Emulator) ([0-9.]+)", said.stdout + said.stderr):
                found.append(f"{name} {match[1]}")
    return " and ".join(found)


def missing(entry: Entry) -> str | None:
    """Why this computer cannot be that machine, None if it can."""
    if entry.bochs:
        if shutil.which("bochs") is None:
            return "Bochs is not installed"
        for path in (_BOCHS_BIOS, _BOCHS_VGA):
            if not os.path.exists(path):
                return f"{path} is not installed"
    for word in entry.qemu:
        if word.startswith("/usr/") and not os.path.exists(word):
            return f"{word} is not installed"
    with open("/proc/meminfo", encoding="ascii") as file:
        available = next(int(line.split()[1]) for line in file if line.startswith("MemAvailable"))
    if available >> 10 < entry.touch + 1024:
        return f"{available >> 20} GiB of memory are free, {entry.touch + 1024 >> 10} are needed"
    return None


def run_image(entry: Entry, program: Program) -> Outcome:
    """QEMU's -kernel, with hermit-run's devices."""
    environment = command_line.environment({}, ["OMP_WAIT_POLICY=passive"])
    options = Options(image=program.image, cores=entry.cores, memory=entry.memory << 20,
                      qemu=["-accel", "tcg,thread=multi", *entry.qemu])
    append = command_line.build([qemu.CHANNELS, "log=info", *entry.kernel], environment, program.name,
                                program.arguments(entry.touch), qemu.command_line_limit(None))
    run = machine.run(options, append, entry.seconds)
    report = control.Report()
    report.feed(run.control.encode())
    fault = None
    if run.timed_out:
        fault = f"did not end in {entry.seconds} s"
    elif report.crash:
        fault = f"crashed: {report.crash[0]}"
    elif report.status != program.status:
        fault = f"the status is {report.status}, not {program.status}"
    return Outcome(run.stdout, run.log.replace("\r", "") + run.stderr, run.first_byte, fault)


def _watch(command: list[str], serial: str, entry: Entry, first_line: str, folder: str) -> Outcome:
    """Runs an emulator whose serial port goes to a file, until it ends by itself."""

    def text() -> str:
        if not os.path.exists(serial):
            return ""
        with open(serial, encoding="utf-8", errors="replace", newline="") as file:
            return file.read().replace("\r\n", "\n")

    first = fault = None
    console = os.path.join(folder, "console")
    with open(console, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, cwd=folder,
                                   preexec_fn=die_with_parent(os.getpid()))
        try:
            process.stdin.write(b"c\n")  # a Bochs with its debugger built in waits for this
            process.stdin.flush()
            while process.poll() is None and fault is None:
                time.sleep(0.02)
                now = time.monotonic() - start
                if first is None and first_line in text():
                    first = now
                if now > entry.seconds:
                    fault = f"did not end in {entry.seconds} s"
        except BrokenPipeError:
            pass  # it ended at once; its output says why
        finally:
            process.kill()
            process.wait()
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
    if first is None and first_line in text():
        first = time.monotonic() - start
    with open(console, encoding="utf-8", errors="replace") as file:
        said = file.read()
    return Outcome(text(), "" if first is not None else said[-2000:], first, fault)


def run_medium(entry: Entry, program: Program, medium: str, folder: str) -> Outcome:
    """A whole QEMU machine that starts from a medium."""
    serial = os.path.join(folder, "serial")
    command = [qemu.find(), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-accel",
               "tcg,thread=multi", "-smp", str(entry.cores), "-m", f"{entry.memory}M", "-serial", f"file:{serial}",
               *(word.format(medium=medium) for word in entry.qemu)]
    return _watch(command, serial, entry, program.first_line, folder)


def run_bochs(entry: Entry, program: Program, medium: str, folder: str) -> Outcome:
    """Bochs shows its screen to VNC clients, so it needs no display here."""
    serial = os.path.join(folder, "serial")
    configuration = os.path.join(folder, "bochsrc")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(_BOCHS_CONFIGURATION.format(
            bios=_BOCHS_BIOS, vga=_BOCHS_VGA, memory=entry.memory, model=entry.bochs, cores=entry.cores,
            medium=medium, serial=serial, log=os.path.join(folder, "bochs.log")))
    return _watch(["bochs", "-q", "-f", configuration], serial, entry, program.first_line, folder)


def run(entry: Entry, program: Program, medium: Callable[[], str], folder: str) -> Outcome:
    if entry.start == "kernel":
        return run_image(entry, program)
    return (run_bochs if entry.bochs else run_medium)(entry, program, medium(), folder)
