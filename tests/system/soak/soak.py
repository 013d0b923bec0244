#!/usr/bin/env python3
"""Boots an image that uses every core, many times on machines of several shapes, and expects every
boot to find all cores: soak.py HERMIT_RUN IMAGE TIMES. Stops at the first that does not."""

import subprocess
import sys
import time

# What QEMU's -smp says, and the number of cores. The last ones leave gaps between the APIC IDs.
SHAPES = [
    ("1", 1),
    ("2", 2),
    ("4", 4),
    ("16", 16),
    ("6,sockets=2,cores=3,threads=1", 6),
    ("10,sockets=2,cores=5,threads=1", 10),
]
LIMIT_SECONDS = 120


def boot(launcher: str, image: str, smp: str) -> subprocess.CompletedProcess:
    command = [launcher, "-m", "256M", "--timeout", str(LIMIT_SECONDS), "--qemu", "-smp", "--qemu", smp, image]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def main() -> int:
    launcher, image, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for smp, cores in SHAPES:
        start = time.monotonic()
        for number in range(1, times + 1):
            result = boot(launcher, image, smp)
            if result.returncode != 0 or result.stdout != f"{cores} cores\n":
                print(f"-smp {smp}: boot {number} of {times} ended with {result.returncode}")
                print(result.stdout + result.stderr)
                return 1
        mean = (time.monotonic() - start) / times
        print(f"-smp {smp}: {times} boots, all on {cores} cores, {mean:.2f} s each", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
