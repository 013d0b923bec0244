"""What a benchmark prints: one line per measured row, comments, and rows that could not be measured.

    getpid()                                                 3.00 ticks
    # skipped: wake-up on another core: one core only
    # quantum 0 1000000 1000031
    # any other comment
"""

from dataclasses import dataclass, field
import re

_ROW = re.compile(r"(\S.*?)\s{2,}(-?[0-9.]+) (\S+)")
_SKIPPED = re.compile(r"# skipped: (.*?): (.*)")
_QUANTUM = re.compile(r"# quantum ([0-9]+) ([0-9]+) ([0-9]+)")


class BadOutput(Exception):
    """A benchmark printed what no benchmark should print."""


@dataclass
class Output:
    """`rows` maps a row's name to (value, unit), in the order of the output; `trace` has (core, start, ticks)."""

    rows: dict[str, tuple[float, str]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    trace: list[tuple[int, int, int]] = field(default_factory=list)


def parse(text: str) -> Output:
    """Reads a benchmark's standard output; BadOutput for a row that is torn or comes twice."""
    output = Output()
    for line in text.splitlines():
        if not line.strip():
            continue
        if line.startswith("#"):
            if match := _SKIPPED.fullmatch(line):
                output.skipped[match[1]] = match[2]
            elif match := _QUANTUM.fullmatch(line):
                output.trace.append((int(match[1]), int(match[2]), int(match[3])))
            continue
        match = _ROW.fullmatch(line)
        if not match:
            raise BadOutput(f"this line is no row: {line!r}")
        if match[1] in output.rows:
            raise BadOutput(f"the row {match[1]!r} came twice")
        output.rows[match[1]] = (float(match[2]), match[3])
    return output


def higher_is_better(name: str, unit: str) -> bool:
    """Rates and efficiencies are the better the higher they are; costs, times and counts the lower."""
    return unit.endswith("/s") or "efficiency" in name
