"""The machine matrix: boots a program on machines of many kinds and prints a table of them.

    matrix.py PROGRAM VECTORS [--full] [--write FILE] [--list] [PATTERN...]

PATTERNs choose machines by their titles, as in a shell; without one, all of the normal part, or with
--full of both. --write puts the table between FILE's two markers. Exit status 1 if a machine failed.
"""

import argparse
import fnmatch
import os
import re
import sys
import tempfile

TOOLS = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../tools"))
sys.path.insert(0, TOOLS)

import emulators  # noqa: E402 (needs the path)
from entry import Entry, load  # noqa: E402
from hermit_bench.section import replace  # noqa: E402
from media import Media  # noqa: E402
from programs import Program  # noqa: E402

BEGIN, END = "<!-- machines: written by ./hermit matrix -->", "<!-- machines: end -->"
HEADER = ("| machine | cores | first line after | result |", "| --- | ---: | ---: | --- |")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hermit matrix", description=__doc__.partition("\n")[0])
    parser.add_argument("program", help=argparse.SUPPRESS)
    parser.add_argument("vectors", help=argparse.SUPPRESS)
    parser.add_argument("--full", action="store_true", help="also the machines that take long")
    parser.add_argument("--write", metavar="FILE", help="put the table between FILE's markers")
    parser.add_argument("--list", action="store_true", help="only name the machines")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="machines by title, such as 'Bochs: *'")
    return parser.parse_args()


def judge(entry: Entry, program: Program, outcome: emulators.Outcome) -> str | None:
    """What is wrong, None if nothing is."""
    fault = outcome.fault or program.fault(outcome.output, entry.cores, entry.touch)
    if fault:
        return fault
    for expression in entry.expect:
        if not re.search(expression, outcome.log + outcome.output):
            return f"the log does not say {expression!r}"
    return None


def line(entry: Entry, first: float | None, result: str) -> str:
    after = "" if first is None else f"{first:.2f} s"
    return f"| {entry.title} | {entry.cores} | {after} | {result} |"


def chosen(entries: list[Entry], patterns: list[str], full: bool) -> list[Entry]:
    if patterns:
        return [entry for entry in entries if any(fnmatch.fnmatchcase(entry.title, pattern) for pattern in patterns)]
    return [entry for entry in entries if full or not entry.full]


def write(path: str, lines: list[str]) -> None:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        text = replace(text, BEGIN, END, "\n".join(lines), path)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main() -> int:
    given = arguments()
    entries = chosen(load(), given.patterns, given.full or given.list)
    if not entries:
        raise SystemExit("no machine of that name; --list names them")
    if given.list:
        print("\n".join(entry.title for entry in entries))
        return 0
    programs = {name: Program(name, getattr(given, name)) for name in ("program", "vectors")}
    lines = list(HEADER)
    counts = {"ok": 0, "failed": 0, "skipped": 0}
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory(prefix="hermit-machines.") as folder:
        media = Media(TOOLS, folder)
        for number, entry in enumerate(entries):
            program, outcome, fault = programs[entry.program], None, None
            reason = emulators.missing(entry)
            if reason is None:
                scratch = os.path.join(folder, str(number))
                os.mkdir(scratch)
                outcome = emulators.run(entry, program, lambda: media.get(program, entry.start, entry.touch), scratch)
                fault = judge(entry, program, outcome)
            result = f"skipped: {reason}" if reason else f"failed: {fault}" if fault else "ok"
            counts[result.partition(":")[0]] += 1
            lines.append(line(entry, outcome.first if outcome else None, result))
            print(lines[-1], flush=True)
            if fault:
                print(f"\n{entry.title}: output:\n{outcome.output[-3000:]}\nlog:\n{outcome.log[-5000:]}\n", flush=True)
    print("\n" + ", ".join(f"{count} {result}" for result, count in counts.items() if count), flush=True)
    if given.write:
        said = (f"By {emulators.versions()}, all code emulated, on {os.cpu_count()} processors; the time runs from the "
                "emulator's start and has firmware and GRUB in it.")
        write(given.write, [said, "", *lines])
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
