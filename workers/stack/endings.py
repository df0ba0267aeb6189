"""SIGINT and SIGTERM end a piece of work in order: the first asks, further ones are ignored."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def until_told_to_end(work: Coroutine[Any, Any, Result]) -> Result | None:
    """Runs `work`; a signal cancels it, and its own `finally` ends what it started.

    Returns:
        The work's result; None where a signal ended it.
    """
    task = asyncio.ensure_future(work)
    told = False

    def tell() -> None:
        nonlocal told
        if not told:
            told = True
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in ENDING:
        loop.add_signal_handler(number, tell)
    try:
        return await task
    except asyncio.CancelledError:
        if told:
            return None
        raise
    finally:
        for number in ENDING:
            loop.remove_signal_handler(number)
