"""The benchmark `native`: pure parts of the kernel on this machine itself, measured by Google Benchmark."""

from collections.abc import Callable
import json
import os
import subprocess

from .errors import BenchError
from .measure import HERMITAGE
from .store import Store, key

NAME = "native"
_LIMIT = 120  # seconds
_NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def row_name(name: str) -> str:
    """Google Benchmark's `operation/10` and `operation/level:1` as we write rows."""
    return name.replace("/", ", ").replace(":", " ")


def parse(text: str) -> dict[str, tuple[float, str]]:
    """The rows of Google Benchmark's JSON: processor time of one operation. What it fits to them is left out."""
    try:
        found = json.loads(text)["benchmarks"]
        rows = {row_name(entry["name"]): (entry["cpu_time"] * _NANOSECONDS[entry["time_unit"]], "ns")
                for entry in found if entry.get("run_type", "iteration") == "iteration"}
    except (ValueError, KeyError, TypeError) as error:
        raise BenchError(f"the native benchmarks' output cannot be read: {error!r}") from None
    if not rows:
        raise BenchError("the native benchmarks have measured nothing")
    return rows


class Native:
    """`program` has all of them; `rounds` times each is measured."""

    def __init__(self, store: Store, program: str, rounds: int):
        self._store, self._program, self._rounds = store, program, rounds
        self.failures: list[str] = []

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """What is still to be done, as measure.Measurement.steps."""
        return [(f"native, round {number}", lambda number=number: self._measure(number))
                for number in range(1, self._rounds + 1) if self._key(number) not in self._store.runs]

    @staticmethod
    def _key(number: int) -> str:
        return key(NAME, number, HERMITAGE, NAME)

    def _measure(self, number: int) -> None:
        try:
            run = {"rows": self._run(), "skipped": {}}
        except BenchError as error:
            run = {"failed": str(error)}
            self.failures.append(f"native, round {number}: {error}")
        self._store.put(self._key(number), run)

    def _run(self) -> dict[str, tuple[float, str]]:
        if not os.path.exists(self._program):
            raise BenchError(f"{self._program} has not been built")
        # Without a unit, which only newer versions know.
        words = [self._program, "--benchmark_format=json", "--benchmark_min_time=0.02"]
        try:
            run = subprocess.run(words, capture_output=True, text=True, timeout=_LIMIT)
        except subprocess.TimeoutExpired:
            raise BenchError(f"did not end within {_LIMIT} s") from None
        if run.returncode != 0:
            raise BenchError(f"status {run.returncode}: {run.stderr[-500:]}")
        return parse(run.stdout)
