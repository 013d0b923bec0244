"""What cannot go on ends with a message, the thread, a full backtrace and a status that is not 0."""

import re
import unittest

import images

CALLS = ("innermost", "middle", "outermost")


class CrashTest(unittest.TestCase):
    def crash(self, *arguments, options=("-m", "256M"), calls=CALLS, words=(), image="system_crash"):
        done = images.boot(image, *arguments, options=options)
        report = done.stderr.decode(errors="replace")
        self.assertEqual(done.stdout, b"before\n", report)
        self.assertEqual(done.returncode, 134, report)
        for word in (*calls, *words):
            self.assertIn(word, report)
        return report


class Crash(CrashTest):
    def test_null_dereference(self):
        report = self.crash("null", words=("main", "crash.c:"))
        self.assertRegex(report, r"(?i)page fault|null|not mapped")

    def test_in_a_second_thread(self):
        report = self.crash("null", "thread", options=("-m", "256M", "-c", "2"))
        self.assertRegex(report, r"(?i)thread|task")

    def test_division_by_zero(self):
        self.assertRegex(self.crash("divide", words=("main",)), r"(?i)divi")

    def test_stack_overflow(self):
        self.assertRegex(self.crash("overflow", calls=("recurse",)), r"(?i)stack")

    def test_stack_overflow_in_a_thread(self):
        self.assertRegex(self.crash("overflow", "thread", calls=("recurse",)), r"(?i)stack")

    def test_abort(self):
        self.crash("abort", words=("abort", "main"))

    def test_out_of_memory(self):
        report = self.crash("memory", calls=("exhaust_memory", *CALLS))
        self.assertRegex(report, r"(?i)memory")

    def test_executing_data(self):
        self.crash("execute", words=("main",))

    def test_writing_text(self):
        self.crash("write_text", words=("main",))

    def test_hang(self):
        done = images.boot("system_crash", "spin", options=("--timeout", "3"))
        self.assertEqual(done.returncode, 124)

    def test_registers(self):
        report = self.crash("null")
        fault = re.search(r"#0 +0x([0-9a-f]+) in innermost", report)
        rip = re.search(r"  rip ([0-9a-f]{16}) rflags", report)
        self.assertEqual(int(fault[1], 16), int(rip[1], 16))
        for name in ("rax", "rsp", "r8 ", "r15"):
            self.assertRegex(report, f"  (.* )?{name} [0-9a-f]{{16}}")

    def test_what_the_address_belongs_to(self):
        for arguments, words in ((("null",), "0x0 is a null pointer"),
                                 (("execute",), "lies in .*zeroed data|lies in the image's data"),
                                 (("write_text",), "lies in the image's code; in a page of [0-9]+ KiB \\(read execute\\)"),
                                 (("overflow", "thread"), "lies in the guard page below a stack, .*no access")):
            calls = ("recurse",) if arguments[0] == "overflow" else CALLS
            self.assertRegex(self.crash(*arguments, calls=calls), words)

    def test_recursion_is_told_once(self):
        report = self.crash("overflow", calls=("recurse",))
        self.assertRegex(report, r"#1 +0x[0-9a-f]+ in recurse.*\n +and 6[0-9] more of the same: recursion\n")


class KernelCrash(CrashTest):
    """In the kernel, or while a crash is reported."""

    def kernel_crash(self, how: str, calls=("touch_nothing", "main"), options=("-m", "256M")) -> str:
        return self.crash(how, options=options, calls=calls, image="system_kernel_crash")

    def test_in_an_interrupt_handler(self):
        # From the handler through the entry code to what was interrupted, and its callers.
        self.assertRegex(self.kernel_crash("handler"),
                         r"(?s)#0 .* touch_nothing.*#1 .* faulty_handler.* hermit_interrupt_dispatch.*"
                         r"#[34] .* interrupt_common.*#[45] .* interrupt_me.*#[56] .* main.*  rip ")

    def test_in_the_page_fault_handler(self):
        self.assertRegex(self.kernel_crash("regions"),
                         r"(?s)Page fault in the kernel's own handler: read of 0x600000000000, in thread 1.*"
                         r"its map was being changed.*::find.*on_page_fault.* interrupt_common.* touch_nothing.* main.*  rip ")

    def test_while_a_crash_is_reported(self):
        # Who was running cannot be said; all else is.
        self.assertRegex(self.kernel_crash("report", calls=("spoil_current_task", "main")),
                         r"(?s)kernel_crash: Exception 6 \(invalid opcode\), error code 0\n"
                         r"While this was reported: Page fault .*: read of 0x6[0-9a-f]+ at 0x[0-9a-f]+\n"
                         r"  #0 .* spoil_current_task.*#1 .* main.*  rip ")

    def test_without_a_stack(self):
        self.assertRegex(self.kernel_crash("stack", calls=("spoil_stack",)), r"write of 0x5ffffffffff8.*\n.*\n  #0 .*\n  rax")

    def test_double_fault(self):
        report = self.kernel_crash("double", calls=("touch_nothing", "spoil_page_fault_stack", "main"))
        self.assertRegex(report, r"Exception 8 \(double fault\).*\n  0x[56][0-9a-f]{11} lies where nothing is mapped")

    def test_two_cores_at_once(self):
        report = self.kernel_crash("together", calls=(), options=("-m", "256M", "-c", "3"))
        self.assertEqual(report.count("Page fault: write"), 1, report)
        # The second one has got into its own report, or was stopped on its way.
        self.assertRegex(report, r"(?s)crash_together.*Meanwhile in thread [0-9]+ on core [12]:\n.*crash_together.*thread_main")

    def test_impossible_address(self):
        self.assertIn("general protection fault", self.kernel_crash("address", calls=("use_no_address", "main")))

    def test_other_cores(self):
        report = self.kernel_crash("cores", options=("-m", "256M", "-c", "4"))
        self.assertRegex(report, r"in thread 1 \(main\) on core 0\n")
        for core in (1, 2):
            self.assertRegex(report, rf"Meanwhile in thread [0-9]+ on core {core}:\n  #0 .* spin.*\n  #1 .*thread_main")
        self.assertIn("Core 3 is idle\n", report)

    def test_a_core_that_does_not_answer(self):
        report = self.kernel_crash("deaf", options=("-m", "256M", "-c", "3"))
        self.assertIn("Core 1 does not answer\nCore 2 is idle\n", report)


if __name__ == "__main__":
    images.main()
