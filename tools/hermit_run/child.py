"""A machine's process, which must not be left behind."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int):
    """For Popen's `preexec_fn`, to be run in the emulator's process before it is the emulator: no machine outlives
    the process that has started it, even a killed one. `parent` is the ID of this process."""
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
