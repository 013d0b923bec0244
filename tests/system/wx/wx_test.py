"""No frame of a running machine is writable through one mapping and executable through another.

Boots the image given as last argument under hermit-run (first argument), waits for its first line
and looks at all cores' page tables from outside. Twice: on a small machine, and on one with memory
above 4 GiB and all that the processor can have, so that the direct map has pages of 1 GiB. Then with
cores that all come too late, and while cores are being started, of which one never comes.
"""

import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../hardware"))
from tables import ROOT, local_apic, madt, root
from machine_state import Core, Machine
from page_walk import Mapping, WalkError, walk, writable_and_executable

CORES = 4
GIB = 1 << 30
SMALL = ("-m", "128M")
LARGE = ("-m", "6G", "--qemu=-cpu", "--qemu=max")
LATE = (*SMALL, "--kernel", "core_patience_ms=0")
STARTING = (*SMALL, "--kernel", "core_patience_ms=20000", "--kernel", f"rsdp={ROOT:#x}", "--qemu=-bios",
            "--qemu=qboot.rom", "--qemu=-machine", "--qemu=q35,acpi=off")
NEVER_COMPLETE = root(madt(*map(local_apic, (0, 1, 9))))
TRAMPOLINE = 0x8000  # arch/core_setup.hpp
CR0_WP = 1 << 16
CR0_PG = 1 << 31
EFER_NXE = 1 << 11


def complaints(cores: list[Core], tables: dict[int, list[Mapping]], started: int = CORES) -> list[str]:
    """What is wrong with a machine whose root tables `tables` lead to these mappings, and whose first `started`
    cores should run."""
    found = []
    for core in cores:
        if not core.cr0 & CR0_PG and core.number >= started:
            continue
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


def maps_trampoline(tables: dict[int, list[Mapping]]) -> bool:
    return any(mapping.executable and mapping.physical <= TRAMPOLINE < mapping.physical + mapping.size
               for mappings in tables.values() for mapping in mappings)


def look(machine: Machine, directory: str) -> tuple[list[Core], dict[int, list[Mapping]]]:
    """Stops the machine; its cores, and what the tables in use lead to."""
    machine.stop()
    cores = machine.cores()
    roots = {core.cr3 for core in cores if core.cr0 & CR0_PG}
    return cores, {top: walk(lambda table: machine.table(table, directory), top) for top in roots}


def examine(path: str, directory: str, is_large: bool = False, started: int = CORES) -> list[str]:
    """Of a machine that runs the application."""
    machine = Machine(path)
    cores, tables = look(machine, directory)
    machine.quit()
    for top, mappings in tables.items():
        print(f"tables at {top:#x}: {len(mappings)} mappings, "
              f"{sum(m.executable for m in mappings)} executable, {sum(m.writable for m in mappings)} writable, "
              f"{sum(m.size == GIB for m in mappings)} of 1 GiB")
    if len(cores) != CORES:
        return [f"QEMU shows {len(cores)} cores instead of {CORES}"]
    if is_large != any(m.size == GIB for mappings in tables.values() for m in mappings):
        return ["pages of 1 GiB are there that should not be" if not is_large else "no page of 1 GiB is there"]
    if maps_trampoline(tables):
        return ["the page in which cores start can still be executed"]
    return complaints(cores, tables, started)


def examine_start(path: str, directory: str) -> list[str]:
    """Of a machine whose cores are being started."""
    machine = Machine(path)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            cores, tables = look(machine, directory)
        except WalkError:  # the tables of the machine's own firmware
            cores, tables = [], {}
        if maps_trampoline(tables) and not any(m.address == 0 for maps in tables.values() for m in maps):
            machine.quit()
            print("looked while cores started")
            return complaints(cores, tables, started=1)
        machine.resume()
        time.sleep(0.1)
    return ["the page in which cores start was never mapped"]


def boot_and_examine(machine: tuple[str, ...], look_at, tables: bytes = b"", is_ready: bool = True) -> list[str]:
    """Boots the image with these ACPI tables, if any. `look_at(path, directory)` says what is wrong; when the
    image is ready, unless that is not to be waited for."""
    hermit_run, image = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="hermit-wx.") as directory:
        path = os.path.join(directory, "monitor")
        if tables:
            with open(os.path.join(directory, "tables"), "wb") as file:
                file.write(tables)
            machine += ("--qemu=-device", f"--qemu=loader,file={file.name},addr={ROOT:#x},force-raw=on")
        process = subprocess.Popen(
            [hermit_run, "-c", str(CORES), *machine, "--timeout", "60",
             "--qemu=-qmp", f"--qemu=unix:{path},server=on,wait=off", image],
            stdout=subprocess.PIPE)
        try:
            if is_ready and (line := process.stdout.readline()) != b"ready\n":
                return [f"the image did not say that it is ready but {line!r}"]
            return look_at(path, directory)
        finally:
            process.terminate()
            process.wait(30)


def main() -> int:
    found = [*boot_and_examine(SMALL, examine),
             *boot_and_examine(LARGE, lambda *where: examine(*where, is_large=True)),
             *boot_and_examine(LATE, lambda *where: examine(*where, started=1)),
             *boot_and_examine(STARTING, examine_start, NEVER_COMPLETE, is_ready=False)]
    print("\n".join(found) or "no frame is both writable and executable")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
