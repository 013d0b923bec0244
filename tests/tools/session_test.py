"""A run from start to end against a QEMU that is a script: output, exit status, crash, time-out, signals."""

import os
import signal
import sys
import time
import unittest

from support import HERMIT_RUN, HermitRunTest

DONE = "send('control', 'HERMIT exit 0\\nHERMIT end\\n'); sys.exit(3)"


def process_exists(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Output(HermitRunTest):
    def test_streams_are_separate_and_nothing_is_added(self):
        got = self.run_it("image", qemu=f"send('stdout', 'out\\n'); send('stderr', 'err\\n'); send('log', 'log\\n'); {DONE}")
        self.assertEqual(got, (0, "out\n", "err\n"))

    def test_verbose_shows_the_log_on_stderr(self):
        got = self.run_it("--verbose", "image", qemu=f"send('log', 'log\\n'); {DONE}")
        self.assertEqual(got, (0, "", "log\n"))

    def test_output_of_qemu_is_shown_to_those_who_pass_it_options(self):
        body = f"print('trace', file=sys.stderr, flush=True); {DONE}"
        self.assertEqual(self.run_it("image", qemu=body), (0, "", ""))
        self.assertEqual(self.run_it("--qemu", "-d", "image", qemu=body), (0, "", "trace\n"))

    def test_order_is_kept_when_both_go_to_one_place(self):
        process = self.start("image", stderr=-2, qemu=f"""
            for i in range(500):
                send('stdout', f'o{{i}} '); send('stderr', f'e{{i}} ')
            {DONE}""")
        expected = "".join(f"o{i} e{i} " for i in range(500))
        self.assertEqual(process.communicate(timeout=60)[0].decode(), expected)

    def test_a_slow_reader_loses_nothing(self):
        process = self.start("image", qemu=f"""
            for i in range(400000):
                send('stdout', b'%07d\\n' % i)
            {DONE}""")
        time.sleep(1)
        self.assertEqual(process.communicate(timeout=60)[0], b"".join(b"%07d\n" % i for i in range(400000)))
        self.assertEqual(process.returncode, 0)

    def test_nobody_reads(self):
        process = self.start("image", qemu="\nwhile True: send('stdout', b'x' * 4096)")
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=30), -signal.SIGPIPE)
        process.stderr.close()

    def test_no_space_for_the_output(self):
        with open("/dev/full", "wb") as full:
            process = self.start("image", qemu=f"send('stdout', b'x')\n{DONE}", stdout=full)
            err = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 125)
        self.assertEqual(err, b"hermit-run: cannot pass the program's output on: No space left on device\n")

    def test_closed_standard_streams(self):
        status = os.system(f"cd {self.directory} && HERMIT_QEMU={self.fake_qemu(DONE)} "
                           f"{sys.executable} {HERMIT_RUN} image >&- 2>&- <&-")
        self.assertEqual(status, 0)

    def test_arguments_arrive(self):
        status, out, _ = self.run_it("-c", "3", "-m", "96M", "--env", "A=b", "image", "x y",
                                     env={"OMP_DYNAMIC": "1", "OMP_WAIT_POLICY": "active"},
                                     qemu=f"send('stdout', '|'.join([option('-append'), option('-smp'), option('-m')])); {DONE}")
        self.assertEqual(out, "channels=debugcon:0x500,0x501,0x502,0x504 log=warning env=OMP_DYNAMIC=1 "
                              "env=OMP_WAIT_POLICY=active env=A=b "
                              'argv0=image -- "x y"|3|98304K')
        self.assertEqual(status, 0)


class Status(HermitRunTest):
    def test_every_exit_status_is_passed_on(self):
        for status in (0, 1, 42, 124, 125, 255):
            got = self.run_it("image", qemu=f"send('control', 'HERMIT exit {status}\\nHERMIT end\\n'); sys.exit(3)")
            self.assertEqual(got, (status, "", ""))

    def test_record_in_pieces(self):
        got = self.run_it("image", qemu="""
            for part in ('HER', 'MIT ex', 'it 1', '7\\nHERMIT', ' end\\n'):
                send('control', part); time.sleep(0.02)""")
        self.assertEqual(got[0], 17)

    def test_machine_dies_without_a_report(self):
        for body in ("sys.exit(0)", "sys.exit(3)", "send('control', 'HERMIT ex'); sys.exit(0)"):
            status, _, err = self.run_it("image", qemu="send('log', 'panic: why\\n'); " + body)
            self.assertEqual(status, 134)
            self.assertRegex(err, "without reporting an exit status(.|\n)*panic: why")

    def test_qemu_is_killed(self):
        status, _, err = self.run_it("image", qemu="os.kill(os.getpid(), 9)")
        self.assertEqual(status, 125)
        self.assertIn("SIGKILL", err)

    def test_qemu_that_does_not_end_is_ended(self):
        start = time.monotonic()
        got = self.run_it("image", qemu="""
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            send('control', 'HERMIT exit 5\\nHERMIT end\\n'); time.sleep(60)""")
        self.assertEqual(got, (5, "", ""))
        self.assertLess(time.monotonic() - start, 20)

    def test_crash(self):
        status, _, err = self.run_it("image", qemu="""
            send('control', 'HERMIT crash thread 2: page fault at 0x0\\nHERMIT frame 0x200010\\n'
                 'HERMIT frame 0x200020 main+0x4\\nHERMIT end\\n'); sys.exit(3)""")
        self.assertEqual(status, 134)
        self.assertRegex(err, r"hermit-run: image: thread 2: page fault at 0x0\n +#0 +0x200010.*\n +#1 +0x200020")

    def test_crash_with_other_cores(self):
        _, _, err = self.run_it("image", qemu="""
            send('control', 'HERMIT crash first\\nHERMIT frame 0x10\\nHERMIT frame 0x20\\nHERMIT crash   rax 0\\n'
                 'HERMIT crash Meanwhile on core 1:\\nHERMIT frame 0x30\\nHERMIT crash Core 2 is idle\\nHERMIT end\\n')""")
        self.assertRegex(err, r"image: first\n +#0 +0x10.*\n +#1 +0x20.*\n  rax 0\nMeanwhile on core 1:\n +#0 +0x30.*\n"
                              r"Core 2 is idle\n")

    def test_a_crash_is_never_success(self):
        status, *_ = self.run_it("image", qemu="send('control', 'HERMIT crash x\\nHERMIT exit 0\\nHERMIT end\\n')")
        self.assertEqual(status, 134)


class Endings(HermitRunTest):
    HANG = """
        send('stdout', str(os.getpid()) + '\\n')
        signal.signal(signal.SIGTERM, signal.{term})
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True: time.sleep(60)"""

    def test_timeout(self):
        for term in ("SIG_DFL", "SIG_IGN"):
            status, out, err = self.run_it("--timeout", "0.5", "image", qemu=self.HANG.format(term=term))
            self.assertEqual(status, 124)
            self.assertRegex(err, "had not finished after 0.5 seconds")
            self.assertFalse(process_exists(int(out)))

    def test_timeout_while_nobody_reads(self):
        process = self.start("--timeout", "0.5", "image", qemu="\nwhile True: send('stdout', b'x' * 4096)")
        self.assertEqual(process.wait(timeout=30), 124)
        process.communicate()

    def test_signals_end_the_machine(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start("image", qemu=self.HANG.format(term="SIG_DFL"))
            machine = int(process.stdout.readline())
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=30), -number)
            self.assertFalse(process_exists(machine))
            process.communicate()

    def test_a_killed_launcher_leaves_no_machine(self):
        process = self.start("image", qemu=self.HANG.format(term="SIG_IGN"))
        machine = int(process.stdout.readline())
        process.kill()
        process.communicate()
        for _ in range(100):
            if not process_exists(machine):
                return
            time.sleep(0.05)
        os.kill(machine, signal.SIGKILL)
        self.fail("QEMU outlived hermit-run")


if __name__ == "__main__":
    unittest.main()
