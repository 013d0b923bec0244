"""The command: what to measure, the measurement itself, and what is written from it."""

import argparse
from dataclasses import dataclass
import os
import signal
import subprocess
import sys
import time

from hermit_run.errors import LaunchError

from . import boot, faults, identity, kept, measure, native, publish
from .errors import BenchError
from .linux_side import LinuxSide
from .store import Store
from .suite import MODES, Benchmark, Suite, SuiteError, load, recipes

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, "build")
KEPT = os.path.join(TOP, "benchmarks", "kept_counts.json")
BOOT = "boot"
OTHERS = (BOOT, faults.NAME, native.NAME)  # benchmarks that are not in the suite


def parser() -> argparse.ArgumentParser:
    """The command line of `./hermit bench`."""
    made = argparse.ArgumentParser(
        prog="./hermit bench", description="Measure Hermitage and Linux side by side.",
        epilog="Without NAME and --mode everything is measured, and docs/results/ and the README's table are "
               "written; else the tables come out on stdout. An interrupted measurement goes on when the same "
               "command is given again.")
    made.add_argument("--mode", choices=(*MODES, "all"), default="all",
                      help="instructions: counted, on one core; time: rounds of both systems in turn (default all)")
    made.add_argument("--rounds", type=int, metavar="N", help="rounds of the mode time (default: see suite.json)")
    made.add_argument("--fresh", action="store_true", help="do not go on with an interrupted measurement")
    made.add_argument("--write", action="store_true",
                      help="measure nothing; write docs/results/ and the README's table from the last measurement")
    made.add_argument("--keep", action="store_true",
                      help="only count the rows of benchmarks/kept_counts.json and keep what they cost now")
    made.add_argument("--check-kept", metavar="FILE", nargs="?", const=KEPT,
                      help="only count these rows; fails if one has grown by more than 5 %% (the test benchmarks.kept_counts)")
    made.add_argument("names", nargs="*", metavar="NAME", help="benchmarks or their programs (default all), boot, faults, native")
    return made


@dataclass
class Choice:
    """What is to be measured: benchmarks of the suite, and those of OTHERS."""

    benchmarks: list[Benchmark]
    modes: list[str]
    others: set[str]

    def has(self, key: str) -> bool:
        """Whether a run of the store belongs to it."""
        first, *_, last = key.split("/")
        if first in OTHERS:
            return first in self.others
        return first in self.modes and last in {benchmark.name for benchmark in self.benchmarks}


def _choose(suite: Suite, names: list[str], mode: str) -> Choice:
    """By the user's words. The name of a program means all benchmarks that run it, unless one is called so itself."""
    modes = list(MODES) if mode == "all" else [mode]
    if not names:
        return Choice(suite.benchmarks, modes, {BOOT, *({faults.NAME} if "instructions" in modes else ()),
                                                *({native.NAME} if "time" in modes else ())})
    known = {benchmark.name: [benchmark] for benchmark in suite.benchmarks}
    for program in suite.programs():
        known.setdefault(program, [benchmark for benchmark in suite.benchmarks if benchmark.program == program])
    for name in names:
        if name not in known and name not in OTHERS:
            raise SuiteError(f"there is no benchmark '{name}'; there are {', '.join([*known, *OTHERS])}")
    wanted = {benchmark.name for name in names for benchmark in known.get(name, [])}
    return Choice([benchmark for benchmark in suite.benchmarks if benchmark.name in wanted], modes,
                  {name for name in names if name in OTHERS})


def _image(program: str) -> str:
    return os.path.join(BUILD, "target", "benchmarks", program)


def _toolchain() -> str:
    with open(os.path.join(BUILD, "toolchain"), encoding="utf-8") as file:
        compiler, _, _ = file.read().rpartition(" ")  # its path and its time
    return os.path.dirname(os.path.dirname(compiler))


def _measure(chosen: argparse.Namespace, suite: Suite, store: Store) -> list[str]:
    """The failures, in words."""
    choice = _choose(suite, chosen.names, chosen.mode)
    linux = LinuxSide(os.path.join(BUILD, "bench", "linux"))
    found = recipes(os.path.join(BUILD, "target", "compile_commands.json"), "benchmarks")
    programs = suite.programs()
    for name in programs:
        if name not in found:
            raise SuiteError(f"benchmarks/suite.json names the program '{name}', which the build does not know")
        linux.build(name, found[name])
    linux.build_init()
    images = {name: _image(name) for name in programs}
    hello = os.path.join(BUILD, "target", "apps", "hello")
    first_line = os.path.join(BUILD, "target", "benchmarks", "first_line")
    natives = os.path.join(BUILD, "native", "benchmarks", "native", "mm_benchmark")
    everything = [*images.values(), hello, first_line, *(linux.program(name) for name in [*programs, "init"]), natives]
    toolchain = _toolchain()
    built = identity.collect(TOP, toolchain, linux, everything, publish.OUTPUTS)
    print(f"hermit-bench: {store.begin(built, choice.has, chosen.fresh)}", flush=True)
    measurement = measure.Measurement(suite, store, linux, images)
    steps = measurement.steps(choice.benchmarks, choice.modes)
    starts = boot.Boot(suite.boot, store, linux, boot.Images(first_line, hello), TOP, toolchain)
    if BOOT in choice.others:
        steps += starts.steps(choice.modes)
    natively = native.Native(store, natives, suite.rounds)
    if native.NAME in choice.others:
        steps += natively.steps()
    at_once = faults.Faults(store, os.path.join(BUILD, "bin", "hermit-run"), _image(faults.PROGRAM), suite.repeats)
    if faults.NAME in choice.others:
        steps += at_once.steps()
    measure.run_all(steps)
    store.end()
    return measurement.failures + starts.failures + natively.failures + at_once.failures


def _interrupt(_number, _frame) -> None:
    raise KeyboardInterrupt


def main(words: list[str]) -> int:
    """Exit status of the whole command."""
    chosen = parser().parse_args(words)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    start = time.monotonic()
    try:
        if chosen.keep:
            kept.keep(KEPT, _image)
            return 0
        if chosen.check_kept:
            return kept.check(chosen.check_kept, _image)
        suite = load(os.path.join(TOP, "benchmarks", "suite.json"))
        if chosen.rounds is not None:
            suite.rounds = max(1, chosen.rounds)
        store = Store(os.path.join(BUILD, "bench", "runs.json"))
        store.lock()
        failures = [] if chosen.write else _measure(chosen, suite, store)
        whole = chosen.write or not chosen.names and chosen.mode == "all"
        publish.publish(TOP, suite, store, whole)
    except KeyboardInterrupt:
        print("\nhermit-bench: interrupted; what was measured is kept, and the same command goes on", file=sys.stderr)
        return 130
    except (BenchError, SuiteError, LaunchError, OSError, subprocess.SubprocessError) as error:
        print(f"hermit-bench: {error}", file=sys.stderr)
        return 1
    for failure in failures:
        print(f"hermit-bench: FAILED: {failure}", file=sys.stderr)
    print(f"hermit-bench: done after {time.monotonic() - start:.0f} s", flush=True)
    return 1 if failures else 0
