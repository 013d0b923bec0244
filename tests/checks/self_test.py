"""Each check must find what it is there to find: tiny objects with one fault, and sound ones."""

import argparse
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
tools = None

LINKER_SCRIPT = """
SECTIONS {
  __text_start = .;
  .text : { *(.text) }
  PROVIDE_HIDDEN(__text_end = .);
  /* __not_a_symbol = .; */
}
"""


class Check(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.count = 0

    def write(self, name, text):
        path = os.path.join(self.directory.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def assemble(self, text):
        self.count += 1
        source = self.write(f"object{self.count}.s", text + "\n")
        subprocess.run([tools.compiler, "-c", source, "-o", source + ".o"], check=True)
        return source + ".o"

    def function(self, body, name="_ZN6hermit1fEv", binding="globl"):
        return self.assemble(f".{binding} {name}\n.type {name}, @function\n{name}:\n{body}\nret\n")

    def archive(self, *objects):
        self.count += 1
        path = os.path.join(self.directory.name, f"lib{self.count}.a")
        subprocess.run([tools.ar, "rcs", path, *objects], check=True)
        return path

    def run_check(self, script, *arguments):
        command = [sys.executable, "-B", os.path.join(HERE, script), *arguments]
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )

    def passes(self, *arguments):
        result = self.run_check(*arguments)
        self.assertEqual(result.returncode, 0, result.stdout)

    def finds(self, fault, *arguments):
        result = self.run_check(*arguments)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(fault, result.stdout)


class NoLibc(Check):
    def arguments(self, *objects):
        script = self.write("image.ld", LINKER_SCRIPT)
        glue = self.function("", "malloc")
        archive = self.archive(self.function("", "__hermit_exit"), glue, *objects)
        return ["no_libc.py", "--nm", tools.nm, "--archive", archive, "--linker-script", script,
                *objects]

    def test_own_and_linker_symbols(self):
        other = self.function("", "_ZN6hermit1gEv")
        body = "call _ZN6hermit1gEv\ncall __hermit_exit\nleaq __text_start(%rip), %rax\n"
        self.passes(*self.arguments(self.function(body + "leaq __text_end(%rip), %rax"), other))

    def test_libc_symbol(self):
        self.finds("memcpy is defined nowhere", *self.arguments(self.function("call memcpy")))

    def test_weak_reference(self):
        self.finds("printf is", *self.arguments(self.function(".weak printf\ncall printf")))

    def test_name_of_the_glue(self):
        self.finds("malloc is a name that app", *self.arguments(self.function("call malloc")))

    def test_libstdcxx(self):
        self.finds("_ZdlPvm is", *self.arguments(self.function("call _ZdlPvm")))

    def test_comment_in_the_linker_script(self):
        body = "leaq __not_a_symbol(%rip), %rax"
        self.finds("__not_a_symbol is", *self.arguments(self.function(body)))


class NoVector(Check):
    def arguments(self, body, allowed=""):
        return ["no_vector.py", "--objdump", tools.objdump,
                "--allowed", self.write("allowed.txt", allowed), self.function(body)]

    def test_general_registers_and_whole_state(self):
        self.passes(*self.arguments(
            "movq %rax, %fs:8\nrep movsb\nlfence\nsfence\nfxsave (%rdi)\nxsaveopt (%rdi)\n"
            "xrstor64 (%rdi)\nldmxcsr (%rdi)\nfldcw (%rdi)\nfnstcw (%rdi)\nfninit\nswapgs\n"
            "verr %ax"))

    def test_vector_and_x87(self):
        for body in ("movaps %xmm0, (%rdi)", "pxor %xmm15, %xmm15", "vaddps %ymm1, %ymm2, %ymm3",
                     "vzeroupper", "vpaddd %zmm1, %zmm2, %zmm31", "movq %mm0, %rax", "emms",
                     "fld1", "fstpt (%rdi)", "fildll (%rdi)", "kmovw %k1, %eax",
                     "cvtsi2sdq %rax, %xmm3", "lock addl $1, (%rdi)\nmovd %eax, %xmm0"):
            with self.subTest(body):
                self.finds("_ZN6hermit1fEv: ", *self.arguments(body))

    def test_exception_is_for_one_function_and_instruction(self):
        self.passes(*self.arguments("movaps %xmm0, (%rdi)", "_ZN6hermit1fEv mova* # why"))
        self.finds("movups", *self.arguments("movups %xmm0, (%rdi)", "_ZN6hermit1fEv mova*"))
        self.finds("movaps", *self.arguments("movaps %xmm0, (%rdi)", "_ZN6hermit1gEv mova*"))

    def test_nothing_to_check(self):
        self.finds("no code", "no_vector.py", "--objdump", tools.objdump, "--allowed", os.devnull,
                   self.assemble(".data\n.long 1"))


class Symbols(Check):
    LIST = "# comment\nread working files\nsendto enosys sockets\nfork refused process\n"

    def arguments(self, *names, list_=LIST, binding="weak"):
        bindings = ("globl" if "hermit" in name else binding for name in names)
        archive = self.archive(*map(self.function, ("" for _ in names), names, bindings))
        return ["symbols.py", "--nm", tools.nm, "--symbols", self.write("symbols.txt", list_),
                archive]

    def test_exactly_the_promise(self):
        self.passes(*self.arguments("read", "sendto", "_ZN6hermit1fEv", "hermit_x", "__hermit_y"))

    def test_missing(self):
        self.finds("read is promised as working", *self.arguments("sendto"))
        self.finds("sendto is promised as enosys", *self.arguments("read"))

    def test_refused(self):
        self.finds("fork is to be refused", *self.arguments("read", "sendto", "fork"))

    def test_unpromised(self):
        self.finds("helper is defined and not", *self.arguments("read", "sendto", "helper"))

    def test_strong(self):
        self.finds("read is not weak", *self.arguments("read", "sendto", binding="globl"))

    def test_twice(self):
        self.finds("more than once", *self.arguments("read", "sendto", "hermit_x", "hermit_x"))

    def test_malformed_list(self):
        self.finds("listed twice", *self.arguments("read", list_=self.LIST + self.LIST))
        self.finds("not SYMBOL STATUS GROUP", *self.arguments("read", list_="read perhaps files"))


class Tested(Check):
    LIST = "read working files\n_read_r working newlib\nsendto enosys sockets\n"

    def arguments(self, source, list_=LIST):
        self.write("test.c", source)
        return ["tested.py", "--symbols", self.write("symbols.txt", list_), self.directory.name]

    def test_called(self):
        self.passes(*self.arguments("int main(void) { return read(0, 0, 0); }"))

    def test_not_called(self):
        self.finds("read is promised as working and no", *self.arguments("int reader(void);"))

    def test_empty_list(self):
        self.finds("0 of 0", *self.arguments("read", list_="sendto enosys sockets\n"))


class Baseline(Check):
    def arguments(self, body, allowed=""):
        return ["baseline.py", "--objdump", tools.objdump,
                "--allowed", self.write("allowed.txt", allowed),
                self.archive(self.function(body))]

    def test_plain_x86_64(self):
        self.passes(*self.arguments(
            "cvttsd2siq %xmm0, %rax\npextrw $1, %xmm0, %eax\npmaxsw %xmm0, %xmm1\n"
            "rep bsf %rax, %rcx\nlock cmpxchg8b (%rdi)\nmovnti %rax, (%rdi)\npause\nrdtsc\ncpuid\n"
            "fistpll (%rdi)\n"
            "verr %ax\nsalq %cl, %rax\nshldq %cl, %rax, %rcx\nshufps $1, %xmm0, %xmm1\n"
            "prefetcht0 (%rdi)"))

    def test_extensions(self):
        for body in ("haddps %xmm0, %xmm1", "fisttpll (%rdi)", "pshufb %xmm0, %xmm1",
                     "pmulld %xmm0, %xmm1", "roundsd $1, %xmm0, %xmm1", "pextrq $1, %xmm0, %rax",
                     "pblendvb %xmm0, %xmm1, %xmm2", "pcmpistri $1, %xmm0, %xmm1",
                     "crc32q %rax, %rcx", "popcntq %rax, %rcx", "lzcntq %rax, %rcx",
                     "vaddsd %xmm0, %xmm1, %xmm2", "vzeroupper", "vfmadd213sd %xmm0, %xmm1, %xmm2",
                     "vpaddd %zmm1, %zmm2, %zmm3", "kmovw %k1, %eax", "shlxq %rax, %rcx, %rdx",
                     "andnq %rax, %rcx, %rdx", "mulxq %rax, %rcx, %rdx", "adcxq %rax, %rcx",
                     "movbeq (%rdi), %rax", "lock cmpxchg16b (%rdi)", "rdfsbase %rax", "rdtscp",
                     "aesenc %xmm0, %xmm1", "rdrand %rax", "clflushopt (%rdi)"):
            with self.subTest(body):
                self.finds("_ZN6hermit1fEv: ", *self.arguments(body))

    def test_exception(self):
        self.passes(*self.arguments("popcntq %rax, %rcx", "*hermit*f* popcnt*"))
        self.finds("lzcnt", *self.arguments("lzcntq %rax, %rcx", "*hermit*f* popcnt*"))

    def test_empty_archive(self):
        self.finds("no code", "baseline.py", "--objdump", tools.objdump, "--allowed", os.devnull,
                   self.archive(self.assemble(".data\n.long 1")))


def main():
    global tools
    parser = argparse.ArgumentParser(description=__doc__)
    for tool in ("compiler", "ar", "nm", "objdump"):
        parser.add_argument(f"--{tool}", required=True)
    tools, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
