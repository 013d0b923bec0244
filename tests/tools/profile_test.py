"""hermit-run --profile: what it refuses, and what it makes of a plugin's counts. Argument: an image of Hermitage."""

import os
import struct
import subprocess
import sys
import tempfile
import unittest

from support import HermitRunTest

IMAGE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
STRIP = sys.argv.pop(1) if len(sys.argv) > 1 else "strip"

from hermit_run import profile  # noqa: E402 (support has set the path)
from hermit_run.symbols import KERNEL, LIBRARIES, Symbols  # noqa: E402

VERSION = "print('QEMU emulator version {}'); sys.exit(0)"


class Refusals(HermitRunTest):
    def assert_refused(self, image: str, because: str, version: str = "10.0.2", option: str = "--profile") -> None:
        status, stdout, stderr = self.run_it(option, image, qemu=VERSION.format(version))
        self.assertEqual((status, stdout), (125, ""), stderr)
        self.assertRegex(stderr, "^hermit-run: .*" + because)
        self.assertNotIn("Traceback", stderr)

    def test_image_without_symbols(self):
        stripped = os.path.join(self.directory, "stripped")
        subprocess.run([STRIP, "-o", stripped, IMAGE], check=True)
        self.assert_refused("stripped", "stripped has no symbol table")

    def test_old_qemu(self):
        self.assert_refused(IMAGE, "needs QEMU 9.2 or later", version="9.1.0")
        self.assert_refused(IMAGE, "needs QEMU 9.2 or later", version="none")

    def test_file_that_cannot_be_written(self):
        self.assert_refused(IMAGE, "cannot write the profile /no/where: No such", option="--profile=/no/where")

    def test_machine_that_left_no_counts(self):
        status, _, stderr = self.run_it("--profile", IMAGE, qemu="""
            if words == ['--version']: print('QEMU emulator version 10.0.0'); sys.exit(0)
            send('control', 'HERMIT exit 3\\nHERMIT end\\n')""")
        self.assertEqual(status, 3)
        self.assertIn("no profile: QEMU was ended before", stderr)

    def test_profile_that_cannot_be_finished(self):
        status, _, stderr = self.run_it("--profile=/dev/full", IMAGE, qemu="""
            if words == ['--version']: print('QEMU emulator version 10.0.0'); sys.exit(0)
            plugin = words[words.index('-plugin') + 1]
            with open(plugin.rpartition('output=')[2], 'w') as counts: counts.write('0 2 5\\nend\\n')
            send('control', 'HERMIT exit 3\\nHERMIT end\\n')""")
        self.assertEqual(status, 3)
        self.assertIn("cannot write the profile /dev/full: No space left", stderr)


class Table(unittest.TestCase):
    def test_functions_do_not_overlap(self):
        symbols = Symbols(IMAGE)
        end = 0
        for function in symbols.functions:
            self.assertLessEqual(end, function.start, function)
            self.assertLess(function.start, function.end, function)
            end = function.end

    def test_owners(self):
        owners = {function.name: function.owner for function in Symbols(IMAGE).functions}
        for name, owner in (("interrupt_common", KERNEL), ("hermit_loader_main", KERNEL), ("malloc", KERNEL),
                            ("vfprintf", LIBRARIES), ("_vfprintf_r", LIBRARIES), ("main", "application")):
            if name in owners or name in ("interrupt_common", "main"):
                self.assertEqual(owners[name], owner, name)

    def test_damaged_symbol_table(self):
        with open(IMAGE, "rb") as file:
            content = bytearray(file.read())
        sections, = struct.unpack_from("<Q", content, 40)
        kind = 4
        table = next(at for at in range(sections, len(content), 64)
                     if struct.unpack_from("<I", content, at + kind)[0] == 2)
        for offset, form, value in ((40, "<I", 0xFFFF), (40, "<I", 0), (24, "<Q", len(content) - 24)):
            damaged = content.copy()
            struct.pack_into(form, damaged, table + offset, value)  # its names' section, or where it is
            with self.subTest(offset=offset, value=value), tempfile.NamedTemporaryFile() as file:
                file.write(damaged)
                file.flush()
                self.assert_clear(file.name)

    def assert_clear(self, path):
        """ValueError, or, where the damage does not show, functions without sense."""
        try:
            Symbols(path)
        except ValueError as error:
            self.assertRegex(str(error), "symbol table")

    def test_damaged_file(self):
        with open(IMAGE, "rb") as file:
            content = bytearray(file.read())
        struct.pack_into("<Q", content, 40, len(content) - 10)  # the section table beyond the end
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            self.assertRaises(ValueError, Symbols, file.name)


class Folding(unittest.TestCase):
    def test_stacks(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "folded")
            counted = profile.Profile(IMAGE, "qemu-system-x86_64", path, None)
            with counted:
                numbers = {name: number for number, name in enumerate(counted._names)}
                main, other = numbers["main"], numbers["interrupt_common"]
                with open(counted._path("counts"), "w", encoding="ascii") as file:
                    file.write(f"0 {main} 70\n1 {other} 20\n1 {main} 0\n3 {other} 10\nend\n")
                first, *table = counted.finish()
            self.assertEqual(first, f"profile: 100 instructions, by call stack in {path}")
            self.assertRegex("\n".join(table), r"70.00 % +70  application\n(?s:.*) 30.00 % +30  Hermitage +interrupt_common")
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), "main 70\nmain;interrupt_common 20\nmain;main;interrupt_common 10\n")


if __name__ == "__main__":
    unittest.main()
