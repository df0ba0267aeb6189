"""From a command to the coroutine that does its work."""

import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from workers.settings import Settings

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs a command's work to its end.

    Its standard output is for its result alone: what is logged on the way goes to standard error,
    and only where it is more than a note. Processes of their own set up their logs themselves.
    """
    import structlog

    from workers import logs

    if not structlog.is_configured():
        logs.configure("WARNING")
    return asyncio.run(work)


def serve(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs a process of the platform to its end.

    On uvloop where there is one: a tenth less of the processor for as many messages (measured).
    """
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        return runner.run(work)


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


def settings_of(config: Path | None) -> "Settings":
    """Reads the settings that a command works with.

    Where neither an option nor the variable names a file and none lies here, the one of the
    embedded stack is taken, so that a second terminal works beside `souk up`.

    Raises:
        SettingsError: Saying what is missing.
    """
    from workers import settings
    from workers.stack.folder import DEFAULT_FOLDER

    chosen = config or Path(settings.DEFAULT_CONFIG)
    embedded = DEFAULT_FOLDER / settings.DEFAULT_CONFIG
    if config is None and not chosen.exists() and embedded.exists():
        chosen = embedded
    os.environ[settings.CONFIG_VARIABLE] = str(chosen)
    return settings.load()


def who(given: str | None) -> str:
    """Who asks: as given, else the person logged in."""
    return given or getpass.getuser()
