"""The names of functions in images, linked in every way that users do. Argument: the directory of the compilers."""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

BIN = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
SOURCES = {
    "a.c": "#include <stdio.h>\n__attribute__((noipa)) int twice(int x) { return 2 * x; }\n"
           "int unused(void) { return 1; }\nint main(int c, char** v) { printf(\"%d\\n\", twice(c)); return !v; }\n",
    "a.cpp": "namespace math { template <class T> struct Sum { [[gnu::noipa]] T add(T a, T b) { return a + b; } };\n"
             "namespace { [[gnu::noipa]] int hidden(int x) { return x; } } }\n"
             "int main(int c, char**) { return math::Sum<int>{}.add(c, math::hidden(c)); }\n",
    "a.f90": "program p\n  print *, \"hello\"\nend program\n",
}


class Image:
    """The names in an image, read as names/format.hpp says."""

    def __init__(self, path: str):
        with open(path, "rb") as file:
            data = file.read()
        segments, = struct.unpack_from("<Q", data, 32)
        count, = struct.unpack_from("<H", data, 56)
        loads = [struct.unpack_from("<IIQQQQQQ", data, segments + 56 * index) for index in range(count)]
        _, _, offset, virtual, physical, size, memory, _ = [load for load in loads if load[0] == 1][-1]
        assert virtual == 0xFFFF_8000_0000_0000 + physical and size == memory
        self.table = data[offset:offset + size]
        magic, total, blocks, self.end = struct.unpack_from("<IIII", self.table)
        assert (magic, total) == (0x4D414E48, size)
        self.names: dict[int, str] = {}
        for index in range(blocks):
            start, position = struct.unpack_from("<II", self.table, 16 + 512 + 8 * index)
            _, last = struct.unpack_from("<II", self.table, 16 + 512 + 8 * index + 8) if index + 1 < blocks else (0, total)
            self._read_block(start, position, last)

    def _read_block(self, start: int, position: int, last: int) -> None:
        name = b""
        while position < last:
            shift = 0
            while True:
                byte = self.table[position]
                position += 1
                start += (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            name, position = name[:self.table[position]], position + 1
            while self.table[position]:
                name += self._expand(self.table[position])
                position += 1
            position += 1
            self.names[start] = name.decode()

    def _expand(self, code: int) -> bytes:
        first, second = self.table[16 + 2 * code:18 + 2 * code]
        return self._expand(first) + self._expand(second) if second else bytes([code])


class FunctionNames(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="hermit-names-test.")
        self.addCleanup(shutil.rmtree, self.directory)
        for name, text in SOURCES.items():
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
                file.write(text)

    def run_tool(self, tool: str, *words: str, fails: bool = False) -> str:
        run = subprocess.run([os.path.join(BIN, f"x86_64-hermit-{tool}"), *words], cwd=self.directory, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100)
        self.assertEqual(run.returncode != 0, fails, run.stdout)
        return run.stdout

    def image(self, name: str) -> Image:
        return Image(os.path.join(self.directory, name))

    def addresses(self, name: str) -> dict[str, int]:
        """Functions as nm has them."""
        lines = (line.split(maxsplit=2) for line in self.run_tool("nm", "-C", name).splitlines())
        return {words[2]: int(words[0], 16) for words in lines if len(words) == 3 and words[1] in "tTiW"}

    def assert_named(self, name: str, functions: dict[str, str]) -> None:
        """Each function (as nm has it) is in the image by this name, and so are the kernel's."""
        where, names = self.addresses(name), self.image(name).names
        for function, short in functions.items():
            self.assertEqual(names.get(where[function]), short)
        self.assertIn("hermit::init::continue_in_thread", names.values())
        self.assertGreater(len(names), 500)

    def test_c(self):
        for options in ((), ("-O3", "-g"), ("-flto", "-O2"), ("-ffunction-sections", "-Wl,--gc-sections")):
            with self.subTest(options):
                self.run_tool("gcc", *options, "a.c", "-o", "a image")
                self.assert_named("a image", {"main": "main", "twice": "twice", "printf": "printf"})
                self.assertNotEqual("unused" in self.image("a image").names.values(),
                                    "--gc-sections" in " ".join(options) or "-flto" in options)

    def test_cplusplus(self):
        self.run_tool("g++", "-O2", "a.cpp", "-oapp")
        self.assert_named("app", {"math::Sum<int>::add(int, int)": "math::Sum::add",
                                  "math::(anonymous namespace)::hidden(int)": "math::hidden"})

    def test_fortran(self):
        self.run_tool("gfortran", "a.f90")
        self.assert_named("a.out", {"MAIN__": "MAIN__", "_gfortran_st_write": "_gfortran_st_write"})

    def test_stripping_keeps_them(self):
        self.run_tool("gcc", "-g", "a.c", "-o", "app")
        names = self.image("app").names
        self.run_tool("strip", "app")
        self.assertEqual(self.image("app").names, names)
        self.assertEqual(self.run_tool("nm", "app").split(":")[-1].strip(), "no symbols")
        self.run_tool("objcopy", "app", "copy")
        self.assertEqual(self.image("copy").names, names)

    def test_linked_without_symbols(self):
        self.run_tool("gcc", "-s", "a.c", "-o", "app")
        self.assertEqual(self.image("app").names, {})

    def test_what_is_no_image(self):
        self.run_tool("gcc", "-c", "a.c")
        self.run_tool("gcc", "-r", "a.o", "-o", "b.o")
        self.run_tool("gcc", "b.o", "-o", "app")
        self.assert_named("app", {"main": "main"})
        self.run_tool("gcc", "a.o", "-o", "/dev/null")
        self.run_tool("gcc", "-E", "a.c", "-o", "a.i")
        self.run_tool("gcc", "-nostdlib", "-Wl,-e,main", "-Wl,--unresolved-symbols=ignore-all", "-Wl,-Ttext=0x200000",
                      "-T", "/dev/null", "a.o", "-o", "bare")

    def test_a_link_that_fails_names_nothing(self):
        with open(os.path.join(self.directory, "b.c"), "w", encoding="utf-8") as file:
            file.write("int missing(void);\nint main(void) { return missing(); }\n")
        said = self.run_tool("gcc", "b.c", "-o", "app", fails=True)
        self.assertIn("undefined reference", said)
        self.assertNotIn("hermit-function-names", said)


if __name__ == "__main__":
    unittest.main()
