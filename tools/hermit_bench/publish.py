"""Writes what was measured: JSON, Markdown, plots, and the short table of the README."""

import os
import sys

from . import growth, plots, references, report
from .errors import BenchError
from .measure import HERMITAGE, LINUX
from .section import replace
from .store import Store, key, write_json
from .suite import Suite
from .summary import Table, tables

RESULTS = os.path.join("docs", "results")
README = "README.md"
OUTPUTS = (RESULTS, README)
BEGIN, END = "<!-- results: written by ./hermit bench -->", "<!-- results: end -->"


def with_section(text: str, section: str) -> str:
    """The text with what stands between the two markers replaced."""
    try:
        return replace(text, BEGIN, END, section, README)
    except ValueError as error:
        raise BenchError(str(error)) from None


def _json(store: Store, found: dict[tuple[str, str], Table]) -> dict:
    """Every value of every row. What was measured, and with what; nothing derived."""
    modes: dict[str, dict] = {}
    for (mode, name), table in found.items():
        modes.setdefault(mode, {})[name] = {
            "rows": {row.name: {"unit": row.unit, "linux": row.linux.values, "hermitage": row.hermitage.values}
                     for row in table.rows.values()},
            "skipped": table.skipped, "failed": table.failed,
            "repeats exactly": not table.differing if mode == "instructions" else None}
    facts = {name.partition("/")[2]: run["facts"] for name, run in store.runs.items() if name.startswith("facts/")}
    return {"identity": store.identity, "linux": facts, "results": modes}


def _traces(store: Store) -> dict[str, list]:
    """The quanta of each system's first counted run."""
    runs = {system: store.runs.get(key("instructions", 1, system, "fwq"), {}) for system in (LINUX, HERMITAGE)}
    return {system: run.get("trace", []) for system, run in runs.items()}


def publish(top: str, suite: Suite, store: Store, whole: bool) -> None:
    """`whole`: into docs/results and the README; else the tables come out on stdout."""
    found = tables(suite, store.runs)
    if not found:
        raise BenchError("nothing has been measured yet")
    known = references.load(os.path.join(top, "benchmarks", "references.json"))
    headlines, missing = known.found(found)
    data = _json(store, found)
    if not whole:
        print(report.benchmarks(found, store.identity["host"]["kvm"]))
        for text in growth.texts(known.growth, found):
            print(text)
        return
    for label in missing:
        print(f"hermit-bench: the short table lacks {label}: it was not measured", file=sys.stderr)
    folder = os.path.join(top, RESULTS)
    os.makedirs(folder, exist_ok=True)
    write_json(os.path.join(folder, "results.json"), data)
    drawn = plots.draw(folder, found, headlines, _traces(store))
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as file:
        file.write(report.whole(data, found, headlines, known, drawn))
    path = os.path.join(top, README)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    changed = with_section(text, report.short(data, found, headlines, known, drawn, RESULTS))
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)
    print(f"hermit-bench: wrote {RESULTS}/README.md and the table of {README}")
