"""The command line of hermit-run and what it refuses, always with status 125."""

import unittest

from support import HERMITAGE_NOTE, HermitRunTest, IMAGE, PVH_NOTE, elf
from hermit_run import options


class Parsing(unittest.TestCase):
    def test_defaults(self):
        chosen = options.parse(["./app"])
        self.assertEqual((chosen.cores, chosen.memory, chosen.timeout, chosen.gdb_port), (1, 1 << 30, None, None))

    def test_everything(self):
        chosen = options.parse(["-c", "4", "-m512M", "--env", "A=1", "--env=B=2", "--timeout=1.5", "--verbose",
                                "--icount", "--qemu", "-d", "--qemu", "int", "app", "-c", "7", "--help"])
        self.assertEqual((chosen.cores, chosen.memory, chosen.env, chosen.timeout), (4, 512 << 20, ["A=1", "B=2"], 1.5))
        self.assertEqual((chosen.verbose, chosen.icount, chosen.qemu), (True, True, ["-d", "int"]))
        self.assertEqual((chosen.image, chosen.arguments), ("app", ["-c", "7", "--help"]))

    def test_memory_units(self):
        for text, size in (("64", 64 << 20), ("4096K", 4 << 20), ("2g", 2 << 30), ("512MiB", 512 << 20)):
            self.assertEqual(options.parse_memory(text), size, text)

    def test_gdb_takes_a_port_only_if_it_is_one(self):
        self.assertEqual(options.parse(["--gdb", "app"]).gdb_port, 1234)
        self.assertEqual(options.parse(["--gdb", "99", "app"]).gdb_port, 99)
        self.assertEqual(options.parse(["--gdb=98", "app"]).gdb_port, 98)

    def test_profile_takes_a_file_only_after_an_equals_sign(self):
        self.assertEqual(options.parse(["--profile", "app"]).profile, "profile.folded")
        self.assertEqual(options.parse(["--profile=x", "app"]).profile, "x")
        self.assertIsNone(options.parse(["app"]).profile)

    def test_image_after_double_dash(self):
        self.assertEqual(options.parse(["--", "-app", "x"]).image, "-app")


class Refusals(HermitRunTest):
    def assert_refused(self, *words: str, because: str, **more) -> None:
        status, stdout, stderr = self.run_it(*words, **more)
        self.assertEqual((status, stdout), (125, ""), stderr)
        self.assertRegex(stderr, "^hermit-run: .*" + because)
        self.assertNotIn("Traceback", stderr)

    def test_bad_options(self):
        for words, because in ((["-c", "0"], "at least 1"), (["-c", "two"], "at least 1"), (["-c"], "wants a value"),
                               (["-m", "lots"], "such as 512M"), (["-m", "0"], "such as 512M"),
                               (["--env", "X"], "NAME=VALUE"), (["--timeout", "-1"], "seconds"),
                               (["--timeout", "nan"], "seconds"), (["--profile="], "name of a file"), (["--gdb", "0"], "port"), (["--frob"], "no option"),
                               (["--verbose=1"], "no option"), ([], "no image")):
            words = words + ["image"] if words and words != ["-c"] else words
            self.assert_refused(*words, because=because)

    def test_no_such_image(self):
        self.assert_refused("nothing", because="cannot read the image nothing: No such file")
        self.assert_refused(".", because="cannot read the image")

    def test_not_an_image(self):
        load = (1, b"\xf4", 0x200000, 0x1000)
        note = (4, HERMITAGE_NOTE, 0, 0)
        for content, because in ((b"", "no ELF file"), (b"#!/bin/sh\n", "no ELF file"), (IMAGE[:40], "64-bit"),
                                 (IMAGE[:70], "damaged"), (elf([load]), "something else"),
                                 (elf([load, note], kind=1), "object file"),
                                 (elf([], kind=1)[:54] + bytes(10), "object file"), # as compilers write it
                                 (elf([load, note], machine=183), "another processor"),
                                 (elf([load, (3, b"/lib/ld.so\0", 0, 0)]), "for Linux"),
                                 (elf([load, (4, PVH_NOTE, 0, 0)]), "something else"),
                                 (elf([load, (4, HERMITAGE_NOTE[:9], 0, 0)]), "something else")):
            self.write("wrong", content)
            self.assert_refused("wrong", because=because)

    def test_too_little_memory(self):
        self.write("big", elf([(1, b"\xf4", 0x200000, 30 << 20), (4, HERMITAGE_NOTE, 0, 0)]))
        self.assert_refused("-m", "16M", "big", because="too little memory.* Use -m 33M or more")

    def test_no_qemu(self):
        self.assert_refused("image", because="cannot find no-such-qemu.*hermit setup", env={"HERMIT_QEMU": "no-such-qemu"})

    def test_qemu_that_is_no_program(self):
        self.assert_refused("image", because="cannot execute ./image.*hermit setup", env={"HERMIT_QEMU": "./image"})

    def test_too_many_arguments(self):
        self.assert_refused("image", "x" * 20000, because="too long")

    def test_qemu_refuses(self):
        self.assert_refused("image", because="QEMU ended with an error, it says:\n  no such option",
                            qemu="print('no such option', file=sys.stderr); sys.exit(1)")


if __name__ == "__main__":
    unittest.main()
