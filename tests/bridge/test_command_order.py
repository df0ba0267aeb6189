"""An order's commands are handed over in the order in which they were sent, whatever fails."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.exceptions import ServiceBusError
from temporalio.client import Client

from bridge.bus import ServiceBus
from bridge.dispatcher import breaker
from canonical.commands import Command
from canonical.identity import OrderRef
from channels.port import Channel
from store import InboxState, Store, UnknownOrder
from store.errors import StoreUnavailableError
from tests.bridge.marketplaces import ACCOUNT, REAL, account, event, hook
from tests.bridge.running import OPTIONS, Working, counters, dispatching, news, until
from tests.bridge.test_commands import QUEUE, command, message

ORDERS, FIRST = 50, 1_000
KINDS = ("accept", "ship", "cancel")
SEED = 11
AWAY, BROKEN = (20, 21, 60), (35, 90)
"""Which calls of the store fail, as an outage and as a fault that nobody foresaw."""


class Unsteady:
    """The inbox, which fails now and then before it has kept a command."""

    def __init__(self, store: Store) -> None:
        self._receive = store.inbox.receive_command
        self.calls = 0
        self.failed: list[str] = []

    async def receive_command(self, command: Command, *rest: Any) -> InboxState | UnknownOrder:
        self.calls += 1
        if self.calls in AWAY:
            self.failed.append(command.command_id)
            raise StoreUnavailableError("away for a moment")
        if self.calls in BROKEN:
            self.failed.append(command.command_id)
            raise RuntimeError("nobody foresaw this")
        return await self._receive(command, *rest)


def _ids(ref: OrderRef) -> list[str]:
    return [f"{ref.order_id}-{kind}" for kind in KINDS]


def _shuffled(refs: Sequence[OrderRef]) -> list[ServiceBusMessage]:
    """All orders' commands among each other, each order's own in their order."""
    turns = [ref for ref in refs for _ in KINDS]
    random.Random(SEED).shuffle(turns)
    kinds = {ref: iter(zip(KINDS, _ids(ref), strict=True)) for ref in refs}
    bodies = []
    for ref in turns:
        kind, command_id = next(kinds[ref])
        bodies.append(command(ref.order_id, command_id, kind=kind))
    return [message(body) for body in bodies]


async def _known(store: Store, channel: Channel) -> list[OrderRef]:
    """Orders that are recorded, so that commands for them are taken."""
    refs = []
    for number in range(FIRST, FIRST + ORDERS):
        order = event(channel, hook(number))
        await store.inbox.receive([order], [channel.identify(order.body)])
        refs.append(OrderRef(channel=REAL, account=ACCOUNT, order_id=str(order.order_id)))
    await asyncio.gather(*(store.orders.record(ref, channel.to_canonical) for ref in refs))
    return refs


def _first_times(signals: list[list[str]]) -> list[str]:
    return list(dict.fromkeys(x for ids in signals for x in ids))


@pytest.mark.timeout(120)
async def test_accept_ship_cancel_arrive_in_this_order(
    bus: ServiceBus,
    store: Store,
    temporal: Client,
    working: Working,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two dispatchers compete; the store fails at seeded moments, as outage and as fault."""
    monkeypatch.setattr(breaker, "LONGEST_PAUSE", 0.5)
    channel = account(REAL)
    refs = await _known(store, channel)
    unsteady = Unsteady(store)
    monkeypatch.setattr(store.inbox, "receive_command", unsteady.receive_command)
    done = working.since_now(QUEUE)
    async with dispatching(bus, store, temporal, {(REAL, ACCOUNT): channel}, OPTIONS) as second:
        async with bus.client.get_queue_sender(QUEUE) as sender:
            await sender.send_messages(_shuffled(refs))
        theirs = counters(second, QUEUE)
        await until(lambda: done.handed_over + theirs.handed_over >= ORDERS * len(KINDS), within=60)
    assert len(unsteady.failed) == len(AWAY) + len(BROKEN)
    assert done.handed_over > 0 and theirs.handed_over > 0, "only one of the two took commands"
    assert done.dead_lettered + theirs.dead_lettered == 0
    handed_over = {ref: _first_times(await news(temporal, ref.workflow_id)) for ref in refs}
    assert handed_over == {ref: _ids(ref) for ref in refs}
    for ref in refs:
        recorded = await store.orders.record(ref, channel.to_canonical)
        assert recorded.applied == len(KINDS)
        assert recorded.view.wishes.accepted and recorded.view.wishes.cancel
        assert [e.event_id for e in await store.inbox.log(ref) if e.event_id in _ids(ref)] == _ids(
            ref
        )


async def test_a_command_without_session_is_refused_at_the_door(bus: ServiceBus) -> None:
    """By the bus, to whoever sends it: it could stand in no order."""
    client: ServiceBusClient = bus.client
    async with client.get_queue_sender(QUEUE) as sender:
        with pytest.raises(ServiceBusError):
            await sender.send_messages(ServiceBusMessage(b"{}"))
