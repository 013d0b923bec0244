"""Runs tests of GCC's own libgomp test suite through DejaGnu.

A test is named by its file below libgomp/testsuite, for example `libgomp.c/atomic-1.c`. It passes
if its program was run and ended well and nothing else about it failed (messages, output).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
import os
from pathlib import Path
import re
import shutil
import subprocess
import threading
import time

PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"

# c.exp compiles the tests of both folders as C.
C_FOLDERS = ("libgomp.c", "libgomp.c-c++-common")

# Tests that one runtest process gets: its start-up should be cheap and the work shared out evenly.
_BATCH = 8
_VERDICT = re.compile(r"(PASS|FAIL|XPASS|XFAIL|KFAIL|UNRESOLVED|UNSUPPORTED|UNTESTED): (\S+) ?(.*)")
_LOG_LINES = 15


class SuiteError(Exception):
    """The tests could not be run at all; the text is for the user."""


class NoDejaGnu(SuiteError):
    """DejaGnu is not installed."""


@dataclass
class Target:
    """What the tests are compiled with and run on."""

    compiler: str
    triplet: str  # completed, with three parts: patterns are matched against it
    board: str
    sources: Path  # GCC's source tree, or what of it has to do with tests
    configuration: Path  # the folder with libgomp's config.h for this target
    settings: dict[str, str] = field(default_factory=dict)  # further variables for the board


@dataclass
class Result:
    verdict: str = NOT_RUN
    log: list[str] = field(default_factory=list)  # unless it passed: lines that say why


def require_dejagnu() -> None:
    if shutil.which("runtest") is None:
        raise NoDejaGnu("DejaGnu is not installed (runtest); './hermit setup test' installs it")


def all_tests(target: Target) -> list[str]:
    suite = target.sources / "libgomp/testsuite"
    return [str(file.relative_to(suite))
            for folder in C_FOLDERS for file in sorted((suite / folder).rglob("*.c"))]


def ask(compiler: str, option: str) -> str:
    """What the compiler answers to an option such as -dumpmachine."""
    return subprocess.run([compiler, option], text=True, check=True,
                          stdout=subprocess.PIPE).stdout.strip()


def _site(target: Target, folder: Path) -> str:
    compiler = f"{target.compiler} -I{target.configuration}"
    variables = {
        "srcdir": str(target.sources / "libgomp/testsuite"),
        "objdir": str(folder),
        "target_triplet": target.triplet,
        "GCC_UNDER_TEST": compiler,
        **target.settings,
    }
    boards = Path(__file__).resolve().parent / "boards"
    lines = [f"set {name} {{{value}}}" for name, value in variables.items()]
    return "\n".join(lines + [f"lappend boards_dir {{{boards}}}", ""])


# What libgomp's configure script writes for its DejaGnu library: here nothing is offloaded.
_SUPPORT = "".join(f"set {name} {{}}\n" for name in (
    "FLOCK", "SYSROOT_CFLAGS_FOR_TARGET", "offload_plugins", "offload_targets",
    "offload_additional_options", "offload_additional_lib_paths"))


def _environment() -> dict[str, str]:
    """The caller's, without what would change how programs compile or behave."""
    unwanted = re.compile(r"OMP_|GOMP_|ACC_|DEJAGNU|(LD_)?LIBRARY_PATH|CPATH|C(PLUS)?_INCLUDE_PATH")
    kept = {name: value for name, value in os.environ.items() if not unwanted.match(name)}
    return kept | {"DEJAGNU": os.devnull, "HOME": os.devnull, "LC_ALL": "C"}


def _test_name(word: str) -> str:
    """DejaGnu prints the files of the second folder as libgomp.c/../libgomp.c-c++-common/NAME."""
    return os.path.normpath(word)


def _read(folder: Path, wanted: set[str]) -> dict[str, Result]:
    """What the log of one runtest process says about the wanted tests."""
    path = folder / "libgomp.log"
    results: dict[str, Result] = {}
    ran, bad = set(), set()
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    for number, line in enumerate(lines):
        match = _VERDICT.match(line)
        name = _test_name(match[2]) if match else ""
        if name not in wanted:
            continue
        result = results.setdefault(name, Result())
        if match[1] == "PASS" and match[3] == "execution test":
            ran.add(name)
        elif match[1] in ("FAIL", "XPASS", "UNRESOLVED"):
            bad.add(name)
            result.log += lines[max(0, number - _LOG_LINES):number + 1]
        elif match[1] == "UNSUPPORTED":
            result.log.append(line)
    for name, result in results.items():
        if name in bad:
            result.verdict = FAILED
        elif name in ran:
            result.verdict = PASSED
    return results


def _run_batch(target: Target, names: list[str], folder: Path) -> dict[str, Result]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "site.exp").write_text(_site(target, folder))
    (folder / "libgomp-test-support.exp").write_text(_SUPPORT)
    command = ["runtest", "--tool", "libgomp", f"--target_board={target.board}",
               "--directory", "libgomp.c", f"c.exp={' '.join(names)}"]
    with open(folder / "runtest.log", "wb") as output:
        subprocess.run(command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL,
                       stdout=output, stderr=subprocess.STDOUT, check=False)
    found = _read(folder, set(names))
    silent = Result(NOT_RUN, [f"DejaGnu says nothing about it; see {folder}/runtest.log"])
    return {name: found.get(name, silent) for name in names}


def run(target: Target, names: list[str], scratch: Path, jobs: int, progress) -> dict[str, Result]:
    """Runs the tests in folders below scratch, which is emptied first. `progress(results, seconds)`
    is called after each batch of tests with all results so far."""
    require_dejagnu()
    shutil.rmtree(scratch, ignore_errors=True)
    results: dict[str, Result] = {}
    lock = threading.Lock()
    start = time.monotonic()

    def batch(number: int) -> None:
        part = names[number * _BATCH:(number + 1) * _BATCH]
        found = _run_batch(target, part, scratch.resolve() / f"{number:03}")
        with lock:
            results.update(found)
            progress(results, time.monotonic() - start)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(batch, range(-(-len(names) // _BATCH))))
    return results
