"""No frame of a running machine is writable through one mapping and executable through another.

Boots the image given as last argument under hermit-run (first argument), waits for its first line
and looks at all cores' page tables from outside.
"""

import os
import subprocess
import sys
import tempfile

from machine_state import Core, Machine
from page_walk import Mapping, walk, writable_and_executable

CORES = 4
MEMORY_MIB = 128
CR0_WP = 1 << 16
CR0_PG = 1 << 31
EFER_NXE = 1 << 11


def complaints(cores: list[Core], tables: dict[int, list[Mapping]]) -> list[str]:
    """What is wrong with a machine whose root tables `tables` lead to these mappings."""
    found = []
    for core in cores:
        if not core.cr0 & CR0_PG:
            found.append(f"core {core.number} was not started: it does not translate addresses")
            continue
        if not core.cr0 & CR0_WP:
            found.append(f"core {core.number} writes to read-only pages (CR0.WP is off)")
        if not core.efer & EFER_NXE:
            found.append(f"core {core.number} executes any page (EFER.NXE is off)")
    for root, mappings in tables.items():
        if not any(m.executable for m in mappings) or not any(m.writable for m in mappings):
            found.append(f"the tables at {root:#x} cannot be those of a running kernel")
        if any(m.address == 0 for m in mappings):
            found.append(f"the tables at {root:#x} map address 0")
    # A frame writable on one core must not be executable on another either.
    everything = [mapping for mappings in tables.values() for mapping in mappings]
    for source, target in writable_and_executable(everything):
        found.append(f"writable at {source}, executable at {target}")
    return found


def examine(path: str, directory: str) -> list[str]:
    machine = Machine(path)
    machine.stop()
    cores = machine.cores()
    memory = machine.memory(MEMORY_MIB << 20, directory)
    machine.quit()
    tables = {root: walk(memory, root) for root in {core.cr3 for core in cores if core.cr0 & CR0_PG}}
    for root, mappings in tables.items():
        print(f"tables at {root:#x}: {len(mappings)} mappings, "
              f"{sum(m.executable for m in mappings)} executable, {sum(m.writable for m in mappings)} writable")
    if len(cores) != CORES:
        return [f"QEMU shows {len(cores)} cores instead of {CORES}"]
    return complaints(cores, tables)


def main() -> int:
    hermit_run, image = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="hermit-wx.") as directory:
        path = os.path.join(directory, "monitor")
        process = subprocess.Popen(
            [hermit_run, "-c", str(CORES), "-m", f"{MEMORY_MIB}M", "--timeout", "60",
             "--qemu=-qmp", f"--qemu=unix:{path},server=on,wait=off", image],
            stdout=subprocess.PIPE)
        try:
            line = process.stdout.readline()
            if line != b"ready\n":
                print(f"the image did not say that it is ready but {line!r}")
                return 1
            found = examine(path, directory)
        finally:
            process.terminate()
            process.wait(30)
    print("\n".join(found) or "no frame is both writable and executable")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
