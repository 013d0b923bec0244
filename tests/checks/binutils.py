"""What nm and objdump say about object files and archives, as Python values."""

import collections
import fnmatch
import re
import subprocess
import sys

Symbol = collections.namedtuple("Symbol", "place name kind")
Instruction = collections.namedtuple("Instruction", "place function mnemonic operands")

PREFIXES = {
    "lock", "rep", "repz", "repnz", "cs", "ds", "es", "fs", "gs", "ss", "data16", "addr32", "bnd",
    "notrack", "xacquire", "xrelease",
}


def output_lines(command):
    """Runs a tool, which must succeed, and yields its output as it comes."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1 << 20) as process:
        yield from process.stdout
    if process.returncode != 0:
        sys.exit(f"{' '.join(command[:2])} ... failed with status {process.returncode}")


def symbols(nm, files, *options):
    """Every symbol that nm shows of the files: where (file[member]), name, and nm's letter."""
    for line in output_lines([nm, "-P", "-A", *options, *files]):
        words = line.split()
        if len(words) >= 3:
            yield Symbol(words[0].rstrip(":"), words[1], words[2])


def defined(nm, files):
    """The names of all global symbols that the files define."""
    return {s.name for s in symbols(nm, files, "--extern-only", "--defined-only")}


def instructions(objdump, files):
    """Every instruction of the files' code sections, prefixes taken off.

    An address after a symbol's end still counts to that symbol; names are as the linker sees them.
    """
    place = function = ""
    for line in output_lines([objdump, "-d", "-w", "--no-show-raw-insn", *files]):
        _, tab, text = line.partition(":\t")
        if tab:
            words = text.split(None, 1)
            while words and (words[0] in PREFIXES or words[0].startswith("rex")):
                words = words[1].split(None, 1) if len(words) > 1 else []
            if words:
                yield Instruction(place, function, words[0], words[1] if len(words) > 1 else "")
        elif line.endswith(">:\n"):
            function = line[line.index("<") + 1 : -3]
        elif ":     file format " in line:
            place = line.split(":     file format ")[0].strip()
            function = ""


class Allowed:
    """Exceptions from a text file of lines `FUNCTION MNEMONIC...`, all patterns as in a shell."""

    def __init__(self, path):
        self.lines = []
        with open(path, encoding="utf-8") as file:
            for line in file:
                words = line.split("#")[0].split()
                if words:
                    self.lines.append((words[0], words[1:]))

    def covers(self, function, mnemonic):
        return any(
            fnmatch.fnmatchcase(function, pattern)
            and any(fnmatch.fnmatchcase(mnemonic, m) for m in mnemonics)
            for pattern, mnemonics in self.lines
        )


def linker_script_symbols(path):
    """The symbols that a linker script assigns."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
    return set(re.findall(r"\b([A-Za-z_]\w*)\s*=[^=]", text))


def finish(faults, summary, most=40):
    """Ends a check: prints the faults, at most some of them, and exits with 1 if there are any."""
    for fault in faults[:most]:
        print(fault)
    if len(faults) > most:
        print(f"... and {len(faults) - most} more")
    print(f"{summary}: {len(faults)} faults")
    sys.exit(1 if faults else 0)
