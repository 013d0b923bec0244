"""Markdown tables of what was measured."""

from .references import Headline
from .summary import Row, Series, Table


def number(value: float | None, unit: str = "") -> str:
    """As many digits as a reader can use."""
    if value is None:
        return ""
    if unit == "count" and value == int(value):
        return f"{value:,.0f}"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}".removesuffix(".0")
    if size >= 1 or value == 0:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:.2g}"


def gain(row: Row) -> str:
    """How many times better than Linux: the inverse of the ratio of the costs."""
    ratio = row.ratio
    if ratio is None:
        return ""
    if ratio <= 0:
        return "∞"
    return number(1 / ratio)


def cell(series: Series, unit: str, spread: bool) -> str:
    """The median, with its spread if that is wanted and known."""
    text = number(series.median, unit)
    if spread and len(series.values) > 1:
        text += f" ± {series.spread * 100:.0f} %"
    return text


def markdown(header: list[str], lines: list[list[str]]) -> str:
    """A table whose first column is text and whose others are figures."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n"
                   for line in (header, rule, *lines))


def benchmark(table: Table) -> str:
    """All rows of one benchmark in one mode."""
    spread = table.mode != "instructions"
    if any(row.linux.values for row in table.rows.values()):
        header = ["row", "unit", "Linux", "Hermitage", "gain"]
        lines = [[row.name, row.unit, cell(row.linux, row.unit, spread), cell(row.hermitage, row.unit, spread), gain(row)]
                 for row in table.rows.values()]
    else:
        header = ["row", "unit", "Hermitage"]
        lines = [[row.name, row.unit, cell(row.hermitage, row.unit, spread)] for row in table.rows.values()]
    text = markdown(header, lines)
    notes = [f"{name}: not measured ({reason})" for name, reason in table.skipped.items()]
    notes += [f"failed, {reason}" for reason in table.failed]
    if table.differing:
        notes.append("Hermitage's counted runs did not agree in: " + ", ".join(table.differing))
    return text + "".join(f"\n- {note.strip()}" for note in notes) + ("\n" if notes else "")


def _target(headline: Headline) -> str:
    text = headline.target_text()
    return text + " (missed)" if text and headline.missed() else text


def headlines(found: list[Headline]) -> str:
    """The short table: what a stranger wants to know first, and the notes to it."""
    systems = sorted({system for headline in found for system in headline.others})
    lines, notes = [], []
    for headline in found:
        row = headline.row
        spread = headline.mode == "time"
        mark = ""
        if headline.note:
            notes.append(headline.note)
            mark = f" ({len(notes)})"
        lines.append([f"{headline.topic}: {headline.label}{mark}", cell(row.linux, row.unit, spread),
                      cell(row.hermitage, row.unit, spread), gain(row), _target(headline),
                      *(number(headline.others.get(system)) for system in systems)])
    return markdown(["", "Linux", "Hermitage", "gain", "target", *systems], lines) + "".join(
        f"\n({place}) {note}\n" for place, note in enumerate(notes, 1))
