"""A dispatcher at work, and the conditions that its tests wait for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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
OPTIONS = DispatcherOptions(erp_answers_within=timedelta(minutes=30))


@asynccontextmanager
async def dispatching(
    bus: ServiceBus,
    store: Store,
    client: Client,
    *channels: Channel,
    options: DispatcherOptions = OPTIONS,
) -> AsyncIterator[Dispatcher]:
    """A dispatcher of these accounts; at the end it must stop as it should."""
    accounts = {(c.name, c.account): c for c in channels}
    dispatcher = Dispatcher(bus, store, accounts, client, options)
    task = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
        assert not task.done(), "the dispatcher ended by itself"
    finally:
        dispatcher.stop()
        await asyncio.wait_for(task, 20)


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
