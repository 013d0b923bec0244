"""Boots an image and compares what it does with what it should do."""

import argparse
import re
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--status", type=int, default=0, help="the exit status")
    parser.add_argument("--output", default="ok\n", help="regular expression for all of stdout")
    parser.add_argument("--errors", help="regular expression to be found on stderr, else empty")
    parser.add_argument("--checker", help="Python script that judges stdout, given on its stdin")
    parser.add_argument("command", nargs="+", help="hermit-run and its arguments")
    options = parser.parse_args()

    result = subprocess.run(options.command, capture_output=True, check=False)
    output = result.stdout.decode(errors="replace")
    errors = result.stderr.decode(errors="replace")

    faults = []
    if result.returncode != options.status:
        faults.append(f"the status is {result.returncode}, not {options.status}")
    if options.checker:
        verdict = subprocess.run(
            [sys.executable, "-B", options.checker], input=result.stdout, check=False
        )
        if verdict.returncode != 0:
            faults.append(f"{options.checker} refuses the output")
    elif not re.fullmatch(options.output, output, re.DOTALL):
        faults.append(f"the output does not match {options.output!r}")
    if options.errors and not re.search(options.errors, errors, re.DOTALL):
        faults.append(f"stderr does not match {options.errors!r}")
    if not options.errors and errors:
        faults.append("stderr is not empty")

    if faults:
        kept = output if len(output) < 10000 else f"({len(output)} characters)"
        print("\n".join(faults), "stdout:", kept, "stderr:", errors[:10000], sep="\n")
        raise SystemExit(1)


main()
