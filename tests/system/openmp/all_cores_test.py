"""All four virtual processors execute an OpenMP program, by QEMU's account and the host's: QMP names
the thread behind each processor, /proc tells how much processor time each has used."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import unittest

import images


def processor_seconds(process: int, thread: int) -> float:
    text = pathlib.Path(f"/proc/{process}/task/{thread}/stat").read_text()
    fields = text[text.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Monitor:
    """A QMP connection."""

    def __init__(self, path: str):
        end = time.monotonic() + 30
        self._socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self._socket.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self._file = self._socket.makefile("rw")
        json.loads(self._file.readline())
        self.ask("qmp_capabilities")

    def ask(self, command: str):
        self._file.write(json.dumps({"execute": command}) + "\n")
        self._file.flush()
        while True:
            answer = json.loads(self._file.readline())
            if "return" in answer:
                return answer["return"]

    def process(self) -> int:
        """The process at the other end."""
        credentials = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        return int.from_bytes(credentials[:4], "little")

    def close(self):
        self._file.close()
        self._socket.close()


class AllCores(unittest.TestCase):
    def test_every_processor_works(self):
        with tempfile.TemporaryDirectory() as directory:
            path = f"{directory}/monitor"
            options = ("-c", "4", "--qemu", "-qmp", "--qemu", f"unix:{path},server=on,wait=off")
            machine = subprocess.Popen(images.command("system_spin_all", "6", options=options),
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            try:
                monitor = Monitor(path)
                processors = monitor.ask("query-cpus-fast")
                process = monitor.process()
                self.assertEqual(len({each["thread-id"] for each in processors}), 4)
                time.sleep(1)
                threads = [each["thread-id"] for each in processors]
                before = [processor_seconds(process, thread) for thread in threads]
                time.sleep(4)
                used = [processor_seconds(process, thread) - start
                        for thread, start in zip(threads, before)]
                monitor.close()
                output = machine.communicate(timeout=60)[0]
            finally:
                machine.kill()
                machine.wait()
        self.assertEqual(machine.returncode, 0)
        self.assertIn(b"threads 4,", output)
        # Four threads share what the host has; each must have got a good part of its share.
        share = sum(used) / 4
        self.assertGreater(share, 0.1, used)
        for each in used:
            self.assertGreater(each, share / 4, used)


if __name__ == "__main__":
    images.main()
