"""What test scripts share: booting images that the build made.

A script is called with hermit-run's path and NAME=PATH for each image; `main` keeps them and runs
the script's tests.
"""

import subprocess
import sys
import unittest

_launcher = ""
_images: dict[str, str] = {}


def image(name: str) -> str:
    return _images[name]


def command(name: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
    return [_launcher, "--timeout", "60", *options, _images[name], *arguments]


def boot(name: str, *arguments: str, options: tuple[str, ...] = (), env=None):
    """Runs an image to its end; returns subprocess's result with bytes."""
    return subprocess.run(command(name, *arguments, options=options), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=90, env=env)


def main() -> None:
    global _launcher
    _launcher = sys.argv[1]
    _images.update(word.split("=", 1) for word in sys.argv[2:])
    unittest.main(argv=sys.argv[:1], verbosity=2)
