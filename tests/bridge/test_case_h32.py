"""H32: the lock was lost, the work was done. And: an outage of ours uses no deliveries up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from azure.servicebus.aio import ServiceBusReceiver
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bridge.bus import ServiceBus
from bridge.dispatcher import Dispatcher, breaker
from canonical.identity import OrderRef
from channels.port import Channel
from store import InboxState, Store
from tests.bridge.gate import Gate, gate
from tests.bridge.marketplaces import ACCOUNT, BRIEFLY_LOCKED, account, event, hook
from tests.bridge.running import OPTIONS, counters, dispatching, until

MESSAGES, HELD = 100, 8.0
DELIVERY_LIMIT = 10


@asynccontextmanager
async def through_a_gate(temporal: Client) -> AsyncIterator[tuple[Gate, Client]]:
    """A client whose way to Temporal can be held."""
    host, _, port = temporal.service_client.config.target_host.partition(":")
    async with gate(host, int(port)) as between:
        client = await Client.connect(
            f"127.0.0.1:{between.port}", data_converter=pydantic_data_converter
        )
        yield between, client


def only(market: str) -> dict[tuple[str, str], Channel]:
    """One account."""
    return {(market, ACCOUNT): account(market)}


async def deliveries(receiver: ServiceBusReceiver) -> list[int]:
    """How often each message that still is in a queue was delivered."""
    page = await receiver.peek_messages(MESSAGES, sequence_number=1)
    return [m.delivery_count or 0 for m in page]


async def settled(dispatcher: Dispatcher, receiver: ServiceBusReceiver) -> list[int]:
    """Waits until the queue is empty; gives the greatest delivery count of each look."""
    seen: list[int] = []
    deadline = asyncio.get_running_loop().time() + 25
    while counts := await deliveries(receiver):
        seen.append(max(counts))
        assert asyncio.get_running_loop().time() < deadline, dispatcher.as_json()
        await asyncio.sleep(0.1)
    return seen


async def assert_all_are_in_once(store: Store, client: Client, market: str, first: int) -> None:
    for number in range(first, first + MESSAGES):
        ref = OrderRef(channel=market, account=ACCOUNT, order_id=str(10600000000 + number))
        (row,) = await store.inbox.log(ref)
        assert row.state is InboxState.RECEIVED
        await client.get_workflow_handle(ref.workflow_id).describe()


async def test_slow_or_away_no_delivery_is_used_up_by_us(
    bus: ServiceBus, store: Store, temporal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "LONGEST_PAUSE", 0.5)
    # At the same time, as both mostly wait.
    await asyncio.gather(
        a_frontend_hangs_longer_than_the_lock(bus, store, temporal),
        a_frontend_that_is_away_opens_the_breaker(bus, store, temporal),
    )


async def a_frontend_hangs_longer_than_the_lock(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    market = "market5"
    queue = f"{market}-inbound"
    async with through_a_gate(temporal) as (between, client), bus.receiver(queue) as looking:
        await bus.send_inbound([event(account(market), hook(600 + n)) for n in range(MESSAGES)])
        between.hold()
        async with dispatching(bus, store, client, only(market)) as dispatcher:
            done = counters(dispatcher, queue)
            await until(lambda: done.received > 0)
            await asyncio.sleep(HELD)  # the case's own figure, longer than the lock
            between.release()
            seen = await settled(dispatcher, looking)
            assert not dispatcher.breaker.openings, "it hung, it was not away"
        assert done.lock_lost > 0
        assert done.not_started > 0
        assert max(seen, default=0) <= 3
        assert done.dead_lettered == 0
        await assert_all_are_in_once(store, temporal, market, 600)
    async with bus.dead_letter_receiver(queue) as dead:
        assert await deliveries(dead) == []


async def a_frontend_that_is_away_opens_the_breaker(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    market = BRIEFLY_LOCKED
    queue = f"{market}-inbound"
    options = replace(OPTIONS, call_timeout=1.0, batch=20)
    async with through_a_gate(temporal) as (between, client), bus.receiver(queue) as looking:
        await bus.send_inbound([event(account(market), hook(800 + n)) for n in range(MESSAGES)])
        between.hold()
        async with dispatching(bus, store, client, only(market), options) as dispatcher:
            await until(lambda: dispatcher.breaker.is_open)
            await until(lambda: counters(dispatcher, queue).abandoned == 20)
            during = await deliveries(looking)
            # Longer than the lock: what was fetched ahead must have been given back at once.
            await asyncio.sleep(2.5)
            assert await deliveries(looking) == during
            assert sorted(during) == [0] * 80 + [1] * 20
            assert counters(dispatcher, queue).received == 20
            between.release()
            assert max(await settled(dispatcher, looking)) == 1
        await assert_all_are_in_once(store, temporal, market, 800)
