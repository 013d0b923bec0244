"""Plots of the results, drawn by gnuplot as SVG. Background transparent, text in a grey and lines in
colours that can be read on a white page as well as on a black one."""

from dataclasses import dataclass
import os
import subprocess

from . import boot
from .errors import BenchError
from .references import Headline
from .summary import Row, Table

_GREY, _LINUX, _HERMITAGE = "#798089", "#e07b39", "#2f81f7"

_STYLE = f"""\
set border 3 lc rgb "{_GREY}"
set tics nomirror textcolor rgb "{_GREY}"
set title textcolor rgb "{_GREY}" font ",16"
set xlabel textcolor rgb "{_GREY}"
set ylabel textcolor rgb "{_GREY}"
set key textcolor rgb "{_GREY}" tmargin center horizontal samplen 1
set grid lc rgb "{_GREY}" lw 0.3 dt 3
"""


@dataclass
class Plot:
    file: str
    title: str
    size: tuple[int, int]
    script: str


def _block(name: str, lines: list[str]) -> str:
    return f"${name} << END\n" + "\n".join(lines) + "\nEND\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _pairs(file: str, title: str, unit: str, pairs: list[tuple[str, Row]]) -> Plot:
    """A line for each row: Linux's figure and Hermitage's on one logarithmic axis."""
    marks, labels = [], []
    for place, (label, row) in enumerate(pairs):
        y = len(pairs) - place
        # What is nothing at all stands at the left edge.
        values = [max(value, 1.0) for value in (row.linux.median, row.hermitage.median)]
        marks.append(f"{values[0]} {values[1]} {y}")
        labels.append(f"{_quoted(label)} {y}")
    script = _block("marks", marks) + f"""
set logscale x
set xtics ("≤ 1" 1, "10" 10, "100" 100, "1,000" 1e3, "10,000" 1e4, "100,000" 1e5, \\
           "1 million" 1e6, "10 million" 1e7, "100 million" 1e8)
set xrange [0.8:*]
set lmargin {max(len(label) for label, _ in pairs) * 0.85 + 2}
set yrange [0.4:{len(pairs)}.6]
set ytics ({', '.join(labels)}) scale 0
set xlabel {_quoted(unit)}
plot $marks using ($1 < $2 ? $1 : $2):3:(abs($1 - $2)):(0) with vectors nohead lc rgb "{_GREY}" notitle, \\
     $marks using 1:3 with points pt 7 ps 0.9 lc rgb "{_LINUX}" title "Linux", \\
     $marks using 2:3 with points pt 7 ps 0.9 lc rgb "{_HERMITAGE}" title "Hermitage"
"""
    return Plot(file, title, (820, 130 + 24 * len(pairs)), script)


def _costs(headlines: list[Headline]) -> Plot | None:
    chosen = [(headline.label, headline.row) for headline in headlines
              if headline.mode == "instructions" and headline.row.unit == "ticks" and headline.topic != "noise"
              and headline.row.linux.values and headline.row.hermitage.values]
    return _pairs("costs.svg", "What operations cost", "instructions", chosen) if chosen else None


def _openmp(found: dict[tuple[str, str], Table]) -> Plot | None:
    chosen = []
    for name, how in (("openmp_active", "spinning"), ("openmp_passive", "asleep")):
        table = found.get(("time", name))
        if table:
            chosen += [(f"{row.name.removeprefix('OpenMP ').rpartition(', ')[0]}, {how}", row)
                       for row in table.rows.values() if row.linux.values and row.hermitage.values]
    return _pairs("openmp.svg", "Overhead of OpenMP, two threads", "ticks", chosen) if chosen else None


def _noise(traces: dict[str, list]) -> Plot | None:
    """What was stolen from each quantum. Nothing at all stands on a line of its own below the scale."""
    if not all(traces.get(system) for system in ("linux", "hermitage")):
        return None
    blocks = ""
    for system, trace in traces.items():
        shortest = min(ticks for _, _, ticks in trace)
        # Of the many at nothing a tenth is enough to fill the line.
        blocks += _block(system, [f"{start / 1e9} {ticks - shortest}" for place, (_, start, ticks) in enumerate(trace)
                                  if ticks > shortest or place % 10 == 0])
    script = blocks + f"""
set logscale y
set yrange [0.4:*]
set ytics ("0" 0.6, "10" 10, "100" 100, "1,000" 1000, "10,000" 10000, "100,000" 100000, "1,000,000" 1000000)
set xlabel "seconds of the machine"
set ylabel "instructions stolen from each million"
plot $linux using 1:($2 < 1 ? 0.6 : $2) with points pt 7 ps 0.4 lc rgb "{_LINUX}" title "Linux", \\
     $hermitage using 1:($2 < 1 ? 0.6 : $2) with points pt 7 ps 0.4 lc rgb "{_HERMITAGE}" title "Hermitage"
"""
    return Plot("noise.svg", "Fixed work quanta: what the system takes from a program", (820, 380), script)


def _boot(found: dict[tuple[str, str], Table]) -> Plot | None:
    table = found.get(("time", "boot"))
    if not table:
        return None
    blocks, cores = {"linux": [], "hermitage": []}, []
    for row in table.rows.values():
        if not row.name.startswith(boot.TIME_ROW):
            continue
        count = int(row.name.removeprefix(boot.TIME_ROW).split()[0])
        cores.append(str(count))
        for system, lines in blocks.items():
            series = getattr(row, system)
            if series.values:
                lines.append(f"{count} {series.median} {min(series.values)} {max(series.values)}")
    script = "".join(_block(system, lines) for system, lines in blocks.items()) + f"""
set logscale xy
set xrange [0.8:{int(cores[-1]) * 1.25}]
set yrange [0.01:*]
set xtics ({', '.join(cores)})
set ytics ("10 ms" 0.01, "0.1 s" 0.1, "1 s" 1, "10 s" 10, "100 s" 100)
set xlabel "cores"
plot $linux with yerrorlines pt 7 ps 0.6 lw 1.5 lc rgb "{_LINUX}" title "Linux", \\
     $hermitage with yerrorlines pt 7 ps 0.6 lw 1.5 lc rgb "{_HERMITAGE}" title "Hermitage"
"""
    return Plot("boot.svg", "From the start of QEMU to the first line", (820, 380), script)


def _size(found: dict[tuple[str, str], Table]) -> Plot | None:
    table = found.get(("instructions", "boot"))
    parts = [row for row in table.rows.values() if row.name.startswith("of which ")] if table else []
    if not parts:
        return None
    lines, labels = [], []
    for place, row in enumerate(parts):
        y = len(parts) - place
        lines.append(f"{row.hermitage.median} {y}")
        labels.append(f"{_quoted(row.name.removeprefix('of which '))} {y}")
    script = _block("parts", lines) + f"""
unset key
set xrange [0:*]
set yrange [0.4:{len(parts)}.6]
set ytics ({', '.join(labels)}) scale 0
set xlabel "KiB"
set style fill solid
plot $parts using (0):2:(0):1:($2 - 0.35):($2 + 0.35) with boxxyerror lc rgb "{_HERMITAGE}", \\
     $parts using 1:2:(sprintf("%.1f", $1)) with labels left offset 0.5,0 textcolor rgb "{_GREY}"
"""
    return Plot("size.svg", "What a stripped hello consists of", (820, 110 + 26 * len(parts)), script)


def draw(folder: str, found: dict[tuple[str, str], Table], headlines: list[Headline],
         traces: dict[str, list]) -> list[Plot]:
    """Draws what there are figures for."""
    plots = [plot for plot in (_costs(headlines), _noise(traces), _openmp(found), _boot(found), _size(found)) if plot]
    for plot in plots:
        # Arial stands in gnuplot's measure for any sans serif of the reader's.
        script = (f"set terminal svg size {plot.size[0]},{plot.size[1]} font 'Arial,13' dynamic noenhanced\n"
                  f"set output {_quoted(os.path.join(folder, plot.file))}\n{_STYLE}set title {_quoted(plot.title)}\n"
                  + plot.script)
        try:
            run = subprocess.run(["gnuplot", "-"], input=script, capture_output=True, text=True)
        except FileNotFoundError:
            raise BenchError("gnuplot is not installed: ./hermit setup bench") from None
        if run.returncode != 0:
            raise BenchError(f"gnuplot cannot draw {plot.file}:\n{run.stderr}")
    return plots
