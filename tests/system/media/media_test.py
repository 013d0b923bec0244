"""Boots each kind of medium that hermit-image writes. Arguments: hermit-image, an image that prints its
arguments, and the names of the media to try."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TOOL, IMAGE = sys.argv[1:3]
ARGUMENTS = ["plain", "two words", "", "it's", '"', "\\", "line\nend", "$x", "ü"]
SHOWN = "[report]" + "".join(f"[{argument}]" for argument in ARGUMENTS) + "[a b]\ncores: 2\nreport complete\n"
FIRMWARE = "/usr/share/ovmf/OVMF.fd"
SECONDS = 150


def read(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        return file.read().replace("\r\n", "\n")


def is_running(process: int) -> bool:
    """Zombies, which wait for somebody to ask for their status, do not count."""
    return read(f"/proc/{process}/stat").rpartition(")")[2].split()[:1] not in ([], ["Z"])


class Medium(unittest.TestCase):
    """Base of the media; each has a directory of its own."""

    output: list[str] = []  # what hermit-image is asked for
    machine: list[str] = []  # what QEMU gets
    uefi = False

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="hermit-media.")
        self.addCleanup(directory.cleanup)
        self.folder = directory.name

    def place(self, words: list[str]) -> list[str]:
        return [word.format(folder=self.folder) for word in words]

    def test_boots_with_its_arguments(self):
        image = os.path.join(self.folder, "report")
        shutil.copy(IMAGE, image)
        done = subprocess.run([TOOL, image, *self.place(self.output), "--env", "MEDIA_TEST=a b", "--timeout", "0",
                               "--", *ARGUMENTS], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("will boot by", done.stderr)
        log = os.path.join(self.folder, "log")
        firmware = ["-bios", FIRMWARE] if self.uefi else []
        process = subprocess.Popen(
            ["qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "512M",
             "-nodefaults", "-display", "none", "-no-reboot", "-serial", f"file:{log}", *firmware,
             *self.place(self.machine)])
        deadline = time.monotonic() + SECONDS
        try:
            while process.poll() is None and time.monotonic() < deadline and "complete\n" not in read(log):
                time.sleep(0.2)
        finally:
            process.kill()
            process.wait()
        said = read(log)
        self.assertIn("Loading report ...", said)
        self.assertTrue(said.endswith(SHOWN) or SHOWN in said, repr(said[-2000:]))


class BiosDisc(Medium):
    output = ["-o", "{folder}/app.iso"]
    machine = ["-cdrom", "{folder}/app.iso"]


class UefiDisc(BiosDisc):
    uefi = True


class BiosDisk(Medium):
    output = ["--disk", "{folder}/app.img"]
    machine = ["-drive", "file={folder}/app.img,format=raw"]


class UefiDisk(Medium):
    uefi = True
    output = ["--disk", "{folder}/app.img"]
    machine = ["-device", "qemu-xhci", "-drive", "if=none,id=stick,file={folder}/app.img,format=raw", "-device",
               "usb-storage,drive=stick"]


class BiosNetwork(Medium):
    output = ["--netboot", "{folder}/net"]
    machine = ["-netdev", "user,id=net,tftp={folder}/net,bootfile=boot/grub/i386-pc/core.0", "-device",
               "e1000,netdev=net"]


class UefiNetwork(Medium):
    uefi = True
    output = ["--netboot", "{folder}/net"]
    machine = ["-netdev", "user,id=net,tftp={folder}/net,bootfile=boot/grub/x86_64-efi/core.efi", "-device",
               "virtio-net-pci,netdev=net"]


class Refusals(unittest.TestCase):
    """Bad input gets a clear message and status 1 or 2; nothing is written."""

    def assert_refused(self, message: str, *words: str, status: int = 1):
        with tempfile.TemporaryDirectory(prefix="hermit-media.") as folder:
            done = subprocess.run([TOOL, *(word.format(folder=folder) for word in words)], capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(message.format(folder=folder), done.stderr)
            self.assertEqual(os.listdir(folder), [])

    def test_no_medium(self):
        self.assert_refused("say what to write", IMAGE)

    def test_no_image(self):
        self.assert_refused("is not a Hermitage image", "/bin/true", "-o", "{folder}/x.iso")
        self.assert_refused("cannot read the image", "/nowhere", "-o", "{folder}/x.iso")

    def test_unwritable_place(self):
        self.assert_refused("hermit-image: cannot write /proc/x.iso: ", IMAGE, "-o", "/proc/x.iso")
        self.assert_refused("hermit-image: cannot write {folder}/no/x.iso: No such file or directory\n", IMAGE, "-o",
                            "{folder}/no/x.iso")
        self.assert_refused("hermit-image: cannot write /proc/x", IMAGE, "--netboot", "/proc/x")

    def test_nothing_is_left_after_a_signal(self):
        # Instead of GRUB's tool one that leaves a file where temporary files are made, and does not end.
        with tempfile.TemporaryDirectory(prefix="hermit-media.") as folder:
            tools, scratch = os.path.join(folder, "tools"), os.path.join(folder, "scratch")
            os.mkdir(tools)
            os.mkdir(scratch)
            tool = os.path.join(tools, "grub-mkrescue")
            with open(tool, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\ntouch $TMPDIR/x\nsleep 60 &\necho $! >$2\nwait\n")
            os.chmod(tool, 0o755)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                path = os.path.join(folder, "app.iso")
                process = subprocess.Popen([TOOL, IMAGE, "-o", path],
                                           env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "TMPDIR": scratch})
                deadline = time.monotonic() + 60
                while not read(path + ".unfinished").endswith("\n") and time.monotonic() < deadline:
                    time.sleep(0.05)
                sleeper = int(read(path + ".unfinished"))
                process.send_signal(number)
                self.assertEqual(process.wait(60), 128 + number)
                self.assertEqual((os.listdir(scratch), os.path.exists(path + ".unfinished")), ([], False))
                while is_running(sleeper) and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertFalse(is_running(sleeper))

    def test_line_too_long(self):
        self.assert_refused("too long", IMAGE, "-o", "{folder}/x.iso", "--", "x" * 5000)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:], "Refusals"], verbosity=2)
