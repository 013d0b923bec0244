"""The kernel archive defines exactly the promised symbols.

Working and ENOSYS symbols are defined, refused ones are not, and any other global name belongs to
the kernel by its spelling, so that it cannot collide with an application's. Promised functions are
weak where an application may define the name itself (not those with an underscore in front).
"""

import argparse
import collections

import binutils

OWN_PREFIXES = ("_Z", "hermit_", "__hermit_", "_hermit")
# What the compiler itself emits, one copy for all objects.
COMPILER_PREFIXES = ("DW.ref.", "__x86.")
STATUSES = ("working", "enosys", "refused")


def promised(path):
    """Status by symbol; a line that is not understood ends the check."""
    result = collections.OrderedDict()
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) != 3 or words[1] not in STATUSES:
                raise SystemExit(f"{path}:{number}: not SYMBOL STATUS GROUP: {line.strip()}")
            if words[0] in result:
                raise SystemExit(f"{path}:{number}: {words[0]} is listed twice")
            result[words[0]] = words[1]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nm", required=True)
    parser.add_argument("--symbols", required=True, help="lines: SYMBOL STATUS GROUP")
    parser.add_argument("archive")
    options = parser.parse_args()

    list_ = promised(options.symbols)
    places = collections.OrderedDict()
    for symbol in binutils.symbols(
        options.nm, [options.archive], "--extern-only", "--defined-only"
    ):
        places.setdefault(symbol.name, []).append(symbol)

    faults = []
    for name, status in list_.items():
        if status != "refused" and name not in places:
            faults.append(f"{name} is promised as {status} and not defined")
        if status == "refused" and name in places:
            faults.append(f"{places[name][0].place}: {name} is to be refused and is defined")
    for name, found in places.items():
        if name not in list_ and not name.startswith(OWN_PREFIXES + COMPILER_PREFIXES):
            faults.append(f"{found[0].place}: {name} is defined and not promised")
        if name in list_ and name[0] != "_" and any(s.kind == "T" for s in found):
            faults.append(f"{found[0].place}: {name} is not weak")
        strong = [s.place for s in found if s.kind not in "WVuC"]
        if len(strong) > 1:
            faults.append(f"{name} is defined more than once: {', '.join(strong)}")
    binutils.finish(faults, f"{len(list_)} listed and {len(places)} defined symbols")


if __name__ == "__main__":
    main()
