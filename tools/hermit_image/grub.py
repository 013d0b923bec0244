"""GRUB's own tools, which put GRUB and our files on a medium."""

from dataclasses import dataclass
import os
import shutil
import signal
import subprocess

from hermit_run.errors import LaunchError

_MODULES_FOLDER = "/usr/lib/grub"
# What the menu and the media need; GRUB's other modules would make a medium ten times as large.
_MODULES = ["multiboot2", "normal", "configfile", "echo", "test", "serial", "terminal", "all_video",
            "reboot", "halt", "ls", "cat", "lsmmap", "lsacpi"]
_REMEDY = "; './hermit setup image' does"


@dataclass(frozen=True)
class Firmware:
    """A platform that GRUB has been built for."""

    name: str
    platform: str
    package: str
    core: str  # the name of GRUB's first file for a network boot

    @property
    def folder(self) -> str:
        return os.path.join(os.environ.get("HERMIT_GRUB", _MODULES_FOLDER), self.platform)


FIRMWARE = [Firmware("BIOS", "i386-pc", "grub-pc-bin", "core.0"),
            Firmware("UEFI", "x86_64-efi", "grub-efi-amd64-bin", "core.efi")]


def available() -> list[Firmware]:
    """The platforms that are installed; LaunchError with the remedy if there is none."""
    found = [firmware for firmware in FIRMWARE if os.path.isdir(firmware.folder)]
    if not found:
        raise LaunchError(f"cannot find GRUB: install grub-pc-bin (BIOS) and grub-efi-amd64-bin (UEFI){_REMEDY}")
    return found


def missing() -> list[Firmware]:
    """The platforms that are not installed: media will not boot on them."""
    return [firmware for firmware in FIRMWARE if not os.path.isdir(firmware.folder)]


def _run(words: list[str], package: str, scratch: str) -> None:
    """Runs one of GRUB's tools, which makes its temporary files in `scratch`."""
    if shutil.which(words[0]) is None:
        raise LaunchError(f"cannot find {words[0]}: install {package}{_REMEDY}")
    # What it starts itself must not be left behind when we are asked to end.
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, env={**os.environ, "TMPDIR": scratch}, process_group=0) as process:
        try:
            _, said = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        lines = "\n".join(f"  {line}" for line in said.splitlines()[-8:])
        raise LaunchError(f"{words[0]} failed:\n{lines}")


def make_disc(content: str, path: str, scratch: str) -> None:
    """Writes a disc image that BIOS and UEFI boot from a disc as well as from a disk.

    grub-mkrescue takes every platform that is installed.
    """
    for tool, package in (("xorriso", "xorriso"), ("mformat", "mtools")):
        if shutil.which(tool) is None:
            raise LaunchError(f"cannot find {tool}: install {package}{_REMEDY}")
    _run(["grub-mkrescue", "-o", path, f"--install-modules={' '.join(_MODULES)}", "--fonts=", "--themes=",
          "--locales=", "--compress=xz", content], "grub-common", scratch)


def make_network(directory: str, scratch: str) -> dict[Firmware, str]:
    """Writes GRUB below `directory`. Returns the boot file of each firmware, relative to it."""
    files = {}
    for firmware in available():
        _run(["grub-mknetdir", f"--net-directory={directory}", "--subdir=boot/grub", "-d", firmware.folder,
              f"--install-modules={' '.join(_MODULES)} tftp", "--fonts=", "--themes=", "--locales="],
             "grub-common", scratch)
        files[firmware] = f"boot/grub/{firmware.platform}/{firmware.core}"
    return files
