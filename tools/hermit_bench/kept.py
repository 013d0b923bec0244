"""The guard: exact counts of chosen rows of Hermitage, kept in the repository. A count that grows is a
loss that somebody has to accept knowingly."""

from dataclasses import dataclass
import json

from . import hermitage_side, rows
from .errors import BenchError
from .suite import Benchmark, Setup

_ALLOWED_PART = 0.05
_ALLOWED_COUNT = 1.0  # a twentieth of a short call is less than an instruction
_LIMIT = 120  # seconds for one program on a busy host


@dataclass
class Kept:
    """A program of the file: how it is run, and its chosen rows with their counts."""

    program: str
    cores: int
    arguments: list[str]
    environment: dict[str, str]
    rows: dict[str, float]

    def benchmark(self) -> Benchmark:
        setup = Setup(self.cores, 1 << 30, self.arguments, self.environment, _LIMIT)
        return Benchmark(self.program, self.program, "", {"instructions": setup})


def load(path: str) -> list[Kept]:
    """Reads the file of kept counts."""
    with open(path, encoding="utf-8") as file:
        return [Kept(entry["program"], entry["cores"], entry["arguments"], entry["environment"], entry["rows"])
                for entry in json.load(file)["counts"]]


def save(path: str, kept: list[Kept]) -> None:
    """One line per row, so that a change is seen where it is."""
    entries = []
    for entry in kept:
        rows_text = ",\n".join(f"      {json.dumps(name)}: {value:.10g}" for name, value in entry.rows.items())
        entries.append(f'    {{"program": {json.dumps(entry.program)}, "cores": {entry.cores}, "arguments": {json.dumps(entry.arguments)}, '
                       f'"environment": {json.dumps(entry.environment)}, "rows": {{\n{rows_text}}}}}')
    with open(path, "w", encoding="utf-8") as file:
        file.write('{\n  "counts": [\n' + ",\n".join(entries) + "\n  ]\n}\n")


def count(image: str, kept: Kept) -> dict[str, float]:
    """The program's rows now; BenchError if it fails or lacks one that is kept."""
    result = hermitage_side.run(image, kept.benchmark(), "instructions")
    if result.status != 0:
        raise BenchError(f"{kept.program} ended with status {result.status}: {result.stderr}")
    try:
        found = {name: value for name, (value, _) in rows.parse(result.stdout).rows.items()}
    except rows.BadOutput as error:
        raise BenchError(f"{kept.program}: {error}") from None
    for name in kept.rows:
        if name not in found:
            raise BenchError(f"{kept.program} has no row '{name}' any more: take it out of the kept counts, "
                             "or bring it back")
    return found


@dataclass
class Change:
    program: str
    row: str
    old: float
    new: float

    def __str__(self) -> str:
        return f"{self.program}: {self.row}: {self.old:.10g} -> {self.new:.10g} instructions"


def compare(kept: Kept, now: dict[str, float]) -> tuple[list[Change], list[Change]]:
    """What has grown beyond what is allowed, and what has shrunk by as much."""
    grown, shrunk = [], []
    for name, old in kept.rows.items():
        new = now[name]
        allowed = max(abs(old) * _ALLOWED_PART, _ALLOWED_COUNT)
        if new > old + allowed:
            grown.append(Change(kept.program, name, old, new))
        elif new < old - allowed:
            shrunk.append(Change(kept.program, name, old, new))
    return grown, shrunk


def check(path: str, image_of) -> int:
    """Runs all programs and judges; `image_of(program)` is the path of its image. The exit status."""
    all_grown: list[Change] = []
    for kept in load(path):
        grown, shrunk = compare(kept, count(image_of(kept.program), kept))
        all_grown += grown
        for change in shrunk:
            print(f"shrunk  {change} ('./hermit bench --keep' keeps the new count)")
    for change in all_grown:
        print(f"GROWN   {change}")
    if all_grown:
        print("If that is meant, './hermit bench --keep' accepts it: commit benchmarks/kept_counts.json with the change, "
              "and say why.")
    else:
        print(f"all counts are within {_ALLOWED_PART * 100:g} % (or {_ALLOWED_COUNT:g}) of what is kept")
    return 1 if all_grown else 0


def keep(path: str, image_of) -> None:
    """Writes today's counts into the file. Which programs, arguments and rows it has is edited by hand."""
    entries = load(path)
    for kept in entries:
        now = count(image_of(kept.program), kept)
        for change in (change for changes in compare(kept, now) for change in changes):
            print(f"kept    {change}")
        kept.rows = {name: now[name] for name in kept.rows}
    save(path, entries)
