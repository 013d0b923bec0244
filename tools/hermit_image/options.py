"""The command line of hermit-image."""

import argparse
from dataclasses import dataclass

from hermit_run.errors import LaunchError
from hermit_run.options import parse_env

_DESCRIPTION = """\
Make boot media from IMAGE, a program linked for x86_64-hermit. GRUB boots it on BIOS and UEFI, with
the ARGUMENTs given here; they can be edited at GRUB's prompt (key e).
"""
_EPILOG = """\
A disc image is also a disk image: `dd if=app.iso of=/dev/sdX bs=4M` makes a USB stick. A network
directory is served by TFTP; the files for DHCP's boot file name are printed.
"""


@dataclass
class Options:
    image: str
    arguments: list[str]
    disc: str | None
    disk: str | None
    netboot: str | None
    env: list[str]
    kernel: list[str]
    timeout: int
    title: str | None


def parse(words: list[str]) -> Options:
    """Reads the words after `hermit-image`; LaunchError for what makes no sense."""
    parser = argparse.ArgumentParser(
        prog="hermit-image", description=_DESCRIPTION, epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="hermit-image IMAGE (-o FILE.iso | --disk FILE.img | --netboot DIRECTORY)... [OPTION]... "
              "[-- ARGUMENT...]")
    parser.add_argument("image", metavar="IMAGE")
    parser.add_argument("-o", "--iso", dest="disc", metavar="FILE", help="write a disc image")
    parser.add_argument("--disk", metavar="FILE", help="write a disk image, for a USB stick")
    parser.add_argument("--netboot", metavar="DIRECTORY", help="write a directory for a TFTP server")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE",
                        help="set an environment variable of the program (repeatable)")
    parser.add_argument("--kernel", action="append", default=[], metavar="OPTION",
                        help="an option for the kernel, such as log=info (repeatable)")
    parser.add_argument("--timeout", type=int, default=1, metavar="SECONDS",
                        help="how long GRUB's menu waits (default 1; -1: until a key is pressed)")
    parser.add_argument("--title", help="the menu entry (default: the image's name)")
    own, arguments = words, []
    if "--" in words:
        at = words.index("--")
        own, arguments = words[:at], words[at + 1:]
    given = parser.parse_args(own)
    if not (given.disc or given.disk or given.netboot):
        raise LaunchError("say what to write: -o FILE.iso, --disk FILE.img or --netboot DIRECTORY")
    for text in [given.title or "", *given.kernel]:
        if any(character < " " for character in text):
            raise LaunchError("a title or kernel option has no control characters")
    return Options(image=given.image, arguments=arguments, disc=given.disc, disk=given.disk,
                   netboot=given.netboot, env=[parse_env(text) for text in given.env], kernel=given.kernel,
                   timeout=max(given.timeout, -1), title=given.title)
