"""Reading what addr2line and QEMU's monitor print."""

import os
import unittest

from support import HermitRunTest
from hermit_run import backtrace, control, monitor

ADDR2LINE = """#!/bin/sh
test "$*" = "-a -f -i -C -e image 0x200010 0x200020 0x3000" || exit 1
printf '0x%016x\\n' 0x200010
printf 'inner(int*)\\n%s/src/a.cpp:2 (discriminator 3)\\nouter(int*)\\n/far/b.cpp:3\\n' "$PWD"
printf '0x%016x\\nmain\\n??:?\\n0x%016x\\n??\\n??:0\\n' 0x20001f 0x2fff
"""

REGISTERS = """
CPU#0
RAX=0000000000000000 RBX=0000000000000000 RCX=0000000000000000 RDX=0000000000000663
RIP=0000000000200123 RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0

CPU#1
EAX=00000000 EBX=00000000 ECX=00000000 EDX=00000663
EIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=1
"""


def frames(*addresses: int) -> list[control.Frame]:
    return [control.Frame(address) for address in addresses]


class Backtrace(HermitRunTest):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.directory)

    def test_functions_lines_and_inlining(self):
        tool = self.write("addr2line", ADDR2LINE, 0o755)
        self.assertEqual(backtrace.describe(frames(0x200010, 0x200020, 0x3000), "image", tool), [
            "  #0  0x200010 in inner(int*) at src/a.cpp:2",
            "      inlined into outer(int*) at /far/b.cpp:3",
            "  #1  0x200020 in main",
            "  #2  0x3000"])

    def test_several_backtraces_and_recursion(self):
        crash = ["first", *frames(0x10, 0x20, 0x20, 0x20, 0x30), "  rax 0", "second", *frames(0x20)]
        self.assertEqual(backtrace.describe(crash, "image", "/bin/false"), [
            "first", "  #0  0x10", "  #1  0x20", "      and 2 more of the same: recursion", "  #4  0x30",
            "  rax 0", "second", "  #0  0x20"])

    def test_addresses_alone_are_printed_if_nothing_is_known(self):
        for tool in ("/bin/false", "/bin/true", "/nowhere/addr2line"):
            self.assertEqual(backtrace.describe(frames(0x10, 0x20), "image", tool), ["  #0  0x10", "  #1  0x20"])
        lines = backtrace.describe(frames(0x10), "image", None)
        self.assertEqual(lines[0], "  #0  0x10")
        self.assertIn("toolchain on the PATH", lines[1])

    def test_the_kernels_word_where_nothing_is_known(self):
        named = [control.Frame(0x200010, "inner+0x8"), control.Frame(0x200020, "main+0x4"), control.Frame(0x3000, "")]
        self.assertEqual(backtrace.describe(named, "image", "/bin/false"), [
            "  #0  0x200010 in inner+0x8", "  #1  0x200020 in main+0x4", "  #2  0x3000"])
        tool = self.write("addr2line", ADDR2LINE, 0o755)
        self.assertIn("  #1  0x200020 in main", backtrace.describe(named, "image", tool))

    def test_the_tool_beside_the_launcher_comes_first(self):
        tool = self.write("x86_64-hermit-addr2line", "", 0o755)
        self.assertEqual(backtrace.find_tool(os.path.join(self.directory, "hermit-run")), tool)


class Monitor(unittest.TestCase):
    def test_registers(self):
        self.assertEqual(monitor.parse_registers(REGISTERS),
                         [monitor.Processor(0, 0x200123, False), monitor.Processor(1, 0xfff0, True)])
        self.assertEqual(monitor.parse_registers("nothing"), [])


if __name__ == "__main__":
    unittest.main()
