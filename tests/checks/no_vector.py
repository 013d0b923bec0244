"""Kernel core objects contain no vector or x87 instruction.

An interrupt handler that used one would destroy the interrupted program's registers. Instructions
that save, restore or set up that state as a whole are what the kernel needs, and are no fault.
"""

import argparse
import re

import binutils

STATE = re.compile(
    r"(fx|x)save\w*|(fx|x)rstor\w*|v?(ld|st)mxcsr|fldcw|fn?stcw|fnstsw|fldenv|fnstenv|fninit|fnclex|fwait"
)
REGISTER = re.compile(r"%([xyz]?mm\d|st\b|k[0-7]\b|tmm)")
# x87 and MMX instructions without operands, and AVX's.
MNEMONIC = re.compile(r"f(?!s$|ence$)\w+|emms|femms|vzero\w+")


def is_vector(instruction):
    if STATE.fullmatch(instruction.mnemonic):
        return False
    return bool(MNEMONIC.fullmatch(instruction.mnemonic) or REGISTER.search(instruction.operands))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objdump", required=True)
    parser.add_argument("--allowed", required=True, help="lines: FUNCTION MNEMONIC...")
    parser.add_argument("objects", nargs="+", help="the core objects")
    options = parser.parse_args()

    allowed = binutils.Allowed(options.allowed)
    faults = []
    count = 0
    for instruction in binutils.instructions(options.objdump, options.objects):
        count += 1
        _, function, mnemonic, operands = instruction
        if is_vector(instruction) and not allowed.covers(function, mnemonic):
            faults.append(f"{instruction.place}: {function}: {mnemonic} {operands.strip()}")
    if count == 0:
        faults.append("no code was found to check")
    binutils.finish(faults, f"{count} instructions, vector or x87")


main()
