"""Runs tests of GCC's own test suites through DejaGnu.

A test is named by its file below the library's testsuite folder, for example `libgomp.c/atomic-1.c`
or `30_threads/barrier/1.cc`. It passes if its program was run and ended well and nothing else about
it failed (messages, output).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))
from hermit_run.child import die_with_parent  # noqa: E402

PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"

_VERDICT = re.compile(r"(PASS|FAIL|XPASS|XFAIL|KFAIL|UNRESOLVED|UNSUPPORTED|UNTESTED): (\S+) ?(.*)")
_LOG_LINES = 15


class SuiteError(Exception):
    """The tests could not be run at all; the text is for the user."""


class NoDejaGnu(SuiteError):
    """DejaGnu is not installed."""


@dataclass(frozen=True)
class Suite:
    """Tests that one driver of a library's test suite runs."""

    name: str  # its list is NAME.list
    library: str  # folder of GCC's sources
    tool: str  # what DejaGnu calls the library
    driver: str  # relative to the folder testsuite
    folders: tuple[str, ...]
    files: str  # pattern
    batch: int  # tests for one runtest process: its start-up should be cheap, the work shared out
    # What of GCC's source it needs, unless the toolchain has kept it.
    paths: tuple[str, ...] = ()

    @property
    def testsuite(self) -> str:
        return f"{self.library}/testsuite"


_COMMON_PATHS = ("gcc/BASE-VER", "gcc/testsuite/lib", "config")

# The first two compile the tests of the common folder as C and as C++. Before its tests the driver
# of libstdc++ compiles a support library, which takes as long as several tests. Of the compiler's
# own C++ tests there are those of exceptions and of thread-local variables.
SUITES = {suite.name: suite for suite in (
    Suite("libgomp.c", "libgomp", "libgomp", "libgomp.c/c.exp",
          ("libgomp.c", "libgomp.c-c++-common"), "*.c", 8),
    Suite("libgomp.c++", "libgomp", "libgomp", "libgomp.c++/c++.exp",
          ("libgomp.c++", "libgomp.c-c++-common"), "*.[cC]", 8),
    Suite("libgomp.fortran", "libgomp", "libgomp", "libgomp.fortran/fortran.exp",
          ("libgomp.fortran",), "*.[fF]*", 8,
          (*_COMMON_PATHS, "libgomp", "include/gomp-constants.h",
           "gcc/testsuite/gfortran.fortran-torture/execute/math.f90")),
    Suite("libstdc++", "libstdc++-v3", "libstdc++", "libstdc++-dg/conformance.exp",
          ("18_support", "29_atomics", "30_threads"), "*.cc", 40,
          (*_COMMON_PATHS, *(f"libstdc++-v3/testsuite/{folder}" for folder in (
              "18_support", "29_atomics", "30_threads", "config", "data", "lib", "libstdc++-dg",
              "util")))),
    Suite("g++", "gcc", "g++", "g++.dg/dg.exp", ("g++.dg/eh", "g++.dg/tls"), "*.C", 20,
          (*_COMMON_PATHS, "gcc/testsuite/config", "gcc/testsuite/g++.dg/dg.exp",
           "gcc/testsuite/g++.dg/eh", "gcc/testsuite/g++.dg/tls")),
)}


@dataclass
class Target:
    """What the tests are compiled with and run on."""

    compilers: dict[str, str]  # of "c", "c++" and "fortran"
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


def all_tests(suite: Suite, target: Target) -> list[str]:
    top = target.sources / suite.testsuite
    return [str(file.relative_to(top))
            for folder in suite.folders for file in sorted((top / folder).rglob(suite.files))]


def ask(compiler: str, option: str) -> str:
    """What the compiler answers to an option such as -dumpmachine."""
    return subprocess.run([compiler, option], text=True, check=True,
                          stdout=subprocess.PIPE).stdout.strip()


def _site(suite: Suite, target: Target, folder: Path) -> str:
    headers = f" -I{target.configuration}"
    compilers = {language: compiler + (headers if suite.library == "libgomp" else "")
                 for language, compiler in target.compilers.items()}
    variables = {
        "srcdir": str(target.sources / suite.testsuite),
        "objdir": str(folder),
        "target_triplet": target.triplet,
        "GCC_UNDER_TEST": compilers["c"],
        "GXX_UNDER_TEST": compilers["c++"],
        "GFORTRAN_UNDER_TEST": compilers["fortran"],
        "TORTURE_OPTIONS": "{ -O2 }",  # Fortran tests: once each
        **target.settings,
    }
    boards = Path(__file__).resolve().parent / "boards"
    lines = [f"set {name} {{{value}}}" for name, value in variables.items()]
    return "\n".join(lines + [f"lappend boards_dir {{{boards}}}", ""])


# What libgomp's configure script writes for its DejaGnu library: here nothing is offloaded.
_SUPPORT = "".join(f"set {name} {{}}\n" for name in (
    "FLOCK", "SYSROOT_CFLAGS_FOR_TARGET", "offload_plugins", "offload_targets",
    "offload_additional_options", "offload_additional_lib_paths"))


def _environment(target: Target, folder: Path) -> dict[str, str]:
    """The caller's, without what would change how programs compile or behave. Drivers
    take compilers and binary tools from the PATH too, by the names that they have for the target."""
    unwanted = re.compile(r"OMP_|GOMP_|ACC_|DEJAGNU|(LD_)?LIBRARY_PATH|CPATH|C(PLUS)?_INCLUDE_PATH")
    kept = {name: value for name, value in os.environ.items() if not unwanted.match(name)}
    prefix = target.settings.get("target_alias")
    prefix = f"{prefix}-" if prefix else ""
    programs = {"gcc": target.compilers["c"], "g++": target.compilers["c++"]}
    for name in ("ar", "ranlib", "nm", "objdump"):
        programs[name] = ask(target.compilers["c"], f"-print-prog-name={name}")
    tools = folder / "tools"
    tools.mkdir()
    for name, program in programs.items():
        # A script and no link: the wrappers of the cross compiler look for their neighbours.
        script = tools / (prefix + name)
        script.write_text(f"#!/bin/sh\nexec {shutil.which(program)} \"$@\"\n")
        script.chmod(0o755)
    return kept | {"DEJAGNU": os.devnull, "HOME": os.devnull, "LC_ALL": "C",
                   "GXX_TESTSUITE_STDS": "17", "PATH": f"{tools}:{kept['PATH']}"}


def _test_name(word: str) -> str:
    """DejaGnu prints the files of the second folder as libgomp.c/../libgomp.c-c++-common/NAME."""
    return os.path.normpath(word)


def _read(path: Path, wanted: set[str]) -> dict[str, Result]:
    """What the log of one runtest process says about the wanted tests. Between a test's name and
    what was tested may come the compiler's options."""
    results: dict[str, Result] = {}
    ran, bad = set(), set()
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    for number, line in enumerate(lines):
        match = _VERDICT.match(line)
        name = _test_name(match[2]) if match else ""
        if name not in wanted:
            continue
        result = results.setdefault(name, Result())
        if match[1] == "PASS" and match[3].endswith("execution test"):
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


def _run_batch(suite: Suite, target: Target, names: list[str], folder: Path) -> dict[str, Result]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "site.exp").write_text(_site(suite, target, folder))
    (folder / "libgomp-test-support.exp").write_text(_SUPPORT)
    driver = Path(suite.driver)
    command = ["runtest", "--tool", suite.tool, f"--target_board={target.board}",
               "--directory", str(driver.parent), f"{driver.name}={' '.join(names)}"]
    with open(folder / "runtest.log", "wb") as output:
        subprocess.run(command, cwd=folder, env=_environment(target, folder), stdin=subprocess.DEVNULL,
                       stdout=output, stderr=subprocess.STDOUT, check=False,
                       preexec_fn=die_with_parent(os.getpid()))
    found = _read(folder / f"{suite.tool}.log", set(names))
    silent = Result(NOT_RUN, [f"DejaGnu says nothing about it; see {folder}/runtest.log"])
    return {name: found.get(name, silent) for name in names}


def run(suite: Suite, target: Target, names: list[str], scratch: Path, jobs: int,
        progress) -> dict[str, Result]:
    """Runs the tests in folders below scratch, which is emptied first. `progress(results, seconds)`
    is called after each batch of tests with all results so far."""
    require_dejagnu()
    shutil.rmtree(scratch, ignore_errors=True)
    results: dict[str, Result] = {}
    lock = threading.Lock()
    start = time.monotonic()
    # Small lots are not left to one process.
    size = max(1, min(suite.batch, -(-len(names) // jobs)))

    def batch(number: int) -> None:
        part = names[number * size:(number + 1) * size]
        found = _run_batch(suite, target, part, scratch.resolve() / f"{number:03}")
        with lock:
            results.update(found)
            progress(results, time.monotonic() - start)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(batch, range(-(-len(names) // size))))
    return results
