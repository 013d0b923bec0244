"""Every symbol that the list calls working is called by a booted test.

A name counts as called if it stands as a word in a source below the given folders. Names with an
underscore in front are what the C library calls under the public name (`_read_r` under `read`).
"""

import argparse
import pathlib
import re

import symbols

SUFFIXES = {".c", ".cpp", ".h"}


def words(folders):
    found = set()
    for folder in folders:
        for path in pathlib.Path(folder).rglob("*"):
            if path.suffix in SUFFIXES:
                found.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", required=True, help="lines: SYMBOL STATUS GROUP")
    parser.add_argument("folders", nargs="+")
    options = parser.parse_args()

    called = words(options.folders)
    working = [
        name
        for name, status in symbols.promised(options.symbols).items()
        if status == "working" and not name.startswith("_")
    ]
    untested = [name for name in working if name not in called]
    for name in untested:
        print(f"{name} is promised as working and no booted test calls it")
    print(f"{len(working) - len(untested)} of {len(working)} working symbols are tested")
    return 1 if untested or not working else 0


if __name__ == "__main__":
    raise SystemExit(main())
