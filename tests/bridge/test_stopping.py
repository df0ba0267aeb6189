"""A loop over sessions ends when it is told to, whatever the SDK makes of it."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from bridge.dispatcher.breaker import Breaker
from bridge.dispatcher.sessions import SessionLoop
from bridge.dispatcher.traffic import Traffic
from bridge.dispatcher.verdict import Taken


class Deaf:
    """A receiver whose opening overhears the first request to end, as the SDK's does at times.

    Only a stand-in can do so on demand.
    """

    def __init__(self) -> None:
        self.overheard = 0
        self.opening = asyncio.Event()

    async def __aenter__(self) -> "Deaf":
        self.opening.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.overheard += 1
        await asyncio.sleep(60)
        return self

    async def close(self) -> None:
        return


class Nobody:
    """Takes nothing."""

    async def take(self, messages: Sequence[ServiceBusReceivedMessage]) -> Taken:
        raise AssertionError(messages)


async def _well() -> None:
    return


async def test_an_opening_that_overhears_the_end_is_told_again() -> None:
    deaf = Deaf()

    def receiver() -> ServiceBusReceiver:
        return cast(ServiceBusReceiver, cast(Any, deaf))

    gate = Traffic().live("commands 0")
    loop = SessionLoop("commands", receiver, Nobody(), Breaker(_well), gate, batch=20)
    running = asyncio.create_task(loop.run())
    await deaf.opening.wait()
    loop.stop()
    ended, _ = await asyncio.wait((running,), timeout=5)
    assert ended, "it waits for a session that nobody wants"
    assert deaf.overheard == 1
