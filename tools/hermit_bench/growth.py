"""Tables that lay the same operation side by side, measured beside more and more that it should not depend on."""

from . import tables
from .references import GrowthTable
from .summary import Table

_DEFAULTS = {"mode": "instructions", "system": "hermitage", "suffix": ""}


def _cell(found: dict[tuple[str, str], Table], where: dict) -> str:
    table = found.get((where["mode"], where["benchmark"]))
    row = table.rows.get(where["row"] + where["suffix"]) if table else None
    return tables.cell(getattr(row, where["system"]), row.unit, where["mode"] != "instructions") if row else ""


def markdown(growth: GrowthTable, found: dict[tuple[str, str], Table]) -> str:
    """The table of what was measured; nothing if that is nothing."""
    lines = [[line["label"], *(_cell(found, {**_DEFAULTS, **column, **line}) for column in growth.columns)]
             for line in growth.lines]
    lines = [line for line in lines if any(line[1:])]
    return tables.markdown([growth.corner, *(column["label"] for column in growth.columns)], lines) if lines else ""


def texts(growth: list[GrowthTable], found: dict[tuple[str, str], Table]) -> list[str]:
    """Each table that has something to show, with its title and what it says."""
    drawn = [(table, markdown(table, found)) for table in growth]
    return [f"**{table.title}.** {table.text}\n\n{text}" for table, text in drawn if text]
