"""Where instructions go: prepares QEMU's plugin (tools/profile) and makes folded stacks and a summary of its count.

A folded stack is a line `main;compute;memcpy 1234`: the functions from the outermost to the innermost, and how
many instructions the innermost has executed itself, called in this way.
"""

from collections import Counter
import os
import re
import shutil
import subprocess
import tempfile

from .errors import LaunchError
from .symbols import APPLICATION, FIRMWARE, KERNEL, LIBRARIES, Symbols

_TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
PLUGIN = os.path.join(_TOP, "build", "lib", "hermit-profile.so")
FILTERS = ("x86_64-hermit-c++filt", "c++filt")

_MINIMUM_QEMU = (9, 2)
_FIRST_FUNCTION = 2  # kFirstFunction of tools/profile/functions.hpp
_ENTRY_BYTES = 16  # of each interrupt stub, arch/x86_64/interrupt_entry.S
_TABLE_LINES = 20
_MAX_NAME = 100  # in the table
_ENTRIES = {0: "divide error", 2: "NMI", 3: "breakpoint", 6: "invalid opcode", 8: "double fault",
            13: "general protection fault", 14: "page fault", 18: "machine check",
            0xE0: "timer interrupt", 0xE1: "reschedule interrupt", 0xE2: "flush interrupt"}  # arch/interrupts.hpp
# What begins the boot processor's stacks: how it came there says nothing about the program.
_BOTTOMS = ("hermit_kernel_entry", "hermit::init::(anonymous namespace)::continue_in_thread")


def _entry_name(vector: int) -> str:
    other = f"exception {vector}" if vector < 32 else f"interrupt {vector:#x}"
    return f"[{_ENTRIES.get(vector, other)}]"


def _check_qemu(qemu: str) -> None:
    text = subprocess.run([qemu, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"version (\d+)\.(\d+)", text)
    if version is None or tuple(map(int, version.groups())) < _MINIMUM_QEMU:
        raise LaunchError(f"--profile needs QEMU {'.'.join(map(str, _MINIMUM_QEMU))} or later, {qemu} is older")


def _demangle(names: list[str], tool: str | None) -> list[str]:
    if tool is None:
        return names
    try:
        run = subprocess.run([tool, "--no-params"], input="\n".join(names), text=True, capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return names
    lines = [re.sub(r" \[clone [^]]*\]", "", line) for line in run.stdout.split("\n")[:len(names)]]
    return lines if len(lines) == len(names) else names


class Profile:
    """One run's profile. A context manager: the plugin's files live in a directory of their own."""

    def __init__(self, image: str, qemu: str, path: str, demangler: str | None):
        """The folded stacks will go to `path`. LaunchError if this image cannot be profiled here."""
        _check_qemu(qemu)
        if not os.path.exists(PLUGIN):
            raise LaunchError(f"--profile needs the plugin {PLUGIN}, which './hermit build' makes")
        try:
            self._symbols = Symbols(image)
            self._entry = self._symbols.value("interrupt_common")
            self._stubs = self._symbols.value("hermit_interrupt_stubs")
        except ValueError as error:
            raise LaunchError(f"cannot profile {image}: {error}") from None
        try:
            open(path, "w", encoding="utf-8").close()  # rather now than after a long run
        except OSError as error:
            raise LaunchError(f"cannot write the profile {path}: {error.strerror}") from None
        self._result = path
        self._demangler = demangler
        self._names: list[str] = ["", "[firmware]"]  # by the plugin's numbers
        self._owners: list[str] = ["", FIRMWARE]
        self._folder = ""

    def __enter__(self) -> "Profile":
        self._folder = tempfile.mkdtemp(prefix="hermit-profile-")
        with open(self._path("functions"), "w", encoding="ascii") as table:
            table.writelines(self._table())
        return self

    def __exit__(self, *_) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)

    def qemu_options(self) -> list[str]:
        words = [PLUGIN, f"functions={self._path('functions')}", f"entry={self._entry:x}",
                 f"output={self._path('counts')}"]
        return ["-plugin", ",".join(word.replace(",", ",,") for word in words)]

    def _number(self, name: str, owner: str) -> int:
        self._names.append(name)
        self._owners.append(owner)
        return len(self._names) - 1

    def _table(self) -> list[str]:
        """The plugin's function table. A function and the part of it that the compiler thinks is seldom
        executed (`NAME.cold`) are one."""
        whole = {function.name: function for function in self._symbols.functions}
        numbers: dict[int, int] = {}  # by where the function starts
        lines = []
        for function in self._symbols.functions:
            if function.start == self._stubs:
                for vector in range(256):
                    start = function.start + vector * _ENTRY_BYTES
                    end = min(start + _ENTRY_BYTES, function.end)
                    lines.append(f"{start:x} {end:x} {self._number(_entry_name(vector), KERNEL)} 1\n")
                continue
            base = function.name.removesuffix(".cold")
            named = function if base == function.name else whole.get(base, function)
            if named.start not in numbers:
                numbers[named.start] = self._number(named.name, named.owner)
            lines.append(f"{function.start:x} {function.end:x} {numbers[named.start]}\n")
        return lines

    def _read_counts(self) -> list[tuple[int, int, int]]:
        """(parent's line, function, instructions) of each stack; nothing if QEMU had no chance to write them."""
        try:
            with open(self._path("counts"), encoding="ascii") as file:
                *lines, last = file.read().splitlines() or [""]
        except OSError:
            return []
        if last != "end":
            return []
        return [tuple(map(int, line.split())) for line in lines]

    def finish(self) -> list[str]:
        """Writes the folded stacks and returns the summary's lines. OSError as of the file."""
        counts = self._read_counts()
        if not counts:
            return ["no profile: QEMU was ended before it could write one"]
        names = [name.replace(";", ":") for name in _demangle(self._names, self._demangler)]
        by_function: Counter[int] = Counter()
        folded: Counter[str] = Counter()
        stacks = [""]
        for parent, function, instructions in counts:
            stack = names[function]
            if parent and stack not in _BOTTOMS:
                stack = f"{stacks[parent]};{stack}"
            stacks.append(stack)
            if instructions:
                folded[stack] += instructions
                by_function[function] += instructions
        with open(self._result, "w", encoding="utf-8") as file:
            file.writelines(f"{stack} {count}\n" for stack, count in sorted(folded.items()))
        return self._summary(by_function, names)

    def _summary(self, by_function: Counter, names: list[str]) -> list[str]:
        total = by_function.total()
        owners: Counter[str] = Counter()
        for function, count in by_function.items():
            owners[self._owners[function]] += count
        lines = [f"profile: {total} instructions, by call stack in {self._result}"]
        lines += [f"  {100 * owners[owner] / total:6.2f} %  {owners[owner]:15}  {owner}"
                  for owner in (APPLICATION, LIBRARIES, KERNEL, FIRMWARE)]
        lines.append(f"{'self':>8}    {'instructions':>15}  {'of':<11}  function")
        for function, count in by_function.most_common(_TABLE_LINES):
            name = names[function] if len(names[function]) <= _MAX_NAME else names[function][:_MAX_NAME - 1] + "…"
            lines.append(f"  {100 * count / total:6.2f} %  {count:15}  {self._owners[function]:<11}  {name}")
        return lines
