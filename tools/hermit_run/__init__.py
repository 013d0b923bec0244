"""hermit-run: boots a Hermitage image in QEMU as if it were a program of this machine."""

__version__ = "0.1"
