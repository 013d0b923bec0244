"""What the figures are compared with: targets, and other systems' figures (benchmarks/references.json)."""

from dataclasses import dataclass, field
import json

from .summary import Row, Table


@dataclass
class Headline:
    """A row of the short table. `at_most` limits Hermitage's value, `ratio_at_most` its part of Linux's."""

    topic: str
    label: str
    mode: str
    benchmark: str
    row: Row
    at_most: float | None = None
    ratio_at_most: float | None = None
    note: str = ""
    others: dict[str, float] = field(default_factory=dict)

    def target_text(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:,g}" if self.at_most else "0"
        return "" if self.ratio_at_most is None else f"≤ {self.ratio_at_most:g} of Linux"

    def missed(self) -> bool:
        """Judged as the tables show the value."""
        value, ratio = self.row.hermitage.median, self.row.ratio
        if self.at_most is not None and value is not None:
            return round(value, 2) > self.at_most
        return self.ratio_at_most is not None and ratio is not None and round(ratio, 2) > self.ratio_at_most


@dataclass
class GrowthTable:
    """How one operation's cost does not grow. A cell is named by the fields of its column and its line together: `mode`
    (default instructions), `benchmark`, `system` (default hermitage), and the line's `row` with the column's `suffix`."""

    title: str
    text: str
    corner: str
    columns: list[dict]
    lines: list[dict]


@dataclass
class References:
    headlines: list[dict]
    others: list[dict]  # whole tables: title, header, lines
    growth: list[GrowthTable]

    def found(self, tables: dict[tuple[str, str], Table]) -> tuple[list[Headline], list[str]]:
        """The headlines that were measured, and the labels of those that were not."""
        found, missing = [], []
        for entry in self.headlines:
            entry = dict(entry)
            name = entry.pop("row")
            table = tables.get((entry["mode"], entry["benchmark"]))
            row = table.rows.get(name) if table else None
            if row is None:
                missing.append(f"{entry['label']} ({entry['mode']}, {entry['benchmark']}: {name})")
            else:
                found.append(Headline(row=row, **entry))
        return found, missing


def load(path: str) -> References:
    """Reads benchmarks/references.json."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    return References(data["headlines"], data.get("others", []),
                      [GrowthTable(**entry) for entry in data.get("growth", [])])
