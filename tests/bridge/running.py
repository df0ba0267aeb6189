"""A dispatcher at work, and the conditions that its tests wait for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.converter import DataConverter

from bridge.bus import ServiceBus
from bridge.dispatcher import Dispatcher, DispatcherOptions
from bridge.dispatcher.counters import Counters
from channels.port import Channel
from store import Store

WITHIN = 15.0
STOPS_WITHIN = 45.0
"""Settling and closing may take ten seconds each, and a session's closing as much again."""
OPTIONS = DispatcherOptions(
    erp_answers_within=timedelta(minutes=30), command_sessions=4, live_receivers=1
)
"""One receiver of a queue, so that what is sent together is one batch."""


@asynccontextmanager
async def dispatching(
    bus: ServiceBus,
    store: Store,
    client: Client,
    accounts: Mapping[tuple[str, str], Channel],
    options: DispatcherOptions = OPTIONS,
) -> AsyncIterator[Dispatcher]:
    """A dispatcher of these accounts; at the end it must stop as it should."""
    dispatcher = Dispatcher(bus, store, accounts, client, options)
    task = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
        assert not task.done(), "the dispatcher ended by itself"
    finally:
        dispatcher.stop()
        await asyncio.wait_for(task, STOPS_WITHIN)


class Working:
    """A dispatcher that tests share; what they see of its counters starts at zero for each."""

    def __init__(
        self, dispatcher: Dispatcher, accounts: MutableMapping[tuple[str, str], Channel]
    ) -> None:
        self.dispatcher = dispatcher
        self._accounts = accounts

    def configure(self, channel: Channel) -> None:
        """Adds an account, as a restart with other settings would."""
        self._accounts[channel.name, channel.account] = channel

    def since_now(self, queue: str) -> "Since":
        return Since(counters(self.dispatcher, queue))


class Since:
    """What a queue's loop has done since this object was made."""

    def __init__(self, counters: Counters) -> None:
        self._now = counters
        self._then = replace(counters)

    def __getattr__(self, name: str) -> int:
        now: int = getattr(self._now, name)
        then: int = getattr(self._then, name)
        return now - then

    async def reach(self, **figures: int) -> None:
        """Waits until each of these counters has reached its figure, and not gone beyond."""

        async def reached() -> bool:
            found = {name: getattr(self, name) for name in figures}
            assert all(found[name] <= figures[name] for name in figures), found
            return found == figures

        await until_so(reached)


def counters(dispatcher: Dispatcher, queue: str) -> Counters:
    """The counters of one queue's loop."""
    return next(loop.counters for loop in dispatcher.loops if loop.name == queue)


async def until(condition: Callable[[], bool], within: float = WITHIN) -> None:
    """Waits for a condition that is cheap to look at."""

    async def look() -> bool:
        return condition()

    await until_so(look, within)


async def until_so(condition: Callable[[], Awaitable[bool]], within: float = WITHIN) -> None:
    """Waits for a condition; fails when it does not come true in time."""
    deadline = asyncio.get_running_loop().time() + within
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "the condition did not come true"
        await asyncio.sleep(0.05)


async def news(client: Client, workflow_id: str) -> list[list[str]]:
    """The event ids of each signal that a workflow got, in order."""
    found: list[list[str]] = []
    async for event in client.get_workflow_handle(workflow_id).fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            payloads = event.workflow_execution_signaled_event_attributes.input.payloads
            (ids,) = await DataConverter.default.decode(payloads, [list[str]])
            found.append(ids)
    return found
