"""What was measured with what: enough to repeat a measurement, and to see that two belong together."""

import hashlib
import os
import subprocess

from hermit_run import qemu

from .linux_side import LinuxSide


def _output(*words: str, cwd: str | None = None) -> str:
    try:
        return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=True).stdout.rstrip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown"


def changes(top: str, outputs: tuple[str, ...]) -> bool:
    """Whether the checkout differs from its commit, apart from what this command itself writes."""
    lines = _output("git", "status", "--porcelain", cwd=top).splitlines()
    return any(not line[3:].startswith(outputs) for line in lines)


def _digest(paths: list[str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        with open(path, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:16]


def collect(top: str, toolchain: str, linux: LinuxSide, programs: list[str], outputs: tuple[str, ...]) -> dict:
    """`programs` are the paths of everything that runs, on either side."""
    packages = linux.packages()
    kernel = next(name for name in packages if name.startswith("linux-image-"))
    compiler = os.path.join(toolchain, "bin", "x86_64-hermit-gcc")
    return {
        "commit": _output("git", "rev-parse", "HEAD", cwd=top) or "unknown",
        "changed": changes(top, outputs),
        "programs": _digest(programs),
        "toolchain": os.path.basename(toolchain),
        "compiler": {"hermitage": _output(compiler, "--version").partition("\n")[0],
                     "linux": linux.compiler_version()},
        "linux": {"kernel": f"{kernel} {packages[kernel][0]}", "libc": f"glibc {packages['libc6-dev'][0]}",
                  "packages": {name: list(entry) for name, entry in sorted(packages.items())}},
        "qemu": _output(qemu.find(), "--version").partition("\n")[0],
        "host": {"processor": _processor(), "processors": len(os.sched_getaffinity(0)),
                 "kernel": os.uname().release, "kvm": qemu.kvm_is_usable()},
    }
