"""Finds QEMU and writes its command line: the machine a Hermitage image boots on."""

from dataclasses import dataclass
import os
import shutil

from .errors import LaunchError
from .options import Options

PROGRAM = "qemu-system-x86_64"

# Debug ports of the machine; the kernel learns of them through the option CHANNELS.
STDOUT_PORT, STDERR_PORT, CONTROL_PORT, EXIT_PORT = 0x500, 0x501, 0x502, 0x504
CHANNELS = f"channels=debugcon:{STDOUT_PORT:#x},{STDERR_PORT:#x},{CONTROL_PORT:#x},{EXIT_PORT:#x}"

_KERNEL_LIMIT = 16383  # the kernel's buffer (loader/include/boot/boot_info.hpp) less the terminator
_SEABIOS_LIMIT = 4095  # QEMU's PVH start-up code, which runs under SeaBIOS, has a smaller one


@dataclass
class ChannelFds:
    """File descriptors QEMU inherits and writes to; stdout and stderr may be the same one."""

    stdout: int
    stderr: int
    control: int
    log: int
    monitor: int | None = None  # a socket

    def pipes(self) -> list[int]:
        return sorted({self.stdout, self.stderr, self.control, self.log})

    def inherited(self) -> list[int]:
        return self.pipes() + ([] if self.monitor is None else [self.monitor])


def find() -> str:
    """Path of QEMU; LaunchError with the remedy if there is none."""
    name = os.environ.get("HERMIT_QEMU", PROGRAM)
    path = shutil.which(name)
    if path is None:
        fault = f"cannot execute {name}" if os.path.exists(name) and "HERMIT_QEMU" in os.environ else f"cannot find {name}"
        raise LaunchError(f"{fault}. './hermit setup' installs QEMU; HERMIT_QEMU may name one that is elsewhere.")
    return path


def given_options(options: Options) -> set[str]:
    """Names of the QEMU options among the user's `--qemu` words: they replace our choice."""
    return {"-" + word.lstrip("-") for word in options.qemu if word.startswith("-")}


def fast_firmware(qemu: str, options: Options) -> str | None:
    """QEMU's own small firmware: starts in half of SeaBIOS's time (40 ms less) and hands over command
    lines of any length. It leaves PCI devices unconfigured, so a machine that gets some has SeaBIOS."""
    if given_options(options) & {"-bios", "-M", "-machine", "-device", "-drive", "-netdev", "-nic"}:
        return None
    data = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(qemu))), "share", "qemu")
    path = os.path.join(data, "qboot.rom")
    return path if os.path.exists(path) else None


def command_line_limit(firmware: str | None) -> int:
    """How many bytes `-append` may have."""
    return _KERNEL_LIMIT if firmware else _SEABIOS_LIMIT


def kvm_is_usable() -> bool:
    """KVM only where the processor itself has it: a device node alone may be an emulation that fails."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as cpuinfo:
            flags = next((line for line in cpuinfo if line.startswith("flags")), "").split()
        if "vmx" not in flags and "svm" not in flags:
            return False
        os.close(os.open("/dev/kvm", os.O_RDWR | os.O_CLOEXEC))
        return True
    except OSError:
        return False


def _accelerator(options: Options) -> list[str]:
    if options.icount:
        return ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"]
    if options.profile is None and kvm_is_usable():  # only emulation can count by call stack
        return ["-accel", "kvm"]
    return ["-accel", "tcg,thread=multi"]


def command(qemu: str, firmware: str | None, options: Options, append: bytes, fds: ChannelFds,
            more: list[str]) -> list[bytes]:
    """QEMU's argument list. `more` are options of ours that depend on the run."""
    given = given_options(options)
    words = [qemu, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    if not given & {"-M", "-machine"}:
        words += ["-machine", "q35"]
    if firmware:
        words += ["-bios", firmware]
    if "-cpu" not in given:
        # QEMU 10 aborts ("Bad icount read") when a counted machine arms the x2APIC's timer, as a WRMSR
        # does not end its instruction count before the clock is read; the memory-mapped APIC is fine.
        words += ["-cpu", "max,-x2apic" if options.icount else "max"]
    if "-smp" not in given:
        words += ["-smp", str(options.cores)]
    if "-accel" not in given:
        words += _accelerator(options)
    if options.icount and "-rtc" not in given:
        # Whether the clock of the day is just being updated would depend on the host's time.
        words += ["-rtc", "clock=vm"]
    words += ["-m", f"{-(-options.memory >> 10)}K"]
    # Through fd sets QEMU writes to the pipes it inherits, without opening anything by name. Without
    # append=on it would try to truncate them.
    for fd in fds.pipes():
        words += ["-add-fd", f"fd={fd},set={fd}"]
    for name, fd, port in (("stdout", fds.stdout, STDOUT_PORT), ("stderr", fds.stderr, STDERR_PORT),
                           ("control", fds.control, CONTROL_PORT)):
        words += ["-chardev", f"file,id={name},path=/dev/fdset/{fd},append=on",
                  "-device", f"isa-debugcon,chardev={name},iobase={port:#x}"]
    words += ["-chardev", f"file,id=log,path=/dev/fdset/{fds.log},append=on", "-serial", "chardev:log"]
    words += ["-device", f"isa-debug-exit,iobase={EXIT_PORT:#x},iosize=4"]
    if fds.monitor is not None:
        words += ["-chardev", f"socket,id=monitor,fd={fds.monitor}", "-mon", "chardev=monitor,mode=control"]
    if options.gdb_port is not None:
        words += ["-gdb", f"tcp:127.0.0.1:{options.gdb_port}", "-S"]
    words += more + options.qemu
    words += ["-kernel", options.image, "-append"]
    return [os.fsencode(word) for word in words] + [append]
