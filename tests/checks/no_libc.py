"""Kernel core objects may refer only to the kernel's own symbols, and to the linker script's.

GCC calls memcpy and others by itself, and a name such as malloc may be defined by the application:
a kernel that refers to one would call into it, with interrupts off or under a lock.
"""

import argparse

import binutils

KERNEL_PREFIXES = ("_Z", "hermit_", "__hermit_", "_hermit")
ALWAYS_ALLOWED = {"_GLOBAL_OFFSET_TABLE_"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nm", required=True)
    parser.add_argument("--archive", required=True, help="libhermit.a, for kernel names")
    parser.add_argument("--linker-script", required=True)
    parser.add_argument("objects", nargs="+", help="the core objects")
    options = parser.parse_args()

    core = binutils.defined(options.nm, options.objects)
    linker = binutils.linker_script_symbols(options.linker_script) | ALWAYS_ALLOWED
    archive = binutils.defined(options.nm, [options.archive])
    faults = []
    for symbol in binutils.symbols(options.nm, options.objects, "--undefined-only"):
        if symbol.name in core or symbol.name in linker:
            continue
        if symbol.name not in archive:
            faults.append(f"{symbol.place}: {symbol.name} is defined nowhere in the kernel")
        elif not symbol.name.startswith(KERNEL_PREFIXES):
            faults.append(f"{symbol.place}: {symbol.name} is a name that applications may define")
    binutils.finish(faults, f"{len(options.objects)} kernel core objects, outside references")


main()
