"""Which pages an application gets, by the page tables as QEMU's monitor shows them."""

import os
import subprocess
import sys
import tempfile
import unittest

import images

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "wx"))
from machine_state import Machine  # noqa: E402 (the path has to be set first)

GIB = 1 << 30
PER_TABLE = 512


def pages(what: str, more: tuple[str, ...] = ()) -> int:
    """How many pages the GiB has that the program maps in this way."""
    with tempfile.TemporaryDirectory(prefix="hermit-pages.") as directory:
        path = os.path.join(directory, "monitor")
        options = ("-m", "3G", "--qemu=-qmp", f"--qemu=unix:{path},server=on,wait=off", *more)
        process = subprocess.Popen(images.command("system_page_sizes", what, options=options),
                                   stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        try:
            start = int(process.stdout.readline(), 16)
            machine = Machine(path)
            machine.stop()
            count = machine.pages(start, start + GIB)
            machine.quit()
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()
    return count


class PageSizes(unittest.TestCase):
    def test_a_populated_gib_is_one_page(self):
        self.assertEqual(pages("populated"), 1)

    def test_touching_takes_large_pages_only(self):
        self.assertEqual(pages("touched"), 2)  # of 2 MiB, see the program

    def test_everything_is_backed_at_once_where_that_is_wished(self):
        self.assertEqual(pages("touched", ("--kernel", "populate=on")), 1)  # of 1 GiB

    def test_small_pages_where_they_are_wished(self):
        self.assertEqual(pages("small"), 4 * PER_TABLE + 2)

    def test_other_rights_for_one_page_split_what_is_above_it(self):
        self.assertEqual(pages("split"), (PER_TABLE - 1) + PER_TABLE)

    def test_the_same_rights_again_make_it_whole(self):
        self.assertEqual(pages("joined"), 1)

    def test_what_changes_over_and_over_stays_in_pieces(self):
        self.assertEqual(pages("toggled"), (PER_TABLE - 1) + PER_TABLE)

    def test_until_the_rights_of_the_whole_are_the_same(self):
        self.assertEqual(pages("settled"), 1)

    def test_a_large_page_comes_back_where_all_small_ones_went(self):
        self.assertEqual(pages("refilled"), PER_TABLE)

    def test_a_hole_of_2_mib_that_is_not_aligned(self):
        self.assertEqual(pages("hole"), (PER_TABLE - 2) + PER_TABLE)


if __name__ == "__main__":
    images.main()
