"""A child's life is tied to ours: when this process dies, however it dies, the kernel ends it."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def tied_to_this_process() -> Callable[[], None] | None:
    """What a child runs before its program starts; None where the system has no such thing.

    Without it (macOS) children are ended by us on every ordinary way out, and by the next start
    in the same data folder after a `kill -9`.
    """
    if not sys.platform.startswith("linux"):
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie
