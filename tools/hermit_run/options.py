"""The command line of hermit-run.

Parsed by hand and not by argparse: everything after the image belongs to the application, `--gdb`
takes a port only if the next word is a number, and start-up time counts.
"""

from dataclasses import dataclass, field
import re

from .errors import LaunchError

USAGE = """\
Usage: hermit-run [OPTION]... IMAGE [ARGUMENT]...

Boot IMAGE, a program linked for x86_64-hermit, in QEMU. ARGUMENTs go to the program, its output
comes out on stdout and stderr, its exit status is passed on. Its stdin is at end of file.

  -c, --cores N        number of cores (default 1)
  -m, --memory SIZE    memory of the machine, with K, M or G (default 1G; a plain number is MiB)
      --env NAME=VALUE set an environment variable of the program (repeatable)
                       OMP_* and GOMP_* of the environment are always passed on; with more cores
                       than the host has processors, OMP_WAIT_POLICY=passive unless it is set
      --timeout SECONDS  end the machine after this time, with status 124
      --verbose        show the kernel log on stderr
      --icount         count instructions: one tick of the time-stamp counter per instruction,
                       the same on every run (emulation on one thread, never KVM)
      --profile[=FILE] count instructions by call stack, application and kernel alike: folded stacks for
                       flame graphs go to FILE (default profile.folded), a table to stderr
      --report[=FILE]  say in the end what the run has cost and what has disturbed it: as a table on
                       stderr, or as JSON in FILE
      --gdb [PORT]     wait for a debugger at PORT (default 1234) before the first instruction
      --kernel OPTION  hand OPTION to the kernel, for instance tsc_khz=2000000 (repeatable)
      --qemu ARG       hand ARG to QEMU as it is (repeatable, one word each); what QEMU itself
                       prints then appears on stderr
      --dry-run        print the QEMU command line and stop
      --help, --version

Exit status: the program's own, 0 to 255; 134 if it crashed or the machine died; 124 after a
time-out; 125 if the image could not be run at all, or its output not be written.
The environment variable HERMIT_QEMU names another QEMU than the qemu-system-x86_64 on the PATH.
"""

DEFAULT_GDB_PORT = 1234
DEFAULT_PROFILE = "profile.folded"
_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_ENV_NAME = re.compile(r"[^=\0]+")


@dataclass
class Options:
    """What the user asked for. `memory` is in bytes, `timeout` in seconds."""

    image: str = ""
    arguments: list[str] = field(default_factory=list)
    cores: int = 1
    memory: int = 1 << 30
    env: list[str] = field(default_factory=list)
    timeout: float | None = None
    verbose: bool = False
    icount: bool = False
    profile: str | None = None  # where to write the folded stacks
    report: str | None = None  # where the report goes: a file, "" for stderr, None for nowhere
    gdb_port: int | None = None
    kernel: list[str] = field(default_factory=list)
    qemu: list[str] = field(default_factory=list)
    dry_run: bool = False
    show: str = ""  # "help" or "version": print that and stop


def parse_cores(text: str) -> int:
    """How many cores, 1 or more."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise LaunchError(f"--cores wants a number of at least 1, not '{text}'")
    return int(text)


def parse_memory(text: str) -> int:
    """Bytes. A number without a unit is in MiB, as in QEMU."""
    match = re.fullmatch(r"([0-9]+)([KMGT]?)(i?B)?", text, re.IGNORECASE)
    if not match or int(match[1]) == 0:
        raise LaunchError(f"--memory wants a size such as 512M or 2G, not '{text}'")
    return int(match[1]) * _UNITS[(match[2] or "M").upper()]


def parse_env(text: str) -> str:
    """NAME=VALUE as it is; LaunchError for anything else."""
    name, equals, _ = text.partition("=")
    if not equals or not _ENV_NAME.fullmatch(name):
        raise LaunchError(f"--env wants NAME=VALUE, not '{text}'")
    return text


def parse_timeout(text: str) -> float:
    """Seconds, above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise LaunchError(f"--timeout wants a number of seconds above 0, not '{text}'")
    return seconds


def parse_port(text: str) -> int:
    """A TCP port."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise LaunchError(f"--gdb wants a port between 1 and 65535, not '{text}'")
    return int(text)


def parse_file(text: str) -> str:
    """The name of a file, which is not empty."""
    if not text:
        raise LaunchError("an option that ends in '=' wants the name of a file")
    return text


# option: (attribute, how to read its value, repeatable)
_WITH_VALUE = {
    "--cores": ("cores", parse_cores, False),
    "--memory": ("memory", parse_memory, False),
    "--env": ("env", parse_env, True),
    "--timeout": ("timeout", parse_timeout, False),
    "--kernel": ("kernel", str, True),
    "--qemu": ("qemu", str, True),
}
_SHORT = {"-c": "--cores", "-m": "--memory", "-v": "--verbose", "-h": "--help"}
_FLAGS = {"--verbose": "verbose", "--icount": "icount", "--dry-run": "dry_run"}


def parse(words: list[str]) -> Options:
    """Reads the words after `hermit-run`; LaunchError for what cannot be understood."""
    options = Options()
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        if word[:2] in _SHORT and len(word) > 2 and _SHORT[word[:2]] in _WITH_VALUE:
            rest.insert(0, word[2:])  # -c4
            word = word[:2]
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        name = _SHORT.get(name, name)
        if name in _WITH_VALUE:
            attribute, read, repeatable = _WITH_VALUE[name]
            if not equals:
                if not rest:
                    raise LaunchError(f"{name} wants a value (hermit-run --help)")
                value = rest.pop(0)
            if repeatable:
                getattr(options, attribute).append(read(value))
            else:
                setattr(options, attribute, read(value))
        elif name == "--gdb":
            if not equals:
                value = rest.pop(0) if rest and rest[0].isdigit() else str(DEFAULT_GDB_PORT)
            options.gdb_port = parse_port(value)
        elif name == "--profile":
            options.profile = parse_file(value) if equals else DEFAULT_PROFILE
        elif name == "--report":
            options.report = parse_file(value) if equals else ""
        elif name in _FLAGS and not equals:
            setattr(options, _FLAGS[name], True)
        elif name in ("--help", "--version"):
            options.show = name[2:]
            return options
        else:
            raise LaunchError(f"there is no option '{word}' (hermit-run --help lists them)")
    if not rest:
        raise LaunchError("no image given; usage: hermit-run [OPTION]... IMAGE [ARGUMENT]...")
    options.image, options.arguments = rest[0], rest[1:]
    return options
