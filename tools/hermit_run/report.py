"""The report of a run: what the kernel has counted, as a tree for JSON and as a table to read.

docs/report.md says what each figure means and where it is counted.
"""

import json

_EXCEPTION_NAMES = {2: "NMI", 8: "double fault", 13: "general protection", 14: "page fault", 18: "machine check"}
_INTERRUPT_NAMES = {0xE0: "timer", 0xE1: "wake-up IPI", 0xE2: "TLB-flush IPI", 0xE3: "stop IPI", 0xFF: "spurious"}


def vector_name(vector: int) -> str:
    """What raises a vector, in words."""
    if vector < 0x20:
        return _EXCEPTION_NAMES.get(vector, f"exception {vector}")
    if vector < 0x30:
        return f"stray 8259 line {vector - 0x20}"
    return _INTERRUPT_NAMES.get(vector, f"device vector {vector:#x}")


def tree(figures: list[tuple[str, str]]) -> dict:
    """Nested dictionaries from (path with dots, value); `cores` becomes a list. Numbers become integers."""
    root: dict = {}
    for path, text in figures:
        *parents, name = path.split(".")
        node = root
        for parent in parents:
            node = node.setdefault(parent, {})
            if not isinstance(node, dict):
                raise ValueError(f"{path}: {parent} is a figure already")
        node[name] = int(text) if text.lstrip("-").isdigit() and name != "build_id" else text
    cores = root.get("cores", {})
    root["cores"] = [cores[number] for number in sorted(cores, key=int)]
    return root


def as_json(figures: list[tuple[str, str]], program: str, status: int) -> str:
    """The whole report as a JSON text, with what only the launcher knows."""
    return json.dumps({"program": program, "status": status, **tree(figures)}, indent=2) + "\n"


def _time(ticks: int, khz: int) -> str:
    """A duration with three digits or more."""
    nanoseconds = ticks * 1_000_000 / khz
    for limit, divisor, unit in ((1e3, 1, "ns"), (1e6, 1e3, "us"), (1e9, 1e6, "ms")):
        if nanoseconds < limit:
            return f"{nanoseconds / divisor:.4g} {unit}" if divisor > 1 else f"{nanoseconds:.0f} {unit}"
    return f"{nanoseconds / 1e9:.3f} s"


def _size(count: int) -> str:
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if count >= 1 << shift:
            return f"{count / (1 << shift):.4g} {unit}"
    return f"{count} B"


_MEMORY = (("frames in use", "used", "used_peak"),
           ("application, charged", "application_charged", "application_charged_peak"),
           ("application, touched", "application_touched", "application_touched_peak"),
           ("kernel heap", "kernel_heap", "kernel_heap_peak"))
_TICKS = (("threads", "threads"), ("halted", "halted"), ("polling, idle", "polling"),
          ("scheduler, idle", "scheduler"),
          ("page faults", "page_faults"), ("timer", "timer"), ("wake-up IPIs", "wake_up"),
          ("TLB-flush IPIs", "tlb_flush"), ("other interrupts", "other_interrupts"))
_FAULTS = (("first touch, 4 KiB", "demand_4k"), ("first touch, 2 MiB", "demand_2m"),
           ("page was there", "already_there"), ("page was being entered", "waited"),
           ("cleared for nothing", "lost"), ("nested function called", "nested_function"), ("fatal", "fatal"))
_IPIS = (("wake-up", "wake_up"), ("TLB flush", "tlb_flush"), ("stop", "stop"), ("NMI", "nmi"),
         ("INIT", "init"), ("start-up", "startup"))
_TIMER = (("deadline", "deadline"), ("end of a time slice", "slice"), ("nothing any more", "nothing"))


class _Table:
    """Rows with one column per core; rows of nothing but zeros are left out."""

    def __init__(self, cores: list[dict]):
        self._cores = cores
        self._lines: list[str] = []

    def heading(self, title: str) -> None:
        self._lines.append(title)

    def line(self, name: str, value: str) -> None:
        self._lines.append(f"  {name:<26} {value}")

    def row(self, name: str, of_core, show=str) -> bool:
        values = [of_core(core) for core in self._cores]
        if any(values):
            self._lines.append(f"  {name:<26}" + "".join(f" {show(value):>10}" for value in values))
        return any(values)

    def rows(self, title: str, names, group: str, show=str) -> None:
        """A heading and its rows, or that there is nothing."""
        at = len(self._lines)
        for name, key in names:
            self.row(name, lambda core: core.get(group, {}).get(key, 0), show)
        self._lines.insert(at, title if len(self._lines) > at else f"{title}: none")

    def text(self) -> list[str]:
        return self._lines


def _stack_rows(table: _Table, cores: list[dict]) -> None:
    sizes: dict[str, set[int]] = {}
    for core in cores:
        for name, stack in core.get("stacks", {}).items():
            sizes.setdefault(name, set()).add(stack["bytes"])
    table.heading("deepest use of kernel stacks (bytes)")
    for name, of in sizes.items():
        table.row(f"{name.replace('_', ' ')}, of {' or '.join(map(_size, sorted(of)))}",
                  lambda core: core.get("stacks", {}).get(name, {}).get("used", 0))


def render(figures: list[tuple[str, str]], program: str) -> list[str]:
    """The report as lines to read."""
    report = tree(figures)
    khz = report.get("tsc_khz") or 1_000_000
    cores = report["cores"]
    table = _Table(cores)
    table.heading(f"report of {program}, build {report.get('build_id', 'unknown')}")
    table.heading("phases")
    for name, ticks in report.get("phases", {}).items():
        table.line(name, f"{_time(ticks, khz):>10}")
    if memory := report.get("memory"):
        table.heading(f"memory, at the end and at most, of {_size(memory['total'])}")
        for name, now, peak in _MEMORY:
            if now in memory:
                table.line(name, f"{_size(memory[now]):>10} {_size(memory[peak]):>10}")
    table.heading(f"{'':28}" + "".join(f" {f'core {number}':>10}" for number in range(len(cores))))
    vectors = sorted({int(vector) for core in cores for vector in core.get("interrupts", {})})
    table.rows("interrupts and exceptions", [(vector_name(vector), str(vector)) for vector in vectors], "interrupts")
    table.rows("page faults, by what came of them", _FAULTS, "faults")
    if any("backed_ahead" in core for core in cores):
        table.rows("pages entered without a fault", (("4 KiB", "4k"), ("2 MiB", "2m")), "backed_ahead")
    table.rows("timer interrupts, for", _TIMER, "timer")
    table.rows("IPIs sent", _IPIS, "ipis")
    table.rows("task switches", (("voluntary", "voluntary"), ("preemptive", "preemptive")), "switches")
    if report.get("smi_counted"):
        table.row("system-management int.", lambda core: core.get("smi", 0))
    table.rows("time", (("all", "total"), *_TICKS), "ticks", lambda ticks: _time(ticks, khz))
    table.row("halts (count)", lambda core: core.get("halts", 0))
    table.row("polls (count)", lambda core: core.get("polls", 0))
    _stack_rows(table, cores)
    if not report.get("smi_counted"):
        table.heading("system-management interrupts: not counted by this processor")
    if missing := report.get("not_implemented"):
        table.heading("calls that are not implemented: " + " ".join(missing))
    if report.get("cores_not_stopped"):
        table.heading(f"{report['cores_not_stopped']} cores did not stop: their figures may be incomplete")
    return table.text()
