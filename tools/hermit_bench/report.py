"""The text of docs/results/README.md and of the README's section."""

from . import growth, tables
from .plots import Plot
from .references import Headline, References
from .summary import Table

_SHOWN_FIRST = ("costs.svg", "noise.svg")  # in the project's README
_GAIN = "Gain is how many times cheaper, or for rates faster, Hermitage is than Linux; below 1 it is worse."

_COUNTED = ("One core, where nothing else is said, QEMU's `-icount shift=0,sleep=off`: one tick of the time-stamp counter is one instruction, and the "
            "figures are the same on every machine. A system that waits lets the counter jump to the end of the wait, so a "
            "tick of waiting counts too. A `rep` string instruction counts once per round.")
_TIMED = "Rounds of Linux and Hermitage in turn: medians, ± half the distance of the quartiles. "
_EMULATED = ("Two virtual cores, emulated by two host threads: ticks and seconds are those of an emulated processor, so only "
             "the gain says something about a real one.")
_AT_ONCE = ("By the plugin of `hermit-run --profile`: a core that waits for another one goes on executing, and what it executes "
            "is counted. Medians, ± half the distance of the quartiles.")
_NATIVE = "By Google Benchmark on this machine itself, several times: medians, ± half the distance of the quartiles."
_GROWTH = ("What an operation costs beside more and more that it should not depend on: cores, threads, pages, free memory in "
           "pieces.")
_VIRTUAL = "Two virtual cores under KVM."


def _identity(data: dict) -> str:
    identity, facts = data["identity"], next(iter(data["linux"].values()), {})
    host, linux = identity["host"], identity["linux"]
    mitigations = {name: text for name, text in facts.items()
                   if name not in ("version", "command_line", "clock_source") and not text.startswith("Not affected")}
    lines = [
        f"- Hermitage {identity['commit'][:12]}{', with changes that are not committed' if identity['changed'] else ''}; "
        f"{identity['compiler']['hermitage']}",
        f"- Linux: Debian 13's {linux['kernel']}, command line `{facts.get('command_line', '')}`, clock source "
        f"{facts.get('clock_source', '')}, mitigations as they come: "
        f"{'; '.join(f'{name} ({text})' for name, text in mitigations.items()) or 'none'}",
        f"- Linux's programs: {identity['compiler']['linux']}, {linux['libc']}, static, same sources and flags",
        f"- {identity['qemu']}, the same machine for both; host: {host['processor']}, {host['processors']} processors"
        f"{', KVM' if host['kvm'] else ', no KVM: processor emulated (TCG)'}",
    ]
    return "\n".join(lines)


def _agreement(found: dict[tuple[str, str], Table]) -> str:
    counted = [table for (mode, _), table in found.items() if mode == "instructions" and table.repeats > 1]
    rows = sum(len(table.rows) for table in counted)
    differing = [f"{name} of `{table.benchmark.name}`" for table in counted for name in table.differing]
    if not counted:
        return ""
    if not differing:
        return f"Hermitage was counted {counted[0].repeats} times: all {rows} rows agree exactly."
    return (f"Hermitage was counted {counted[0].repeats} times; {len(differing)} of {rows} rows do not agree: "
            f"{', '.join(differing)}.")


def _mode(found: dict[tuple[str, str], Table], mode: str, title: str, explanation: str) -> list[str]:
    """One mode's tables under its own heading."""
    mine = [table for (its, _), table in found.items() if its == mode]
    parts = [f"## {title}\n\n{explanation}\n"] if mine else []
    return parts + [f"### {table.benchmark.name}\n\n{table.benchmark.about}\n\n{tables.benchmark(table)}" for table in mine]


def benchmarks(found: dict[tuple[str, str], Table], kvm: bool) -> str:
    """All tables, by mode. `kvm`: whether times are a real processor's."""
    agreement = _agreement(found)
    parts = _mode(found, "instructions", "Counted in instructions", _COUNTED + (f"\n\n{agreement}" if agreement else ""))
    parts += _mode(found, "time", "Measured in time", _TIMED + (_VIRTUAL if kvm else _EMULATED))
    parts += _mode(found, "faults", "Counted on cores that run at once", _AT_ONCE)
    parts += _mode(found, "native", "Measured natively", _NATIVE)
    return "\n".join(parts)


def whole(data: dict, found: dict[tuple[str, str], Table], headlines: list[Headline], known: References,
          drawn: list[Plot]) -> str:
    """docs/results/README.md."""
    parts = ["# Results\n", "Written by `./hermit bench` from `results.json`, which has every single value.\n",
             _identity(data) + "\n", "## At a glance\n", _GAIN + "\n", tables.headlines(headlines)]
    parts += [f"![{plot.title}]({plot.file})\n" for plot in drawn]
    if grown := growth.texts(known.growth, found):
        parts += ["## Growth\n", _GROWTH + "\n", *grown]
    parts.append(benchmarks(found, data["identity"]["host"]["kvm"]))
    parts += _others(known)
    return "\n".join(parts)


def _others(known: References) -> list[str]:
    return [f"## {entry['title']}\n\n{entry['text']}\n\n{tables.markdown(entry['header'], entry['lines'])}"
            for entry in known.others]


def short(data: dict, found: dict[tuple[str, str], Table], headlines: list[Headline], known: References,
          drawn: list[Plot], folder: str) -> str:
    """The README's section; the plots and everything else are in `folder`."""
    kernel = data["identity"]["linux"]["kernel"].split()[0].removeprefix("linux-image-")
    parts = [f"Linux is Debian 13's {kernel} on the same QEMU machine; its programs are made from\n"
             "the same sources with the same version of GCC and the same flags. Figures are instructions, counted on\n"
             "one core, where nothing else is said.\n",
             tables.headlines(headlines),
             f"{_GAIN} Every row, all plots\nand the exact set-up: [{folder}]({folder}/README.md).\n"]
    parts += growth.texts(known.growth, found)
    parts += [f"![{plot.title}]({folder}/{plot.file})\n" for plot in drawn if plot.file in _SHOWN_FIRST]
    return "\n".join(parts)
