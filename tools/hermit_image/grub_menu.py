"""GRUB's menu: one entry that boots the image with its arguments, which can be edited at the prompt."""

import os
import re

from hermit_run import command_line

_PLAIN = re.compile(r"[A-Za-z0-9_./:=,@%+-]+")

# GRUB's own console is what the machine has: the screen, and COM1 where there is one. `linux` keeps the
# screen in graphics mode, where UEFI has no other.
_MENU = """\
insmod all_video
if serial --unit=0 --speed=115200; then
  terminal_input console serial
  terminal_output console serial
fi
set timeout={timeout}
set default=0
menuentry {title} {{
  echo {loading}
  multiboot2 {image} {words}
  boot
}}
"""


def shell_word(text: str) -> str:
    """A word of GRUB's shell that stands for exactly this text."""
    if _PLAIN.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def kernel_words(options: list[str], env: list[str], argv0: str, arguments: list[str], limit: int) -> str:
    """The image's command line as GRUB's shell wants it.

    Words that GRUB hands over as they are stand by themselves. Where one does not (GRUB loses empty words
    and ends of lines), the whole line travels within one word, which the kernel takes apart again.
    """
    words = options + [f"env={variable}" for variable in env] + [f"argv0={argv0}", "--"] + arguments
    line = os.fsdecode(command_line.build(options, env, argv0, arguments, limit))
    if all(_PLAIN.fullmatch(word) for word in words):
        return line
    return shell_word(f"line={line}")


def render(image: str, title: str, words: str, timeout: int) -> str:
    """The text of grub.cfg. `image` is the path on the medium; `timeout` in seconds, -1 waits for ever."""
    return _MENU.format(timeout=timeout, title=shell_word(title), loading=shell_word(f"Loading {title} ..."),
                        image=image, words=words)
