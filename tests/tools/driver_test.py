"""The driver ./hermit and its scripts, as far as they go without building anything."""

import os
import shutil
import subprocess
import tempfile
import unittest

from support import HermitRunTest, TOOLS, TOP

COMMANDS = ("demo", "test", "bench", "matrix", "setup", "build", "env", "clean", "cache", "help")


def hermit(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([os.path.join(TOP, "hermit"), *words], capture_output=True, text=True, timeout=60)


class ConfigShell(unittest.TestCase):
    """A package's config.sub that knows nothing of Hermitage is asked by way of CONFIG_SHELL."""

    def ask(self, *words: str) -> str:
        run = subprocess.run([os.path.join(TOOLS, "config-shell"), *words], capture_output=True, text=True, check=True)
        return run.stdout

    def test_knows_hermit(self):
        for name in ("x86_64-hermit", "x86_64-unknown-hermit"):
            self.assertEqual(self.ask("./build-aux/config.sub", name), "x86_64-unknown-hermit\n")

    def test_is_a_shell_for_all_else(self):
        with tempfile.TemporaryDirectory() as directory:
            script = os.path.join(directory, "config.sub")
            with open(script, "w", encoding="utf-8") as file:
                file.write('echo "$# $1"\n')
            self.assertEqual(self.ask(script, "x86_64-linux"), "1 x86_64-linux\n")
            self.assertEqual(self.ask("-c", "echo $0-$1", "a", "b c"), "a-b c\n")


class Driver(unittest.TestCase):
    def test_help_lists_every_command(self):
        for words in ((), ("help",), ("--help",)):
            run = hermit(*words)
            self.assertEqual(run.returncode, 0)
            for command in COMMANDS:
                self.assertRegex(run.stdout, rf"(?m)^  {command}\b")

    def test_misuse_is_explained(self):
        for words, because in ((("frob",), "no command 'frob'"), (("test", "--frob"), "no option '--frob'"),
                               (("setup", "frob"), "nothing of 'frob'"),
                               (("build", "frob"), "nothing of 'frob'"), (("cache", "frob"), "nothing of 'frob'")):
            run = hermit(*words)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertIn(because, run.stderr)

    def test_env_puts_the_tools_first_on_the_path(self):
        script = f'eval "$({TOP}/hermit env)"; echo "$PATH"'
        run = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
        self.assertEqual(run.stdout, f"{TOP}/build/bin:/usr/bin:/bin\n")

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_scripts_pass_shellcheck(self):
        scripts = ["hermit", ".ci/run", "toolchain/cache", "tools/setup-debian", "tools/install-wrappers", "tools/hermit_bench/fetch-linux"]
        run = subprocess.run(["shellcheck", *scripts], cwd=TOP, capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (0, ""))


class Wrappers(HermitRunTest):
    """Toolchain and build directory lie where names have blanks and quotes."""

    def setUp(self) -> None:
        super().setUp()
        self.prefix = os.path.join(self.directory, "the tool's chain")
        self.build = os.path.join(self.directory, "a build")
        os.makedirs(os.path.join(self.prefix, "bin"))
        for tool in ("gcc", "g++", "gfortran", "gcc-ar", "objdump"):
            self.write(f"the tool's chain/bin/x86_64-hermit-{tool}", "#!/bin/sh\nfor w; do echo \"[$w]\"; done\nexit 3\n", 0o755)
        self.install()

    def install(self) -> None:
        subprocess.run([os.path.join(TOOLS, "install-wrappers"), self.prefix, self.build], check=True)

    def test_compilers_look_into_the_build_first(self):
        for tool in ("gcc", "g++", "gfortran"):
            run = subprocess.run([f"{self.build}/bin/x86_64-hermit-{tool}", "a b", ""], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stdout), (3, f"[-B{self.build}/lib/]\n[-specs={self.build}/lib/hermit.specs]\n[a b]\n[]\n"))

    def test_other_tools_are_left_alone(self):
        for tool in ("gcc-ar", "objdump"):
            run = subprocess.run([f"{self.build}/bin/x86_64-hermit-{tool}", "a b"], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stdout), (3, "[a b]\n"))

    def test_hermit_run_is_there(self):
        run = subprocess.run([f"{self.build}/bin/hermit-run", "--version"], capture_output=True, text=True)
        self.assertRegex(run.stdout, r"^hermit-run [0-9.]+ \(Hermitage\)\n$")

    def test_nothing_changes_the_second_time(self):
        def times():
            return {path: os.stat(path).st_mtime_ns for folder, _, files in os.walk(self.build)
                    for path in (os.path.join(folder, name) for name in files)}
        before = times()
        self.install()
        self.assertEqual(times(), before)

    def test_cross_file_names_the_tools(self):
        with open(os.path.join(self.build, "hermit-meson.ini"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(f"'{self.build}/bin/hermit-run'", text)
        self.assertNotRegex(text, "@[A-Z_]+@")

    def test_toolchain_file_names_the_places(self):
        with open(os.path.join(self.build, "hermit-toolchain.cmake"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(f'"{self.prefix}/x86_64-hermit"', text)
        self.assertIn(f'"{TOP}/cmake/platform"', text)
        self.assertNotRegex(text, "@[A-Z_]+@")


class Setup(HermitRunTest):
    """setup-debian with stand-ins for dpkg-query and apt-get."""

    def setup_debian(self, installed: bool) -> subprocess.CompletedProcess:
        self.write("dpkg-query", f"#!/bin/sh\nprintf {'installed' if installed else 'config-files'}\n", 0o755)
        self.write("qemu-system-x86_64", "#!/bin/sh\necho 'QEMU emulator version 10.0.2 (Debian)'\n", 0o755)
        for name in ("apt-get", "sudo"):
            self.write(name, f"#!/bin/sh\necho \"called {name}\"\nexit 1\n", 0o755)
        env = {"PATH": f"{self.directory}:/usr/bin:/bin", "HERMIT_TOOLCHAIN": "/none", "HOME": self.directory}
        user = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        os.chmod(self.directory, 0o755)
        # A copy, because the user nobody may not reach the checkout.
        script = shutil.copy(os.path.join(TOOLS, "setup-debian"), self.directory)
        return subprocess.run([script, "test"], capture_output=True, text=True, env=env, cwd="/", **user)

    def test_nothing_missing_asks_nobody(self):
        run = self.setup_debian(installed=True)
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))

    def test_says_what_is_missing_and_asks_sudo(self):
        run = self.setup_debian(installed=False)
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"Installing Debian packages:(.|\n)*ninja-build .*to build\n(.|\n)*called sudo")
        self.assertNotIn("called apt-get", run.stdout)


if __name__ == "__main__":
    unittest.main()
