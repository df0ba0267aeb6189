"""Heartbeats while a call is in the air, so that a cancelled or lost attempt is noticed soon."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio import activity

EVERY = timedelta(seconds=5)
"""A quarter of the heartbeat timeout of marketplace calls."""


@asynccontextmanager
async def heartbeating() -> AsyncIterator[None]:
    """Heartbeats until the block ends."""
    beats = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beats.cancel()
        with suppress(asyncio.CancelledError):
            await beats


async def _beat() -> None:
    """Most calls end before the first one: it would be a write at the server for nothing."""
    while True:
        await asyncio.sleep(EVERY.total_seconds())
        activity.heartbeat()
