"""Names of PCI devices in the kernel log, from the distribution's list of them."""

import os
import re

_LISTS = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"]
_DEVICE = re.compile(rb"(\] [0-9a-f:.]{7} [^\[]*\[[0-9a-f]{4}\]: )(?=\[([0-9a-f]{4}):([0-9a-f]{4})\])")


def read_names(lines) -> dict[str, str]:
    """Names by "vendor" and "vendor:device", numbers in lower-case hexadecimal, from the lines of pci.ids."""
    names, vendor = {}, ""
    for line in lines:
        if line.startswith("C "):
            break  # classes follow
        match = re.match(r"(\t?)([0-9a-f]{4})  (.+)", line)
        if match is None:
            continue
        if match[1]:
            names[f"{vendor}:{match[2]}"] = match[3]
        else:
            vendor = match[2]
            names[vendor] = match[3]
    return names


class DeviceNames:
    """Edits the log as it passes: whole lines, so what is incomplete waits for the rest."""

    def __init__(self, names: dict[str, str] | None = None):
        self._names = names
        self._rest = b""

    def edit(self, data: bytes) -> bytes:
        """What can be shown now; no `data` means that nothing more will come."""
        whole, newline, rest = (self._rest + data).rpartition(b"\n")
        if not data:
            whole, newline, rest = self._rest, b"", b""
        self._rest = rest
        return _DEVICE.sub(self._with_name, whole + newline)

    def _with_name(self, match: re.Match) -> bytes:
        if self._names is None:
            self._names = self._load()
        vendor, device = match[2].decode(), match[3].decode()
        name = self._names.get(vendor, "")
        name += " " + self._names.get(f"{vendor}:{device}", "Device") if name else ""
        return match[1] + (name.encode() + b" " if name else b"")

    @staticmethod
    def _load() -> dict[str, str]:
        for path in _LISTS:
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    return read_names(file)
        return {}
