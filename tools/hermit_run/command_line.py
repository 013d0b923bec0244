"""The kernel command line: how options, environment and arguments travel into the machine.

Words are separated by blanks. A word may contain parts in double quotes, in which blanks are
ordinary and \\" \\\\ \\n \\t \\xHH stand for the characters they name. Kernel options come first,
then a lone `--`, then the application's arguments from argv[1] on.
"""

import os
import re

from .errors import LaunchError

_PLAIN = re.compile(rb"[^\x00-\x20\x7f\"\\]+")
_SPECIAL = re.compile(rb"[\x00-\x1f\x7f\"\\]")
_ESCAPES = {b'"': rb"\"", b"\\": rb"\\", b"\n": rb"\n", b"\t": rb"\t"}


def quote(word: str) -> bytes:
    """One word, in quotes if it needs them. Bytes that are no ASCII (UTF-8) stay as they are."""
    raw = os.fsencode(word)
    if _PLAIN.fullmatch(raw):
        return raw
    escape = lambda m: _ESCAPES.get(m[0]) or b"\\x%02x" % m[0][0]  # noqa: E731
    return b'"' + _SPECIAL.sub(escape, raw) + b'"'


def build(kernel_options: list[str], env: list[str], argv0: str, arguments: list[str], limit: int) -> bytes:
    """The whole line; LaunchError if it has more than `limit` bytes."""
    words = [quote(word) for word in kernel_options]
    words += [b"env=" + quote(variable) for variable in env]
    words += [b"argv0=" + quote(argv0), b"--"]
    words += [quote(argument) for argument in arguments]
    line = b" ".join(words)
    if len(line) > limit:
        raise LaunchError(
            f"arguments and environment are too long: {len(line)} bytes with quoting, and at "
            f"most {limit} reach the kernel. Shorten them, or let the program compute such lists itself."
        )
    return line


def environment(environ: dict[str, str], explicit: list[str], shares_processors: bool = False) -> list[str]:
    """NAME=VALUE of everything the application gets; `explicit` wins over what is inherited.

    Where the machine's cores share fewer host processors, an OpenMP thread that spins takes the time of
    the thread it waits for; so they wait asleep there unless the user says otherwise.
    """
    inherited = {name: value for name, value in environ.items() if name.startswith(("OMP_", "GOMP_"))}
    chosen = dict(sorted(inherited.items()))
    for variable in explicit:
        name, _, value = variable.partition("=")
        chosen[name] = value
    if shares_processors and not chosen.keys() & {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"}:
        chosen["OMP_WAIT_POLICY"] = "passive"
    return [f"{name}={value}" for name, value in chosen.items()]
