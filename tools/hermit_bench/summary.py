"""From the runs to figures: every value of a row on both systems, its median and spread, the ratio."""

from dataclasses import dataclass, field
import statistics

from .measure import HERMITAGE, LINUX
from .rows import higher_is_better
from .suite import Benchmark, Suite


_BOOT = ("From the start of QEMU to the first byte of output: the program's first line on Hermitage, that of init on Linux. "
         "Size and least memory: a stripped hello with its kernel; on Linux the compressed kernel and a file system with "
         "nothing but a static init.")
_FAULTS = ("Instructions in page faults per first touch of 4 KiB, clearing not counted, by threads on so many cores that "
           "run at once.")
_NATIVE = ("What the page-table walker and the list of free ranges cost, in nanoseconds of this machine's processor, with so "
           "many pages or ranges beside the one in use; a level is 1 for pages of 4 KiB, 2 for 2 MiB, 3 for 1 GiB.")


@dataclass
class Series:
    """The values of one row on one system, one per run."""

    values: list[float]

    @property
    def median(self) -> float | None:
        return statistics.median(self.values) if self.values else None

    @property
    def spread(self) -> float:
        """Half the distance of the quartiles, as a part of the median."""
        if len(self.values) < 2 or not self.median:
            return 0.0
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return (high - low) / 2 / abs(self.median)


@dataclass
class Row:
    name: str
    unit: str
    linux: Series
    hermitage: Series

    @property
    def ratio(self) -> float | None:
        """Hermitage's cost as a part of Linux's: below 1 is better. Of rates the inverse."""
        linux, hermitage = self.linux.median, self.hermitage.median
        if linux is None or hermitage is None:
            return None
        if higher_is_better(self.name, self.unit):
            linux, hermitage = hermitage, linux
        return hermitage / linux if linux > 0 else None


@dataclass
class Table:
    """A benchmark in one mode. `differing` are the rows in which Hermitage's counted runs did not agree."""

    benchmark: Benchmark
    mode: str
    rows: dict[str, Row] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    repeats: int = 0  # Hermitage's runs


def _program_runs(runs: dict[str, dict], mode: str, name: str) -> dict[str, list[dict]]:
    """The runs of a program on each system."""
    return {system: [run for key, run in runs.items()
                     if key.startswith(f"{mode}/") and key.endswith(f"/{system}/{name}")] for system in (LINUX, HERMITAGE)}


def _boot_runs(runs: dict[str, dict], mode: str) -> dict[str, list[dict]]:
    return {system: [run for key, run in runs.items() if key.startswith(f"boot/{mode}/") and f"/{system}/" in key]
            for system in (LINUX, HERMITAGE)}


def table(benchmark: Benchmark, mode: str, by_system: dict[str, list[dict]]) -> Table | None:
    """None if nothing of it has been measured."""
    result = Table(benchmark, mode)
    if not any(by_system.values()):
        return None
    for system, found in by_system.items():
        for run in found:
            if "failed" in run:
                result.failed.append(f"{system.capitalize()}: {run['failed']}")
                continue
            for name, reason in run["skipped"].items():
                result.skipped[name] = reason
            for name, (value, unit) in run["rows"].items():
                row = result.rows.setdefault(name, Row(name, unit, Series([]), Series([])))
                getattr(row, system).values.append(value)
    result.repeats = len(by_system[HERMITAGE])
    if mode == "instructions":
        result.differing = [row.name for row in result.rows.values() if len(set(row.hermitage.values)) > 1]
    return result


def tables(suite: Suite, runs: dict[str, dict]) -> dict[tuple[str, str], Table]:
    """All that was measured, by (mode, benchmark)."""
    found = {}
    for name, about in (("faults", _FAULTS), ("native", _NATIVE)):
        if made := table(Benchmark(name, "", about, {}), name, _program_runs(runs, name, name)):
            found[name, name] = made
    for mode in ("instructions", "time"):
        for benchmark in suite.benchmarks:
            if made := table(benchmark, mode, _program_runs(runs, mode, benchmark.name)):
                found[mode, benchmark.name] = made
        boot = Benchmark("boot", "", _BOOT, {})
        if made := table(boot, mode, _boot_runs(runs, mode)):
            found[mode, boot.name] = made
    return found
