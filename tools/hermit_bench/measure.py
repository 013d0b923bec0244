"""Runs the benchmarks of the suite on both systems and puts what they print into the store."""

from collections.abc import Callable
import time

from . import hermitage_side, rows
from .errors import BenchError
from .linux_side import JobResult, LinuxSide
from .store import Store, key
from .suite import Benchmark, Suite

HERMITAGE, LINUX = "hermitage", "linux"


def record(result: JobResult) -> dict:
    """A run as it is stored: its rows, or why there are none."""
    if result.status is None:
        return {"failed": "the machine ended before it: " + result.stderr[-500:]}
    if result.status != 0:
        return {"failed": f"status {result.status}: {result.stderr[-500:]}"}
    try:
        output = rows.parse(result.stdout)
    except rows.BadOutput as error:
        return {"failed": str(error)}
    run = {"rows": output.rows, "skipped": output.skipped}
    return run | {"trace": output.trace} if output.trace else run


class Progress:
    """One line per run, with its number, what it is, and how long it took."""

    def __init__(self, total: int):
        self._number, self._total = 0, total

    def run(self, title: str, action: Callable[[], None]) -> None:
        self._number += 1
        start = time.monotonic()
        print(f"[{self._number}/{self._total}] {title} ...", end="", flush=True)
        try:
            action()
        finally:
            print(f" {time.monotonic() - start:.1f} s", flush=True)


class Measurement:
    """`images` maps a program to its Hermitage image."""

    def __init__(self, suite: Suite, store: Store, linux: LinuxSide, images: dict[str, str]):
        self._suite, self._store, self._linux, self._images = suite, store, linux, images
        self.failures: list[str] = []

    def steps(self, benchmarks: list[Benchmark], modes: list[str]) -> list[tuple[str, Callable[[], None]]]:
        """What is still to be done, in order: (title, action)."""
        steps: list[tuple[str, Callable[[], None]]] = []
        if "instructions" in modes:
            for number in range(1, self._suite.repeats + 1):
                # Linux is counted once: its figures depend on when its ticks fall.
                steps += self._round("instructions", number, benchmarks, number == 1)
        if "time" in modes:
            for number in range(1, self._suite.rounds + 1):
                steps += self._round("time", number, benchmarks, True)
        return steps

    def _round(self, mode: str, number: int, benchmarks: list[Benchmark], with_linux: bool):
        title = f"{mode}, {'round' if mode == 'time' else 'repetition'} {number}"
        mine = [benchmark for benchmark in benchmarks if mode in benchmark.setups]
        machines: dict[tuple[int, int], list[Benchmark]] = {}
        for benchmark in mine:
            setup = benchmark.setups[mode]
            if with_linux and setup.with_linux and key(mode, number, LINUX, benchmark.name) not in self._store.runs:
                machines.setdefault((setup.cores, setup.memory), []).append(benchmark)
        for group in machines.values():
            yield (f"{title}, Linux: {', '.join(benchmark.name for benchmark in group)}",
                   lambda group=group: self._run_linux(mode, number, group))
        for benchmark in mine:
            if key(mode, number, HERMITAGE, benchmark.name) not in self._store.runs:
                yield (f"{title}, Hermitage: {benchmark.name}",
                       lambda benchmark=benchmark: self._run_hermitage(mode, number, benchmark))

    def _run_linux(self, mode: str, number: int, group: list[Benchmark]) -> None:
        try:
            results, facts = self._linux.run(group, mode)
            self._store.put(f"facts/{mode}", {"facts": facts})
        except BenchError as error:
            results = {benchmark.name: JobResult(None, "", str(error)) for benchmark in group}
        for name, result in results.items():
            self._keep(mode, number, LINUX, name, result)

    def _run_hermitage(self, mode: str, number: int, benchmark: Benchmark) -> None:
        result = hermitage_side.run(self._images[benchmark.program], benchmark, mode)
        self._keep(mode, number, HERMITAGE, benchmark.name, result)

    def _keep(self, mode: str, number: int, system: str, name: str, result: JobResult) -> None:
        run = record(result)
        if "failed" in run:
            self.failures.append(f"{name} on {system} ({mode}, {number}): {run['failed']}")
        self._store.put(key(mode, number, system, name), run)


def run_all(steps: list[tuple[str, Callable[[], None]]]) -> None:
    """Runs the steps in order and shows the progress."""
    progress = Progress(len(steps))
    for title, action in steps:
        progress.run(title, action)
