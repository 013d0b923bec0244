"""The functions of an image, from its symbol table, and whose they are."""

from dataclasses import dataclass
import bisect
import struct

_SHT_SYMTAB = 2
_STT_NOTYPE, _STT_FUNC, _STT_GNU_IFUNC = 0, 2, 10
_SHF_EXECINSTR = 4

APPLICATION, LIBRARIES, KERNEL, FIRMWARE = "application", "libraries", "Hermitage", "firmware"


@dataclass
class Function:
    """A function's code: [start, end)."""

    start: int
    end: int
    name: str  # as the linker knows it
    owner: str


@dataclass
class _Symbol:
    start: int
    size: int  # 0 if unknown
    name: str
    section: int

    def quality(self) -> tuple:
        """Of several for one address the greatest is taken: the public name, write and not __hermit_write."""
        return self.size > 0, len(self.name.lstrip("_")) - len(self.name), -len(self.name), self.name


class Symbols:
    """Reads the symbols of an ELF64 file; ValueError if it has none (it was stripped)."""

    def __init__(self, path: str):
        with open(path, "rb") as file:
            self._data = file.read()
        self._sections = self._read_sections()
        self._values: dict[str, int] = {}
        named = self._read_symbols()
        if not named:
            raise ValueError(f"{path} has no symbol table")
        self.functions = self._delimit(named)
        self._starts = [function.start for function in self.functions]

    def value(self, name: str) -> int:
        """The value of a symbol; ValueError if there is none."""
        if name not in self._values:
            raise ValueError(f"the image has no symbol {name}")
        return self._values[name]

    def find(self, address: int) -> Function | None:
        at = bisect.bisect_right(self._starts, address) - 1
        return self.functions[at] if at >= 0 and address < self.functions[at].end else None

    def _read_sections(self) -> list[tuple]:
        """(name, type, flags, address, offset, size, link, …) of each section."""
        try:
            offset, = struct.unpack_from("<Q", self._data, 40)
            size, count = struct.unpack_from("<HH", self._data, 58)
            return [struct.unpack_from("<IIQQQQIIQQ", self._data, offset + index * size) for index in range(count)]
        except struct.error:
            raise ValueError("the image's section table is damaged") from None

    def _read_symbols(self) -> list[_Symbol]:
        found = []
        for _, kind, _, _, offset, size, link, *_ in self._sections:
            if kind != _SHT_SYMTAB:
                continue
            if link >= len(self._sections):
                raise ValueError("the image's symbol table has no names")
            names = self._sections[link][4]
            for entry in struct.iter_unpack("<IBBHQQ", self._data[offset:offset + size - size % 24]):
                name_offset, info, _, section, value, length = entry
                start = names + name_offset
                end = self._data.find(b"\0", start)
                if end < 0:
                    raise ValueError("the image's symbol table is damaged")
                name = self._data[start:end].decode("utf-8", "replace")
                kind, is_global = info & 15, info >> 4 != 0
                is_function = kind in (_STT_FUNC, _STT_GNU_IFUNC)
                if is_global or is_function:
                    self._values.setdefault(name, value)
                # Assembly code may leave its functions without a type.
                if (is_function or kind == _STT_NOTYPE and is_global) and self._is_code(section):
                    found.append(_Symbol(value, length if is_function else 0, name, section))
        return found

    def _is_code(self, section: int) -> bool:
        return 0 < section < len(self._sections) and self._sections[section][2] & _SHF_EXECINSTR != 0

    def _delimit(self, symbols: list[_Symbol]) -> list[Function]:
        """One function for each address, none into the next. What has no size ends at the next one."""
        symbols.sort(key=_Symbol.quality)
        best = {symbol.start: symbol for symbol in symbols}
        order = sorted(best)
        functions: list[Function] = []
        covered = 0  # up to here by a function that has a size
        for start, following in zip(order, order[1:] + [1 << 64]):
            symbol = best[start]
            _, _, _, address, _, section_size, *_ = self._sections[symbol.section]
            if start < covered:
                continue  # a label in a function
            covered = max(covered, start + symbol.size)
            end = min(start + symbol.size if symbol.size else following, address + section_size)
            if end > start:
                functions.append(Function(start, end, symbol.name, self._owner(start)))
        return functions

    def _owner(self, address: int) -> str:
        for owner, name in ((KERNEL, "loader"), (KERNEL, "kernel"), (LIBRARIES, "libraries")):
            start, end = self._values.get(f"__{name}_text_start", 0), self._values.get(f"__{name}_text_end", 0)
            if start <= address < end:
                return owner
        return APPLICATION
