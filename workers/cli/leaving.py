"""How the process ends: with its own exit code, whatever loaded libraries do at the end."""

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

NATIVE = "temporalio.bridge.runtime"
"""Its threads may call back into an interpreter that is being taken down, which then aborts with
code 134 after the work was done (temporalio/sdk-python issue 300, open)."""


def leave(code: int) -> NoReturn:
    """Ends the process; without the interpreter's teardown where that is known to abort.

    Everything that must be closed was closed by its own block before.
    """
    if NATIVE not in sys.modules or threading.current_thread() is not threading.main_thread():
        sys.exit(code)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    os._exit(code)
