"""Writes the media that were asked for; a disc or disk image appears when it is complete."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile

from hermit_run import image, qemu
from hermit_run.errors import LaunchError

from . import grub, grub_menu, options

_IMAGE = "/hermitage/image"


def say(text: str) -> None:
    """A message to the user, on stderr."""
    print(f"hermit-image: {text}", file=sys.stderr, flush=True)


def _copy_image(path: str, to: str) -> None:
    """The image without debug information, which is most of it. It keeps the names of its functions."""
    tool = os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "x86_64-hermit-strip")
    tool = tool if os.access(tool, os.X_OK) else shutil.which("x86_64-hermit-strip") or shutil.which("strip")
    if tool is not None:
        done = subprocess.run([tool, "-o", to, path], capture_output=True, check=False)
        if done.returncode == 0:
            return
    shutil.copyfile(path, to)


def _fill(folder: str, chosen: options.Options) -> None:
    """The files that every medium has: the image and the menu."""
    title = chosen.title or os.path.basename(chosen.image)
    words = grub_menu.kernel_words(chosen.kernel, chosen.env, os.path.basename(chosen.image), chosen.arguments,
                                   qemu.command_line_limit(None))
    menu = grub_menu.render(_IMAGE, title, words, chosen.timeout)
    os.makedirs(os.path.join(folder, "boot/grub"), exist_ok=True)
    os.makedirs(os.path.join(folder, os.path.dirname(_IMAGE.lstrip("/"))), exist_ok=True)
    _copy_image(chosen.image, os.path.join(folder, _IMAGE.lstrip("/")))
    with open(os.path.join(folder, "boot/grub/grub.cfg"), "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(menu)


def _write_disc(chosen: options.Options, path: str, scratch: str) -> None:
    content = os.path.join(scratch, "content")
    unfinished = path + ".unfinished"
    try:
        with open(unfinished, "wb"):
            pass  # GRUB's tools do not say clearly that they cannot write
    except OSError as error:
        raise LaunchError(f"cannot write {path}: {error.strerror}") from None
    try:
        if not os.path.isdir(content):
            _fill(content, chosen)
        grub.make_disc(content, unfinished, scratch)
        os.replace(unfinished, path)
    finally:
        if os.path.exists(unfinished):
            os.unlink(unfinished)
    say(f"wrote {path} ({os.path.getsize(path) / (1 << 20):.1f} MiB)")


def _write_network(chosen: options.Options, directory: str, scratch: str) -> None:
    os.makedirs(directory, exist_ok=True)
    _fill(directory, chosen)
    files = grub.make_network(directory, scratch)
    say(f"wrote {directory}; the boot file for DHCP:")
    for firmware, name in files.items():
        print(f"  {firmware.name}: {name}", file=sys.stderr)


def _end(number: int, _frame) -> None:
    """On a signal: ends by an exception, so that nothing unfinished is left."""
    raise SystemExit(128 + number)


def main(words: list[str]) -> int:
    """Exit status: 0; 1 if something is missing or wrong, which is said on stderr; 128 and the signal's number."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        chosen = options.parse(words)
        image.inspect(chosen.image)
        names = " and ".join(firmware.name for firmware in grub.available())
        for firmware in grub.missing():
            say(f"the media will boot by {names} only: {firmware.package} is not installed")
        with tempfile.TemporaryDirectory(prefix="hermit-image.") as scratch:
            for path in (chosen.disc, chosen.disk):
                if path is not None:
                    _write_disc(chosen, path, scratch)
            if chosen.netboot is not None:
                _write_network(chosen, chosen.netboot, scratch)
        return 0
    except LaunchError as error:
        say(str(error))
    except OSError as error:
        say(f"cannot write {error.filename or 'the media'}: {error.strerror}")
    return 1
