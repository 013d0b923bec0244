"""Libraries and images contain no instruction beyond plain x86-64 (SSE2), so that a 2003 processor runs them.

TZCNT is no fault: GCC writes `rep bsf`, which old processors execute as BSF with the same result
wherever the compiler relies on it.
"""

import argparse
import collections
import os
import re

import binutils

BEYOND_BASELINE = {
    "SSE3": r"addsubp[sd]|h(add|sub)p[sd]|lddqu|movddup|movs[hl]dup|fisttp\w*|monitorx?|mwaitx?",
    "SSSE3": r"pshufb|ph(add|sub)(w|d|sw)|pmaddubsw|pmulhrsw|psign[bwd]|pabs[bwd]|palignr",
    "SSE4.1": r"p?blend\w+|dpp[sd]|extractps|insertps|mpsadbw|packusdw|pcmpeqq|pextr[bdq]"
    r"|pinsr[bdq]|phminposuw|pm(ax|in)(sb|sd|ud|uw)|pmov[sz]x\w+|pmuldq|pmulld|ptest|round[ps][sd]"
    r"|movntdqa",
    "SSE4.2": r"pcmp[ei]str[im]\w*|pcmpgtq|crc32\w*",
    "SSE4A": r"extrq|insertq|movnts[sd]",
    "POPCNT": r"popcnt\w*",
    "AES, SHA, GFNI": r"aes\w+|pclmul\w+|sha(1|256)\w+|gf2p8\w+",
    "AVX and later": r"v(?!er[rw]$|m(call|launch|resume|xon|xoff|ptrld|ptrst|read|write|clear)"
    r"|mmcall)\w+|k(add|and|mov|not|or|ortest|shift|test|unpck|xn?or)\w*|t(dp|ile)\w+",
    "BMI, LZCNT": r"andn|bextr|bls(i|r|msk)|bzhi|mulx|pdep|pext|rorx|s[ah][lr]x|lzcnt\w*",
    "ADX": r"ad[co]x\w?",
    "MOVBE": r"movbe\w*",
    "3DNow": r"pf(2id|2iw|acc|add|cmp\w+|max|min|mul|n?acc|pnacc|rcp\w*|rsq\w+|subr?)|pi2f[dw]"
    r"|pswapd|pmulhrw|pavgusb|femms|prefetchw?|prefetchwt1",
    "CMPXCHG16B": r"cmpxchg16b",
    "LAHF": r"[ls]ahf",
    "RDRAND": r"rdrand\w*|rdseed\w*",
    "FSGSBASE": r"(rd|wr)[fg]sbase\w*",
    "XSAVE": r"xsave\w*|xrstor\w*|x[gs]etbv",
    "RDTSCP": r"rdtscp|rdpid|rdpru",
    "TSX": r"x(begin|end|abort|test)\w*",
    "cache control": r"clflushopt|clwb|clzero|cldemote|movdir\w+",
    "waiting": r"u?(monitor|mwait)|tpause",
    "TLB control": r"invpcid|invlpgb|tlbsync",
    "what objdump does not know": r"\(bad\)|\.byte",
}


def extension(mnemonic):
    """The extension that an instruction belongs to, None for plain x86-64."""
    for name, pattern in BEYOND_BASELINE.items():
        if re.fullmatch(pattern, mnemonic):
            return name
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objdump", required=True)
    parser.add_argument("--allowed", required=True, help="lines: FUNCTION MNEMONIC...")
    parser.add_argument("files", nargs="+", help="archives and images")
    options = parser.parse_args()

    allowed = binutils.Allowed(options.allowed)
    faults = collections.Counter()  # by function: one copied loop would hide all else
    total = 0
    beyond = {}  # by mnemonic: there are few of them and millions of instructions
    for path in options.files:
        count = 0
        for instruction in binutils.instructions(options.objdump, [path]):
            count += 1
            mnemonic = instruction.mnemonic
            if mnemonic not in beyond:
                beyond[mnemonic] = extension(mnemonic)
            if beyond[mnemonic] is None or allowed.covers(instruction.function, mnemonic):
                continue
            faults[
                f"{os.path.basename(path)}: {instruction.place}: {instruction.function}: "
                f"{mnemonic} ({beyond[mnemonic]})"
            ] += 1
        if count == 0:
            faults[f"{path}: no code was found to check"] += 1
        total += count
    binutils.finish(
        [f"{fault}, {times} times" for fault, times in faults.items()],
        f"{total} instructions in {len(options.files)} files, beyond SSE2",
    )


main()
