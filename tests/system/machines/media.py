"""Boot media with the programs of the matrix, each made when it is first asked for."""

import os
import subprocess
import sys

from programs import Program

_OPTIONS = {"disc": ("-o", "app.iso"), "disk": ("--disk", "app.img"), "network": ("--netboot", "tftp")}


class Media:
    """`folder` keeps them and belongs to the caller."""

    def __init__(self, tools: str, folder: str):
        self._tools, self._folder = tools, folder
        self._made: dict[tuple[str, str, int], str] = {}

    def get(self, program: Program, kind: str, touch: int) -> str:
        """The path of a medium that starts the program."""
        key = (program.name, kind, touch)
        if key not in self._made:
            option, name = _OPTIONS[kind]
            folder = os.path.join(self._folder, f"{program.name}.{touch}")
            os.makedirs(folder, exist_ok=True)
            path = os.path.join(folder, name)
            command = [sys.executable, "-B", os.path.join(self._tools, "hermit-image"), program.image, option, path,
                       "--timeout", "0", "--kernel", "log=info", "--env", "OMP_WAIT_POLICY=passive", "--",
                       *program.arguments(touch)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SystemExit(f"hermit-image could not make a medium:\n{done.stderr}")
            self._made[key] = path
        return self._made[key]
