"""The benchmark `faults`: instructions per page fault on cores that really run at once, counted by the profiler's plugin.

Under -icount the cores take turns, so that one hardly ever waits for another. Here each has a thread of the host's, and
whatever it executes while it waits is counted."""

from collections.abc import Callable
import os
import subprocess
import tempfile

from .errors import BenchError
from .measure import HERMITAGE
from .store import Store, key

NAME = "faults"
PROGRAM = "first_touches"
_FAULT = ";[page fault]"  # a frame of the stacks that the profiler writes
_CORES = (1, 2, 4, 8, 16)
_PAGES, _BLOCKS = 4096, 10  # of each run of the program
_LIMIT = 120  # seconds


def instructions(folded: str) -> int:
    """Those of all stacks with a page fault in them."""
    try:
        return sum(int(line.rpartition(" ")[2]) for line in folded.splitlines() if _FAULT in line)
    except ValueError:
        raise BenchError("the profile cannot be read") from None


def row_name(threads: int) -> str:
    return f"instructions of a first touch, {threads} thread{'s' if threads > 1 else ''}"


class Faults:
    """`command` is hermit-run, `image` the program's; measured `repeats` times."""

    def __init__(self, store: Store, command: str, image: str, repeats: int):
        self._store, self._command, self._image, self._repeats = store, command, image, repeats
        self.failures: list[str] = []

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """What is still to be done, as measure.Measurement.steps."""
        return [(f"faults, repetition {number}", lambda number=number: self._measure(number))
                for number in range(1, self._repeats + 1) if self._key(number) not in self._store.runs]

    @staticmethod
    def _key(number: int) -> str:
        return key(NAME, number, HERMITAGE, NAME)

    def _measure(self, number: int) -> None:
        try:
            run = {"rows": {row_name(cores): (self._count(cores), "count") for cores in _CORES}, "skipped": {}}
        except BenchError as error:
            run = {"failed": str(error)}
            self.failures.append(f"faults, repetition {number}: {error}")
        self._store.put(self._key(number), run)

    def _count(self, cores: int) -> float:
        """Per touch, with a thread on each core."""
        with tempfile.TemporaryDirectory(prefix="hermit-bench.") as folder:
            profile = os.path.join(folder, "folded")
            run = subprocess.run([self._command, "-c", str(cores), "--timeout", str(_LIMIT), f"--profile={profile}", self._image,
                                  "--pages", str(_PAGES), "--threads", str(cores)], capture_output=True, text=True)
            if run.returncode != 0:
                raise BenchError(f"status {run.returncode} on {cores} cores: {run.stderr[-500:]}")
            with open(profile, encoding="utf-8") as file:
                return instructions(file.read()) / (_PAGES * _BLOCKS)
