"""The entries of machines.toml."""

from dataclasses import dataclass, field
import os
import tomllib


@dataclass
class Entry:
    """One machine; machines.toml describes the fields."""

    name: str
    cores: int
    start: str = "kernel"
    qemu: list[str] = field(default_factory=list)
    bochs: str = ""
    kernel: list[str] = field(default_factory=list)
    expect: list[str] = field(default_factory=list)
    memory: int = 512
    touch: int = 8
    full: bool = False
    seconds: float = 120
    program: str = "program"

    @property
    def emulator(self) -> str:
        return "Bochs" if self.bochs else "QEMU"

    @property
    def title(self) -> str:
        return f"{self.emulator}: {self.name}"


def load() -> list[Entry]:
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "machines.toml"), "rb") as file:
        entries = [Entry(**fields) for fields in tomllib.load(file)["machine"]]
    titles = [entry.title for entry in entries]
    if len(set(titles)) != len(titles):
        raise SystemExit("machines.toml has two machines of one name")
    return entries
