"""The Linux of the comparison: programs by Debian's compiler, its kernel, and an initial RAM file system with our own init."""

from dataclasses import dataclass
import os
import re
import subprocess

from hermit_run import qemu

from . import cpio, machine
from .errors import BenchError
from .suite import Benchmark, Recipe, Setup

_HERE = os.path.dirname(os.path.abspath(__file__))
_BOOT_SECONDS = 120  # for the start of the kernel on a slow and busy host

# As the distribution boots it, mitigations at their default; a panic ends the machine instead of hanging it.
COMMAND_LINE = b"console=ttyS0 quiet panic=-1"


@dataclass
class JobResult:
    """What one program did. `status` is None if it was never reached."""

    status: int | None
    stdout: str
    stderr: str


class LinuxSide:
    """`folder` is where the programs of this build go."""

    def __init__(self, folder: str):
        self.folder = folder
        run = subprocess.run([os.path.join(_HERE, "fetch-linux")], stdout=subprocess.PIPE, text=True)
        if run.returncode != 0:
            raise BenchError("could not bring the Linux side (see above)")
        self.packages_folder = run.stdout.strip()
        self.kernel = os.path.join(self.packages_folder, "vmlinuz")
        os.makedirs(folder, exist_ok=True)

    def packages(self) -> dict[str, tuple[str, str]]:
        """Version and SHA-256 of each package."""
        with open(os.path.join(self.packages_folder, "packages"), encoding="utf-8") as file:
            return {name: (version, checksum) for name, version, checksum in map(str.split, file)}

    def compiler_version(self) -> str:
        return subprocess.run([self._compiler(), "--version"], capture_output=True, text=True,
                              check=True).stdout.splitlines()[0]

    def _compiler(self) -> str:
        return os.path.join(self.packages_folder, "gcc")

    def program(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def build(self, name: str, recipe: Recipe) -> None:
        """Compiles a program with the flags that Hermitage's image was compiled with."""
        command = [self._compiler(), *recipe.flags, "-static", *recipe.sources, "-o", self.program(name), "-lm"]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            raise BenchError(f"{name} does not compile for Linux:\n{run.stderr}")

    def build_init(self) -> None:
        self.build("init", Recipe([os.path.join(_HERE, "init.c")], ["-O2", "-Wall", "-Wextra", "-Werror"]))

    def initrd(self, name: str, benchmarks: list[Benchmark], mode: str) -> str:
        """Writes the file system for these jobs (for none, init ends the machine at once); its path."""
        def content(program: str) -> bytes:
            with open(self.program(program), "rb") as file:
                return file.read()

        entries = [cpio.Entry(folder) for folder in ("proc", "sys", "dev", "tmp", "bin")]
        entries.append(cpio.Entry("init", content("init")))
        entries += [cpio.Entry(f"bin/{program}", content(program))
                    for program in sorted({benchmark.program for benchmark in benchmarks})]
        if benchmarks:
            jobs = "".join(_job(benchmark, benchmark.setups[mode]) for benchmark in benchmarks)
            entries.append(cpio.Entry("jobs", jobs.encode(), 0o644))
        path = os.path.join(self.folder, f"{name}.cpio")
        with open(path, "wb") as file:
            file.write(cpio.archive(entries))
        return path

    def run(self, benchmarks: list[Benchmark], mode: str) -> tuple[dict[str, JobResult], dict[str, str]]:
        """One boot for all of them, which share a machine: (results, facts about the system)."""
        setup = benchmarks[0].setups[mode]
        initrd = self.initrd(mode, benchmarks, mode)
        options = machine.machine_options(self.kernel, setup.cores, setup.memory, mode == "instructions",
                                          ["-initrd", initrd])
        limit = _BOOT_SECONDS + sum(benchmark.setups[mode].limit for benchmark in benchmarks)
        run = machine.run(options, COMMAND_LINE, limit)
        if "LINUX first" not in run.stdout:
            raise BenchError(f"Linux did not start on {qemu.PROGRAM}:\n{run.log[-2000:]}")
        return read_results(run, benchmarks)


def _job(benchmark: Benchmark, setup: Setup) -> str:
    lines = [f"job {benchmark.name} {setup.limit}"]
    lines += [f"env {name}={value}" for name, value in setup.environment.items()]
    lines += [f"arg {word}" for word in (f"/bin/{benchmark.program}", *setup.arguments)]
    return "\n".join(lines) + "\nrun\n"


def _outputs(text: str) -> dict[str, str]:
    """What each job wrote to one of the channels."""
    _, *parts = re.split(r"\nLINUX output of (\S+)\n", text)
    return dict(zip(parts[0::2], parts[1::2]))


def read_results(run: machine.Run, benchmarks: list[Benchmark]) -> tuple[dict[str, JobResult], dict[str, str]]:
    """Sorts what init.c has sent: (results by benchmark, facts about the system)."""
    statuses = {name: int(status) for name, status in re.findall(r"(?m)^LINUX end (\S+) (\d+)$", run.control)}
    facts = dict(re.findall(r"(?m)^LINUX fact (\S+) (.*)$", run.control))
    stdout, stderr = _outputs(run.stdout), _outputs(run.stderr)
    results = {}
    for benchmark in benchmarks:
        name = benchmark.name
        results[name] = JobResult(statuses.get(name), stdout.get(name, ""), stderr.get(name, ""))
    return results, facts
