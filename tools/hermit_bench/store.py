"""What has been measured so far, kept in a file after every single run, so that nothing is lost by an interruption."""

import fcntl
import json
import os

from .errors import BenchError


def key(mode: str, number: int, system: str, name: str) -> str:
    """Names one run of one benchmark; `number` is the round or the repetition, from 1."""
    return f"{mode}/{number}/{system}/{name}"


def write_json(path: str, data, indent: int | None = 1) -> None:
    """Replaces the file in one step."""
    new = path + ".new"
    with open(new, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=indent, ensure_ascii=False)
        file.write("\n")
    os.replace(new, path)


class Store:
    """Runs by key. They belong to one build, whose identity is kept with them."""

    def __init__(self, path: str):
        self._path = path
        self.identity: dict = {}
        self.finished = True
        self.runs: dict[str, dict] = {}
        self._lock = None
        try:
            with open(path, encoding="utf-8") as file:
                data = json.load(file)
            self.identity, self.finished, self.runs = data["identity"], data["finished"], data["runs"]
        except (OSError, ValueError, KeyError):
            pass  # nothing measured yet, or unreadable: it is measured again

    def lock(self) -> None:
        """One measurement at a time: two would disturb each other, and overwrite what the other one has kept."""
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        self._lock = open(self._path + ".lock", "w", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BenchError("another measurement of this checkout is running") from None

    def begin(self, identity: dict, selected, fresh: bool) -> str:
        """Prepares for measuring the runs for which `selected(key)` is true; says what becomes of earlier ones."""
        if self.runs and self.identity != identity:
            self.runs = {}
            said = "the build or the machine has changed since the last measurement: starting anew"
        elif not fresh and not self.finished and (left := sum(map(selected, self.runs))):
            said = f"going on with an interrupted measurement, {left} runs of which are kept (--fresh starts anew)"
        else:
            self.runs = {name: run for name, run in self.runs.items() if not selected(name)}
            said = "starting anew"
        # A run that failed is tried again.
        self.runs = {name: run for name, run in self.runs.items() if "failed" not in run}
        self.identity, self.finished = identity, False
        self.save()
        return said

    def put(self, name: str, run: dict) -> None:
        self.runs[name] = run
        self.save()

    def end(self) -> None:
        self.finished = True
        self.save()

    def save(self) -> None:
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        write_json(self._path, {"identity": self.identity, "finished": self.finished, "runs": self.runs}, None)
