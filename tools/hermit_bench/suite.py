"""What is measured and how: benchmarks/suite.json, and each program's sources and flags as CMake compiles them."""

from dataclasses import dataclass, field
import json
import os
import shlex

from hermit_run.options import parse_memory

MODES = ("instructions", "time")


class SuiteError(Exception):
    """The suite does not fit the tree, or the user asked for what it has not."""


@dataclass
class Setup:
    """How a benchmark is run in one mode, and whether on Linux too. `limit` is in host seconds, `memory` in bytes."""

    cores: int
    memory: int
    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    limit: int = 120
    with_linux: bool = True


@dataclass
class Benchmark:
    """A program under one name; several may run the same program with another environment."""

    name: str
    program: str
    about: str
    setups: dict[str, Setup]


@dataclass
class Suite:
    benchmarks: list[Benchmark]
    repeats: int  # of Hermitage's counted runs, which must agree
    rounds: int  # of timed runs, both systems in turn
    boot: dict

    def programs(self) -> list[str]:
        return sorted({benchmark.program for benchmark in self.benchmarks})


def _setup(machine: dict, own: dict) -> Setup:
    chosen = {**machine, **own}
    return Setup(chosen["cores"], parse_memory(chosen["memory"]), chosen.get("arguments", []),
                 chosen.get("environment", {}), chosen.get("limit", 120), chosen.get("linux", True))


def load(path: str) -> Suite:
    """Reads benchmarks/suite.json."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    benchmarks = []
    for name, entry in data["benchmarks"].items():
        setups = {mode: _setup(data["machines"][mode], entry[mode]) for mode in MODES if mode in entry}
        benchmarks.append(Benchmark(name, entry.get("program", name), entry["about"], setups))
    return Suite(benchmarks, data["repeats"], data["rounds"], data["boot"])


@dataclass
class Recipe:
    """How CMake compiles a program: absolute sources, and the flags without compiler and output."""

    sources: list[str]
    flags: list[str]


def _read_command(command: str) -> tuple[str, str, list[str]]:
    """(output, source, flags) of one entry of compile_commands.json."""
    words = shlex.split(command)[1:]
    flags, output, source = [], "", ""
    while words:
        word = words.pop(0)
        if word == "-o":
            output = words.pop(0)
        elif word == "-c":
            source = words.pop(0)
        else:
            flags.append(word)
    return output, source, flags


def recipes(compile_commands: str, folder: str) -> dict[str, Recipe]:
    """The recipes of all programs of a source folder, by target."""
    with open(compile_commands, encoding="utf-8") as file:
        entries = json.load(file)
    found: dict[str, Recipe] = {}
    for entry in entries:
        output, source, flags = _read_command(entry["command"])
        parts = output.split(os.sep)
        if len(parts) < 4 or parts[:2] != [folder, "CMakeFiles"]:
            continue
        recipe = found.setdefault(parts[2].removesuffix(".dir"), Recipe([], flags))
        recipe.sources.append(source)
    return found
