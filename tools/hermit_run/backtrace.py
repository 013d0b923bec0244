"""Turns the addresses of a crash into functions and lines, on the host, from the image."""

import os
import shutil
import subprocess

TOOLS = ("x86_64-hermit-addr2line", "addr2line")


def find_tool(launcher: str) -> str | None:
    """The toolchain's addr2line: beside the launcher, on the PATH, or the system's own."""
    beside = os.path.join(os.path.dirname(os.path.abspath(launcher)), TOOLS[0])
    return next(filter(None, map(shutil.which, (beside, *TOOLS))), None)


def parse(output: str) -> list[list[tuple[str, str]]]:
    """Output of `addr2line -a -f -i`: for each address its (function, file:line), innermost inline first."""
    frames: list[list[tuple[str, str]]] = []
    lines = iter(output.splitlines())
    for line in lines:
        if line.startswith("0x"):
            frames.append([])
        elif frames:
            frames[-1].append((line, next(lines, "??:0")))
    return frames


def _place(location: str, base: str) -> str:
    """file:line as short as it stays clear: relative to the working directory, no discriminators."""
    location = location.split(" (discriminator")[0]
    path, _, line = location.rpartition(":")
    if path in ("", "??"):
        return ""
    if os.path.isabs(path):
        path = os.path.normpath(path)
        relative = os.path.relpath(path, base)
        path = path if relative.startswith("..") else relative
    return f" at {path}" if line in ("?", "0") else f" at {path}:{line}"


def describe(addresses: list[int], image: str, tool: str | None) -> list[str]:
    """The lines to print, one or more per address; the bare addresses if they cannot be resolved."""
    if not addresses:
        return []
    plain = [f"  #{number:<3}{address:#x}" for number, address in enumerate(addresses)]
    if tool is None:
        return plain + ["  (no addr2line found: put the toolchain on the PATH for functions and lines)"]
    # A return address may already belong to the next line or function: look one byte before it.
    wanted = [hex(address - (number > 0)) for number, address in enumerate(addresses)]
    try:
        run = subprocess.run([tool, "-a", "-f", "-i", "-C", "-e", image, *wanted], text=True,
                             errors="replace", capture_output=True, timeout=30, check=True)
        frames = parse(run.stdout)
    except (OSError, subprocess.SubprocessError):
        frames = []
    if len(frames) != len(addresses):
        return plain + [f"  ({tool} could not read {image})"]
    lines = []
    for start, calls in zip(plain, frames):
        for depth, (function, location) in enumerate(calls):
            name = "unknown function" if function == "??" else function
            where = _place(location, os.getcwd())
            lines.append(f"{start} in {name}{where}" if depth == 0 else f"      inlined into {name}{where}")
    return lines
