"""Turns the addresses of a crash into functions and lines, on the host, from the image."""

import itertools
import os
import shutil
import subprocess

from .control import Frame

TOOLS = ("x86_64-hermit-addr2line", "addr2line")


def find_tool(launcher: str, tools: tuple[str, ...] = TOOLS) -> str | None:
    """The toolchain's addr2line: beside the launcher, on the PATH, or the system's own. Other `tools`
    are found in the same way; the toolchain's comes first."""
    beside = os.path.join(os.path.dirname(os.path.abspath(launcher)), tools[0])
    return next(filter(None, map(shutil.which, (beside, *tools))), None)


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


def resolve(addresses: list[int], image: str, tool: str | None) -> list[list[str]]:
    """For each address what stands there: its function and line, then those it is inlined into; nothing
    where nothing is known."""
    places: list[list[str]] = [[] for _ in addresses]
    if not addresses or tool is None:
        return places
    try:
        run = subprocess.run([tool, "-a", "-f", "-i", "-C", "-e", image, *map(hex, addresses)], text=True,
                             errors="replace", capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return places
    frames = parse(run.stdout)
    if len(frames) != len(addresses):
        return places
    base = os.getcwd()
    for place, calls in zip(places, frames):
        place += [f"{function}{_place(location, base)}" for function, location in calls if function != "??"]
    return places


def format_place(start: str, address: int, place: list[str]) -> list[str]:
    """The lines for one address; `start` precedes the first."""
    first = f"{start}{address:#x}" + (f" in {place[0]}" if place else "")
    return [first] + [f"{'':6}inlined into {text}" for text in place[1:]]


def describe(crash: list[str | Frame], image: str, tool: str | None) -> list[str]:
    """A crash as lines to print: its own lines, and the frames between them, numbered. Where the image has
    lost its debugging information there is still the kernel's word."""
    addresses = [item for item in crash if isinstance(item, int)]
    places = iter(resolve(addresses, image, tool))
    lines: list[str] = []
    number = 0
    for item, same in itertools.groupby(crash):
        count = len(list(same))
        if isinstance(item, str):
            lines += [item] * count
            number = 0
            continue
        place = [next(places) for _ in range(count)][0]
        lines += format_place(f"  #{number:<3}", item, place or ([item.place] if item.place else []))
        if count > 1:
            lines.append(f"{'':6}and {count - 1} more of the same: recursion")
        number += count
    if addresses and tool is None:
        lines.append("  (no addr2line found: put the toolchain on the PATH for functions and lines)")
    return lines
