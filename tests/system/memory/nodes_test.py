"""On a machine of two nodes, what a core uses lies on the core's own node, as QEMU's monitor shows."""

import os
import subprocess
import sys
import tempfile
import unittest

import images

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "wx"))
from machine_state import Machine  # noqa: E402 (the path has to be set first)

MIB = 1 << 20
NODE_BYTES = 128 * MIB
CORES = 4
TOUCHED = 8 * MIB
STACK = 64 * 1024
DIRECT_MAP = 0xFFFF_8000_0000_0000  # where the kernel reaches all physical memory


def options(monitor: str) -> tuple[str, ...]:
    words = []
    for node, cores in ((0, "0-1"), (1, "2-3")):
        words += ["-object", f"memory-backend-ram,id=m{node},size={NODE_BYTES >> 20}M",
                  "-numa", f"node,nodeid={node},memdev=m{node},cpus={cores}"]
    words += ["-qmp", f"unix:{monitor},server=on,wait=off"]
    return ("-c", str(CORES), "-m", f"{2 * NODE_BYTES >> 20}M", *(f"--qemu={word}" for word in words))


class Nodes(unittest.TestCase):
    def test_memory_stack_and_storage_are_near(self):
        with tempfile.TemporaryDirectory(prefix="hermit-nodes.") as directory:
            path = os.path.join(directory, "monitor")
            process = subprocess.Popen(images.command("system_nodes", options=options(path)),
                                       stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
            try:
                places = {}
                for line in process.stdout:
                    if line == b"ready\n":
                        break
                    core, *addresses = line.split()
                    places[int(core)] = [int(address, 16) for address in addresses]
                self.assertEqual(sorted(places), list(range(CORES)))
                machine = Machine(path)
                machine.stop()
                translations = machine.translations()
                machine.quit()
            finally:
                process.terminate()
                process.wait(30)
                process.stdout.close()
        for core, (memory, stack, storage, heap) in places.items():
            for what, start, end in (("memory", memory, memory + TOUCHED),
                                     ("stack", stack + 4096, stack + STACK),
                                     ("storage", storage & -4096, storage + 1)):
                # The boot core's storage is part of the image.
                if what != "storage" or core != 0:
                    with self.subTest(core=core, what=what):
                        nodes = {physical // NODE_BYTES for address, physical in translations
                                 if start <= address < end}
                        self.assertEqual(nodes, {core // (CORES // 2)})
            with self.subTest(core=core, what="kernel heap"):
                self.assertEqual((heap - DIRECT_MAP) // NODE_BYTES, core // (CORES // 2))


if __name__ == "__main__":
    images.main()
