"""What an image consists of: its bytes by component, from the linker's map.

The image is linked again from the same objects. Members of the kernel's archive get names that say which module they are of,
for the map shows nothing else of them.
"""

import os
import re
import shutil
import subprocess
import tempfile

from .errors import BenchError

_POSIX_MODULES = ("libc-glue", "short_paths")

# Input sections of the map: name and address may stand on a line of their own.
_INPUT = re.compile(r"^ (\.?[\w.$*-]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$", re.MULTILINE)
_FILL = re.compile(r"^ \*fill\*\s+0x[0-9a-f]+\s+0x([0-9a-f]+)", re.MULTILINE)
_OUTPUT = re.compile(r"^(\.[\w.]+)(?:\n)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)", re.MULTILINE)
_NOT_IN_FILE = (".bss", ".kbss", ".tbss", ".lbss", ".comment", ".debug")


def component(path: str) -> str:
    """Which component an input file of the link belongs to."""
    archive, _, member = path.partition("(")
    name = os.path.basename(archive)
    if name == "crt0.o":
        return "loader"
    if name == "libhermit.a":
        module = member.partition("__")[0]
        if module == "allocator":
            return "allocator"
        return "POSIX layer" if module in _POSIX_MODULES else "kernel"
    if name in ("libc.a", "libm.a"):
        return "libc"
    if name.startswith(("lib", "crt")):
        return "compiler's libraries"
    return "application"


def _inputs(text: str) -> dict[str, float]:
    """Bytes by component of the input sections in a part of the map, strings under a name of their own."""
    sizes: dict[str, float] = {}
    for part in _INPUT.finditer(text):
        if int(part[2], 16):
            kind = ("strings " if ".str" in part[1] else "") + component(part[4])
            sizes[kind] = sizes.get(kind, 0) + int(part[3], 16)
    return sizes


def read_map(text: str) -> dict[str, int]:
    """Bytes in the file by component. What the linker puts between the inputs is "padding"."""
    text = text[text.index("Linker script and memory map"):]
    text = re.sub(r"^( \.[\w.$*-]+)\n\s+(?=0x)", r"\1 ", text, flags=re.MULTILINE)
    sizes: dict[str, float] = {}
    outputs = list(_OUTPUT.finditer(text))
    for match, following in zip(outputs, [*outputs[1:], None]):
        name, address, size = match[1], int(match[2], 16), int(match[3], 16)
        if name.startswith(_NOT_IN_FILE) or address == 0:
            continue
        if name.startswith(".eh_frame"):
            sizes["unwind tables"] = sizes.get("unwind tables", 0) + size
            continue
        parts = _inputs(text[match.end():following.start() if following else len(text)])
        # The linker merges equal strings, but the map shows them as they were before.
        strings = sum(value for kind, value in parts.items() if kind.startswith("strings "))
        room = size - sum(parts.values()) + strings
        shrunk = min(1.0, room / strings) if strings else 1.0
        for kind, value in parts.items():
            plain = kind.removeprefix("strings ")
            sizes[plain] = sizes.get(plain, 0) + (value * shrunk if plain != kind else value)
        sizes["padding"] = sizes.get("padding", 0) + max(0.0, room - strings)
    return {kind: round(value) for kind, value in sizes.items() if round(value)}


def archive_objects(ninja: str) -> list[tuple[str, str]]:
    """(module, object) of everything in libhermit.a, from the build's own rules. What a custom command makes is no
    module's; of that there is the allocator only."""
    rule = re.search(r"^build \S*/lib/libhermit\.a: \S+ ([^|\n]*)", ninja, re.MULTILINE)
    if not rule:
        raise BenchError("the build has no rule for libhermit.a")
    found = []
    for path in rule[1].split():
        module = re.search(r"CMakeFiles/([\w-]+)\.dir/", path)
        found.append((module[1] if module else "allocator", path))
    return found


def measure(top: str, toolchain: str, source: str) -> dict[str, int]:
    """Links the application `source` and reads the map. The wrappers in build/bin would take the archive in build/lib."""
    build = os.path.join(top, "build")
    with tempfile.TemporaryDirectory(prefix="hermit-bench.") as folder:
        members = []
        with open(os.path.join(build, "target", "build.ninja"), encoding="utf-8") as file:
            objects = archive_objects(file.read())
        for module, path in objects:
            members.append(os.path.join(folder, f"{module}__{len(members)}_{os.path.basename(path)}"))
            shutil.copy(os.path.join(build, "target", path), members[-1])
        for name in ("crt0.o", "hermit.ld"):
            shutil.copy(os.path.join(build, "lib", name), folder)
        tools = os.path.join(toolchain, "bin", "x86_64-hermit-")
        link_map = os.path.join(folder, "map")
        for command in ([f"{tools}ar", "rcs", os.path.join(folder, "libhermit.a"), *members],
                        [f"{tools}gcc", f"-B{folder}/", "-O2", source, "-o", os.path.join(folder, "image"),
                         f"-Wl,-Map={link_map}"]):
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode != 0:
                raise BenchError(f"cannot link the image whose size is to be measured:\n{run.stderr}")
        with open(link_map, encoding="utf-8") as file:
            text = file.read()
        if os.path.join(folder, "libhermit.a") not in text:
            raise BenchError("the image was linked with another kernel than the one to be measured")
        return read_map(text)
