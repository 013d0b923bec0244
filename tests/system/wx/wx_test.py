"""No frame of a running machine is writable through one mapping and executable through another.

Boots the image given as last argument under hermit-run (first argument), waits for its first line
and looks at all cores' page tables from outside. Twice: on a small machine, and on one with memory
above 4 GiB and all that the processor can have, so that the direct map has pages of 1 GiB.
"""

import os
import subprocess
import sys
import tempfile

from machine_state import Core, Machine
from page_walk import Mapping, walk, writable_and_executable

CORES = 4
GIB = 1 << 30
MACHINES = (("-m", "128M"), ("-m", "6G", "--qemu=-cpu", "--qemu=max"))
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


def examine(path: str, directory: str, is_large: bool) -> list[str]:
    machine = Machine(path)
    machine.stop()
    cores = machine.cores()
    tables = {root: walk(lambda table: machine.table(table, directory), root)
              for root in {core.cr3 for core in cores if core.cr0 & CR0_PG}}
    machine.quit()
    for root, mappings in tables.items():
        print(f"tables at {root:#x}: {len(mappings)} mappings, "
              f"{sum(m.executable for m in mappings)} executable, {sum(m.writable for m in mappings)} writable, "
              f"{sum(m.size == GIB for m in mappings)} of 1 GiB")
    if len(cores) != CORES:
        return [f"QEMU shows {len(cores)} cores instead of {CORES}"]
    if is_large != any(m.size == GIB for mappings in tables.values() for m in mappings):
        return ["pages of 1 GiB are there that should not be" if not is_large else "no page of 1 GiB is there"]
    return complaints(cores, tables)


def boot_and_examine(hermit_run: str, image: str, machine: tuple[str, ...]) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="hermit-wx.") as directory:
        path = os.path.join(directory, "monitor")
        process = subprocess.Popen(
            [hermit_run, "-c", str(CORES), *machine, "--timeout", "60",
             "--qemu=-qmp", f"--qemu=unix:{path},server=on,wait=off", image],
            stdout=subprocess.PIPE)
        try:
            line = process.stdout.readline()
            if line != b"ready\n":
                return [f"the image did not say that it is ready but {line!r}"]
            return examine(path, directory, "max" in machine[-1])
        finally:
            process.terminate()
            process.wait(30)


def main() -> int:
    found = [f"{' '.join(machine)}: {complaint}" for machine in MACHINES
             for complaint in boot_and_examine(*sys.argv[1:], machine)]
    print("\n".join(found) or "no frame is both writable and executable")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
