"""The parts of hermit-bench that need no machine, and the guard of the kept counts with one."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest
from unittest import mock

from support import HermitRunTest, TOOLS, TOP

from hermit_bench import (boot, cpio, faults, growth, identity, image_size, kept, linux_side, machine, measure, native, publish, references,
                          report, rows, store, suite, summary, tables)
from hermit_bench.errors import BenchError
from hermit_bench.suite import Benchmark, Setup
from hermit_bench.summary import Row, Series


class Rows(unittest.TestCase):
    def test_reads_rows_and_comments(self):
        output = rows.parse("# about\ngetpid                  3.00 ticks\na, b  c   -1.5 MiB/s\n# skipped: x: one core: only\n"
                            "# quantum 0 17 1000\n\n")
        self.assertEqual(output.rows, {"getpid": (3.0, "ticks"), "a, b  c": (-1.5, "MiB/s")})
        self.assertEqual(output.skipped, {"x": "one core: only"})
        self.assertEqual(output.trace, [(0, 17, 1000)])

    def test_refuses_what_is_no_row(self):
        for text in ("getpid 3.00 ticks\n", "getpid     three ticks\n", "a  1.00 s\na  2.00 s\n", "torn        1.0"):
            with self.assertRaises(rows.BadOutput):
                rows.parse(text)

    def test_a_failed_run_has_no_rows(self):
        good = "a        1.00 s\n"
        self.assertIn("rows", measure.record(linux_side.JobResult(0, good, "")))
        self.assertIn("status 1: wrong", measure.record(linux_side.JobResult(1, good, "wrong"))["failed"])
        self.assertIn("failed", measure.record(linux_side.JobResult(None, "", "")))
        self.assertIn("failed", measure.record(linux_side.JobResult(0, "nonsense", "")))


class LinuxSide(unittest.TestCase):
    def test_archive_is_what_cpio_reads(self):
        data = cpio.archive([cpio.Entry("bin"), cpio.Entry("bin/x", b"12345", 0o700)])
        self.assertEqual(len(data) % 4, 0)
        found, at = {}, 0
        while True:
            self.assertEqual(data[at:at + 6], b"070701")
            fields = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
            name = data[at + 110:at + 110 + fields[11] - 1].decode()
            start = at + 110 + fields[11] + 3 & ~3
            if name == "TRAILER!!!":
                break
            found[name] = (fields[1], data[start:start + fields[6]])
            at = start + fields[6] + 3 & ~3
        self.assertEqual(found, {"bin": (0o040755, b""), "bin/x": (0o100700, b"12345")})

    def test_results_are_told_apart(self):
        run = machine.Run("LINUX first 7\n\nLINUX output of a\nrow of a\n\nLINUX output of b\n",
                          "\nLINUX output of a\n\nLINUX output of b\nwhat went wrong\n",
                          "LINUX fact clock_source tsc\nLINUX begin a\nLINUX end a 0\n"
                          "LINUX begin b\nLINUX end b 1\nLINUX begin c\n",
                          "", 1.0, 0.5, False)
        benchmarks = [Benchmark(name, name, "", {}) for name in "abc"]
        results, facts = linux_side.read_results(run, benchmarks)
        self.assertEqual((results["a"].status, results["a"].stdout), (0, "row of a\n"))
        self.assertEqual((results["b"].status, results["b"].stderr), (1, "what went wrong\n"))
        self.assertIsNone(results["c"].status)
        self.assertEqual(facts, {"clock_source": "tsc"})


class Machine(HermitRunTest):
    """A run with a QEMU that is a script."""

    def run_machine(self, body: str, timeout: float = 60) -> machine.Run:
        pid = os.path.join(self.directory, "pid")
        with mock.patch.dict(os.environ, {"HERMIT_QEMU": self.fake_qemu(f"open({pid!r}, 'w').write(str(os.getpid()))\n"
                                                                        + textwrap.dedent(body))}):
            try:
                return machine.run(machine.machine_options("image", 2, 1 << 30, False), b"words", timeout)
            finally:
                with open(pid, encoding="utf-8") as file:
                    self.assertFalse(os.path.exists(f"/proc/{file.read()}"), "QEMU is still there")

    def test_channels_and_times(self):
        run = self.run_machine("""\
            assert option("-smp") == "2" and option("-append") == "words"
            time.sleep(0.3)
            send("stdout", "a line\\n")
            send("stderr", "an error")
            send("control", "HERMIT end")
            time.sleep(0.3)
            """)
        self.assertEqual((run.stdout, run.stderr, run.control, run.timed_out), ("a line\n", "an error", "HERMIT end", False))
        self.assertGreaterEqual(run.first_byte, 0.3)
        self.assertGreaterEqual(run.seconds, run.first_byte + 0.3)

    def test_the_time_is_limited(self):
        run = self.run_machine("send('stdout', 'so far')\ntime.sleep(100)", 0.5)
        self.assertEqual((run.stdout, run.timed_out), ("so far", True))

    def test_an_interrupt_leaves_nothing_behind(self):
        with self.assertRaises(KeyboardInterrupt):
            self.run_machine("os.kill(os.getppid(), signal.SIGINT)\ntime.sleep(100)")


class Suite(unittest.TestCase):
    def test_the_suite_of_the_project_loads(self):
        loaded = suite.load(os.path.join(TOP, "benchmarks", "suite.json"))
        known = {benchmark.name for benchmark in loaded.benchmarks}
        for headline in references.load(os.path.join(TOP, "benchmarks", "references.json")).headlines:
            self.assertIn(headline["benchmark"], known | {"boot"})
            self.assertIn(headline["mode"], suite.MODES)

    def test_growth_tables_name_what_is_measured(self):
        loaded = suite.load(os.path.join(TOP, "benchmarks", "suite.json"))
        setups = {(mode, benchmark.name): setup for benchmark in loaded.benchmarks for mode, setup in benchmark.setups.items()}
        for table in references.load(os.path.join(TOP, "benchmarks", "references.json")).growth:
            for where in ({"mode": "instructions", **column, **line} for column in table.columns for line in table.lines):
                if where["mode"] in suite.MODES:
                    setup = setups[where["mode"], where["benchmark"]]
                    self.assertTrue(setup.with_linux or where.get("system") != "linux", where)

    def test_flags_are_those_of_the_build(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump([{"command": "/b/gcc -O3 -O2 -g -fopenmp -o benchmarks/CMakeFiles/p.dir/p.c.o -c /s/benchmarks/p.c"},
                       {"command": "/b/gcc -O3 -o apps/CMakeFiles/q.dir/q.c.o -c /s/apps/q.c"}], file)
            file.flush()
            found = suite.recipes(file.name, "benchmarks")
        self.assertEqual(found, {"p": suite.Recipe(["/s/benchmarks/p.c"], ["-O3", "-O2", "-g", "-fopenmp"])})


class Interruption(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "bench", "runs.json")

    def begin(self, identity=1, fresh=False):
        made = store.Store(self.path)
        return made, made.begin({"id": identity}, lambda name: name.startswith("time/"), fresh)

    def interrupted(self):
        made, _ = self.begin()
        made.put("time/1/linux/a", {"rows": {}})
        made.put("time/2/linux/a", {"failed": "why"})
        made.put("instructions/1/linux/a", {"rows": {}})
        return made

    def test_goes_on_and_tries_again_what_failed(self):
        self.interrupted()
        made, said = self.begin()
        self.assertIn("going on", said)
        self.assertEqual(set(made.runs), {"time/1/linux/a", "instructions/1/linux/a"})

    def test_starts_anew_after_the_end_and_when_told(self):
        self.interrupted().end()
        for fresh in (False, True):
            made, said = self.begin(fresh=fresh)
            self.assertIn("anew", said)
            self.assertEqual(set(made.runs), {"instructions/1/linux/a"})

    def test_another_build_keeps_nothing(self):
        self.interrupted()
        made, said = self.begin(identity=2)
        self.assertIn("has changed", said)
        self.assertEqual(made.runs, {})

    def test_one_at_a_time(self):
        first, second = store.Store(self.path), store.Store(self.path)
        first.lock()
        with self.assertRaisesRegex(BenchError, "another measurement"):
            second.lock()

    def test_a_damaged_file_is_no_obstacle(self):
        self.interrupted()
        with open(self.path, "w", encoding="utf-8") as file:
            file.write('{"identity": ')
        self.assertEqual(self.begin()[0].runs, {})


class Identity(unittest.TestCase):
    @unittest.skipUnless(shutil.which("git"), "git is not installed")
    def test_what_the_command_writes_is_no_change(self):
        with tempfile.TemporaryDirectory() as folder:
            def git(*words: str) -> None:
                subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x", *words], cwd=folder, check=True,
                               capture_output=True)

            def write(name: str, text: str) -> None:
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)

            git("init")
            write("README.md", "a")
            write("source", "a")
            git("add", ".")
            git("commit", "-m", "x")
            write("README.md", "b")
            self.assertFalse(identity.changes(folder, publish.OUTPUTS))
            write("source", "b")
            self.assertTrue(identity.changes(folder, publish.OUTPUTS))


class Figures(unittest.TestCase):
    def row(self, linux, hermitage, unit="ticks", name="x"):
        return Row(name, unit, Series(linux), Series(hermitage))

    def test_ratio_of_medians_and_of_rates(self):
        self.assertEqual(self.row([100, 300, 200], [40, 50, 60]).ratio, 0.25)
        self.assertEqual(self.row([100], [200], "MiB/s").ratio, 0.5)
        self.assertEqual(self.row([50], [100], "percent", "parallel efficiency").ratio, 0.5)
        self.assertIsNone(self.row([], [1]).ratio)
        self.assertIsNone(self.row([0], [1]).ratio)
        self.assertEqual(tables.gain(self.row([250], [0], "count")), "∞")

    def test_spread(self):
        self.assertAlmostEqual(Series([50, 90, 100, 120, 1000]).spread, 0.15)
        self.assertEqual(Series([5]).spread, 0)

    def test_counted_runs_that_disagree_are_named(self):
        benchmark = Benchmark("b", "b", "", {"instructions": Setup(1, 1 << 30)})
        runs = {store.key("instructions", number, "hermitage", "b"): {"rows": {"same": [1, "ticks"], "other": [number, "ticks"]},
                                                                     "skipped": {}} for number in (1, 2)}
        found = summary.tables(suite.Suite([benchmark], 2, 5, {}), runs)
        self.assertEqual(found["instructions", "b"].differing, ["other"])
        self.assertIn("1 of 2 rows do not agree: other of `b`", report.benchmarks(found, False))

    def test_targets(self):
        def headline(row, **limits):
            return references.Headline("t", "l", "time", "b", row, **limits)
        self.assertFalse(headline(self.row([9], [5.004]), at_most=5).missed())
        self.assertTrue(headline(self.row([9], [5.01]), at_most=5).missed())
        self.assertTrue(headline(self.row([100], [107]), ratio_at_most=1.05).missed())
        self.assertFalse(headline(self.row([100], [105]), ratio_at_most=1.05).missed())

    def test_numbers(self):
        for value, text in ((0, "0"), (3, "3"), (2.004, "2"), (49.02, "49"), (1356.98, "1,357"), (0.0412, "0.041"), (None, "")):
            self.assertEqual(tables.number(value), text)

    def test_growth_lays_rows_of_several_benchmarks_side_by_side(self):
        few, many = (Benchmark(name, "p", "", {"instructions": Setup(1, 1 << 30)}) for name in ("few", "many"))
        runs = {store.key("instructions", 1, system, name): {"rows": {"x": [value, "ticks"]}, "skipped": {}}
                for system, name, value in (("hermitage", "few", 3), ("hermitage", "many", 4), ("linux", "many", 1000))}
        found = summary.tables(suite.Suite([few, many], 2, 5, {}), runs)
        table = references.GrowthTable("T", "Text.", "count", [
            {"label": "few", "benchmark": "few"}, {"label": "many", "benchmark": "many"},
            {"label": "Linux", "benchmark": "many", "system": "linux"}], [{"label": "X", "row": "x"}, {"label": "Y", "row": "y"}])
        self.assertEqual(growth.texts([table], found), ["**T.** Text.\n\n| count | few | many | Linux |\n"
                                                        "| --- | ---: | ---: | ---: |\n| X | 3 | 4 | 1,000 |\n"])
        self.assertEqual(growth.texts([table], {}), [])

    def test_instructions_of_faults(self):
        self.assertEqual(faults.instructions("main;touch 7\nmain;touch;[page fault] 30\nmain;touch;[page fault];enter page 12\n"), 42)
        with self.assertRaises(BenchError):
            faults.instructions("main;[page fault] many\n")

    def test_native_rows(self):
        output = json.dumps({"benchmarks": [
            {"name": "find/10", "run_type": "iteration", "cpu_time": 5.5, "time_unit": "ns"},
            {"name": "map/level:2", "run_type": "iteration", "cpu_time": 2.0, "time_unit": "us"},
            {"name": "find_BigO", "run_type": "aggregate", "cpu_coefficient": 1.0, "big_o": "lgN"}]})
        self.assertEqual(native.parse(output), {"find, 10": (5.5, "ns"), "map, level 2": (2000.0, "ns")})
        for wrong in ("", "{}", '{"benchmarks": []}', '{"benchmarks": [{"name": "x"}]}'):
            with self.assertRaises(BenchError):
                native.parse(wrong)

    def test_the_section_of_the_readme(self):
        text = f"a\n{publish.BEGIN}\nold\n{publish.END}\nb\n"
        once = publish.with_section(text, "new")
        self.assertEqual(once, f"a\n{publish.BEGIN}\n\nnew\n\n{publish.END}\nb\n")
        self.assertEqual(publish.with_section(once, "new"), once)
        with self.assertRaises(BenchError):
            publish.with_section("no markers", "new")
        with open(os.path.join(TOP, "README.md"), encoding="utf-8") as file:
            publish.with_section(file.read(), "new")


class Size(unittest.TestCase):
    MAP = """\
Discarded input sections

Linker script and memory map

.text           0x0000000000200000     0x1000
 .text.a_long_name_of_a_function
                0x0000000000200000      0x800 /x/libhermit.a(mm__1_frames.cpp.o)
 .text          0x0000000000200800      0x400 /x/libhermit.a(libc-glue__2_files.cpp.o)
 .text          0x0000000000200c00      0x300 /y/libc.a(libc_a-printf.o)
 *fill*         0x0000000000200f00      0x100
.rodata         0x0000000000201000      0x100
 .rodata.str1.1
                0x0000000000201000       0xc0 /tmp/x.o
                                        0x100 (size before relaxing)
 .rodata.str1.1
                0x00000000002010c0      0x140 /y/libc.a(libc_a-printf.o)
.bss            0x0000000000202000     0x9000
 .bss           0x0000000000202000     0x9000 /tmp/x.o
"""

    def test_reads_the_map(self):
        sizes = image_size.read_map(self.MAP)
        self.assertEqual(sizes["kernel"], 0x800)
        self.assertEqual(sizes["POSIX layer"], 0x400)
        self.assertEqual(sizes["padding"], 0x100)
        self.assertEqual(sum(sizes.values()), 0x1100)  # merged strings count once, memory without content not at all

    def test_objects_of_the_archive(self):
        ninja = ("build a.o: C a.c\nbuild /b/lib/libhermit.a: LINKER mm/CMakeFiles/mm.dir/x.cpp.o "
                 "libc-glue/CMakeFiles/libc-glue.dir/y/z.cpp.o libc-glue/allocator.o | other || order\n")
        self.assertEqual([module for module, _ in image_size.archive_objects(ninja)], ["mm", "libc-glue", "allocator"])
        with self.assertRaises(BenchError):
            image_size.archive_objects("build a.o: C a.c\n")

    def test_least_memory(self):
        for border in (2, 3, 17, 63, 64):
            self.assertEqual(boot.least(lambda size: size >= border, 1, 64, 1), border)
        with self.assertRaises(BenchError):
            boot.least(lambda size: False, 1 << 20, 64 << 20, 1 << 20)


class KeptCounts(unittest.TestCase):
    def compare(self, old, new):
        return kept.compare(kept.Kept("p", 1, [], {}, {"row": old}), {"row": new})

    def test_limits(self):
        for old, new, grown, shrunk in ((1000, 1050, 0, 0), (1000, 1051, 1, 0), (1000, 949, 0, 1), (3, 4, 0, 0), (3, 4.5, 1, 0),
                                        (0, 1, 0, 0), (0, 2, 1, 0), (3, 1, 0, 1)):
            found = self.compare(old, new)
            self.assertEqual((len(found[0]), len(found[1])), (grown, shrunk), (old, new))

    def check(self, factor):
        """The guard itself, on an image, with a file that has `factor` of the count the project keeps."""
        path = os.path.join(TOP, "benchmarks", "kept_counts.json")
        entries = [entry for entry in kept.load(path) if entry.program == "first_line"]
        for entry in entries:
            entry.rows = {name: value * factor for name, value in entry.rows.items()}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            kept.save(file.name, entries)
            return subprocess.run([sys.executable, "-B", os.path.join(TOOLS, "hermit-bench"), "--check-kept", file.name],
                                  capture_output=True, text=True, timeout=100)

    def test_fails_when_a_count_has_grown(self):
        run = self.check(0.8)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertRegex(run.stdout, r"GROWN +first_line: ticks to the first line: [0-9.]+ -> [0-9.]+ instructions")
        self.assertIn("--keep", run.stdout)

    def test_says_when_a_count_has_shrunk(self):
        run = self.check(1.5)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("shrunk", run.stdout)


if __name__ == "__main__":
    unittest.main()
