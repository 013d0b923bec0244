"""What the machines run, and what it has to say."""

from dataclasses import dataclass
import re


@dataclass
class Program:
    """`image` is the path of the bootable file."""

    name: str
    image: str

    def arguments(self, touch: int) -> list[str]:
        return [str(touch), "two words", "", "it's"] if self.name == "program" else ["200"]

    @property
    def status(self) -> int:
        return 42 if self.name == "program" else 0

    @property
    def first_line(self) -> str:
        return "machine: first line\n" if self.name == "program" else self.last_line

    @property
    def last_line(self) -> str:
        return "machine: last line\n" if self.name == "program" else "ok with AVX-512\n"

    def fault(self, output: str, cores: int, touch: int) -> str | None:
        """What is wrong with the output, which may have other lines in between."""
        wanted = [self.first_line, self.last_line]
        if self.name == "program":
            words = " ".join(f"[{word}]" for word in self.arguments(touch))
            wanted += [f"arguments: {words}\n", f"cores: {cores} of {cores}, threads: {cores}\n"]
        for line in wanted:
            if not re.search(f"^{re.escape(line)}", output, re.MULTILINE):
                return f"the line {line.rstrip()!r} is missing"
        return None
