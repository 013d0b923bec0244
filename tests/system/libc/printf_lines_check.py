"""The lines of printf_lines.c: each thread's all there, in order, none torn."""

import re
import sys

THREADS = 4
LINES = 100000

expected = [0] * THREADS
for line in sys.stdin:
    match = re.fullmatch(r"thread (\d) line (\d+) of many\n", line)
    if not match:
        raise SystemExit(f"torn: {line!r}")
    thread, number = int(match[1]), int(match[2])
    if number != expected[thread]:
        raise SystemExit(f"thread {thread}: line {number} where {expected[thread]} should come")
    expected[thread] += 1
if expected != [LINES] * THREADS:
    raise SystemExit(f"lines per thread: {expected}")
