"""The benchmark `boot`: what it costs to start. A run of it is kept as rows, like a program's."""

from collections.abc import Callable
from dataclasses import dataclass
import os
import re
import subprocess
import tempfile

from hermit_run.options import parse_memory

from . import hermitage_side, image_size, machine, rows
from .errors import BenchError
from .linux_side import COMMAND_LINE, LinuxSide
from .measure import HERMITAGE, LINUX
from .store import Store, key
from .suite import Setup

_LIMIT = 240  # seconds for one start
_MIB = 1 << 20
# When memory is too small Linux hangs or reboots without a word; more than this it does not need to start.
_TOO_LITTLE_LIMIT = 30

INSTRUCTIONS = "instructions to the first line"


TIME_ROW = "time to the first line, "


def time_row(cores: int) -> str:
    """The name of the row of starts on this many cores."""
    return f"{TIME_ROW}{cores} core{'s' if cores > 1 else ''}"


def least(works: Callable[[int], bool], low: int, high: int, step: int) -> int:
    """The smallest multiple of `step` above `low` for which `works`, which holds for `high`; all in the same unit."""
    if not works(high):
        raise BenchError(f"does not even run with {high // _MIB} MiB")
    low, high = low // step, high // step
    while high - low > 1:
        middle = (low + high) // 2
        if works(middle * step):
            high = middle
        else:
            low = middle
    return high * step


@dataclass
class Images:
    """The program whose first line is waited for, and the one whose size and memory count."""

    first_line: str
    hello: str


class TooSlow(Exception):
    """A start that this host cannot measure: no failure, but no figure either."""

    def __init__(self, row: str, reason: str):
        super().__init__(reason)
        self.row, self.reason = row, reason


class Boot:
    """`settings` is the suite's part for it."""

    def __init__(self, settings: dict, store: Store, linux: LinuxSide, images: Images, top: str, toolchain: str):
        self._settings, self._store, self._linux = settings, store, linux
        self._image, self._hello = images.first_line, images.hello
        self._top, self._toolchain = top, toolchain
        self._memory = parse_memory(settings["memory"])
        self.failures: list[str] = []

    def steps(self, modes: list[str]) -> list[tuple[str, Callable[[], None]]]:
        """What is still to be done, as measure.Measurement.steps."""
        wanted: list[tuple[str, int, str, str, Callable[[], dict]]] = []
        if "instructions" in modes:
            for number in (1, 2):
                wanted.append(("instructions", number, HERMITAGE, "count", self._count_hermitage))
            wanted.append(("instructions", 1, LINUX, "count", self._count_linux))
            wanted.append(("instructions", 1, HERMITAGE, "size", self._size_hermitage))
            wanted.append(("instructions", 1, LINUX, "size", self._size_linux))
            wanted.append(("instructions", 1, HERMITAGE, "memory", self._memory_hermitage))
            wanted.append(("instructions", 1, LINUX, "memory", self._memory_linux))
        if "time" in modes:
            repeats = {int(cores): count for cores, count in self._settings["repeats_by_cores"].items()}
            for number in range(1, max(repeats.values()) + 1):
                for cores in (cores for cores, count in repeats.items() if number <= count):
                    for system, action in ((LINUX, self._time_linux), (HERMITAGE, self._time_hermitage)):
                        wanted.append(("time", number, system, f"{cores}",
                                       lambda action=action, cores=cores: action(cores)))
        steps = []
        for mode, number, system, what, action in wanted:
            name = f"boot/{key(mode, number, system, what)}"
            if name not in self._store.runs:
                title = f"boot, {what + ' cores' if mode == 'time' else what}, {number}, {system.capitalize()}"
                steps.append((title, lambda name=name, action=action: self._keep(name, action)))
        return steps

    def _keep(self, name: str, action: Callable[[], dict]) -> None:
        try:
            run = {"rows": action(), "skipped": {}}
        except TooSlow as slow:
            run = {"rows": {}, "skipped": {slow.row: slow.reason}}
        except BenchError as error:
            run = {"failed": str(error)}
            self.failures.append(f"{name}: {error}")
        self._store.put(name, run)

    def _start_hermitage(self, cores: int, memory: int, icount: bool, image: str, limit: int = _LIMIT) -> machine.Run:
        run, report = hermitage_side.boot(image, Setup(cores, memory), icount, limit)
        if report.status != 0:
            raise BenchError(f"{os.path.basename(image)} did not end well on {cores} cores: "
                             f"{run.stderr}{run.control}{run.log}")
        return run

    def _start_linux(self, cores: int, memory: int, icount: bool, limit: int = _LIMIT) -> machine.Run:
        initrd = self._linux.initrd("boot", [], "")
        options = machine.machine_options(self._linux.kernel, cores, memory, icount, ["-initrd", initrd])
        run = machine.run(options, COMMAND_LINE, limit)
        if "LINUX done" not in run.control:
            how = f"had not ended after {limit} s" if run.timed_out else f"ended without a word: {run.log[-500:]}"
            raise BenchError(f"Linux {how}")
        return run

    def _count_hermitage(self) -> dict:
        run = self._start_hermitage(1, self._memory, True, self._image)
        (value, _), = rows.parse(run.stdout).rows.values()
        return {INSTRUCTIONS: (value, "count")}

    def _count_linux(self) -> dict:
        run = self._start_linux(1, self._memory, True)
        match = re.search(r"LINUX first (\d+)", run.stdout)
        return {INSTRUCTIONS: (float(match[1]), "count")}

    def _time_hermitage(self, cores: int) -> dict:
        return {time_row(cores): (self._start_hermitage(cores, self._memory, False, self._image).first_byte, "s")}

    def _time_linux(self, cores: int) -> dict:
        try:
            return {time_row(cores): (self._start_linux(cores, self._memory, False).first_byte, "s")}
        except BenchError as error:
            # Emulated on few processors, it takes minutes for many cores, or gives up on its timer.
            raise TooSlow(time_row(cores), str(error)) from None

    def _size_hermitage(self) -> dict:
        with tempfile.TemporaryDirectory(prefix="hermit-bench.") as folder:
            stripped = os.path.join(folder, "stripped")
            strip = os.path.join(self._toolchain, "bin", "x86_64-hermit-strip")
            subprocess.run([strip, "-o", stripped, self._hello], check=True)
            found = {"stripped hello, kernel included": (os.path.getsize(stripped) / 1024, "KiB")}
        parts = image_size.measure(self._top, self._toolchain, os.path.join(self._top, "apps", "hello.c"))
        for name, size in sorted(parts.items(), key=lambda part: -part[1]):
            found[f"of which {name}"] = (size / 1024, "KiB")
        return found

    def _size_linux(self) -> dict:
        """The compressed kernel, and the init as the program."""
        size = os.path.getsize(self._linux.kernel) + os.path.getsize(self._linux.initrd("boot", [], ""))
        return {"stripped hello, kernel included": (size / 1024, "KiB")}

    def _memory_hermitage(self) -> dict:
        return self._least(lambda memory: self._start_hermitage(1, memory, False, self._hello, _TOO_LITTLE_LIMIT),
                           1 * _MIB, 64 * _MIB, 64 << 10)

    def _memory_linux(self) -> dict:
        return self._least(lambda memory: self._start_linux(1, memory, False, _TOO_LITTLE_LIMIT),
                           16 * _MIB, 512 * _MIB, 4 * _MIB)

    @staticmethod
    def _least(start: Callable[[int], object], low: int, high: int, step: int) -> dict:
        def works(memory: int) -> bool:
            try:
                start(memory)
                return True
            except BenchError:
                return False

        return {"least memory for hello": (least(works, low, high, step) / _MIB, "MiB")}
