"""H27: news that come while an order finishes are not lost."""

import asyncio
import random

import pytest
from temporalio.client import Client

from canonical.states import ParcelState
from channels.port import RawEvent
from store import Store
from tests.fixtures.toy import order_of
from tests.fixtures.world import World, world_of

BURST = 12
WITHIN = 0.024
"""Seconds between the first and the last hook of the burst."""


def _burst(world: World, order_id: str) -> list[RawEvent]:
    """Twelve events, the last of them Delivered."""
    ref = world.ref(order_id)
    events = [world.channel.put(order_of(ref, ParcelState.SHIPPED, version=1))]
    states = [ParcelState.SHIPPED, ParcelState.AT_PICKUP_POINT] * 5
    events += [world.channel.move(order_id, state) for state in states]
    return [*events, world.channel.move(order_id, ParcelState.DELIVERED)]


async def _one_run(world: World, order_id: str, seed: int) -> None:
    ref, chance = world.ref(order_id), random.Random(seed)
    events = _burst(world, order_id)
    chance.shuffle(events)

    async def after(seconds: float, raw: RawEvent) -> None:
        await asyncio.sleep(seconds)
        await world.hook(ref, raw)

    await asyncio.gather(*(after(chance.uniform(0, WITHIN), raw) for raw in events))
    outcome = await world.outcome(ref)
    ids = [raw.identity.event_id for raw in events if raw.identity]
    settled = await world.store.inbox.settled(ref.channel, ref.account, ids)
    assert settled == set(ids), f"seed {seed}: {BURST - len(settled)} events lost"
    assert outcome.state == "delivered", f"seed {seed}"
    view = await world.store.orders.view(ref)
    assert (view.state, view.told_state) == ("delivered", "delivered"), f"seed {seed}"


@pytest.mark.parametrize(
    "runs", [30, pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(300)])]
)
async def test_twelve_hooks_around_the_end_are_all_recorded(
    temporal: Client, store: Store, runs: int
) -> None:
    world = world_of(temporal, store)
    async with world.working():
        for start in range(0, runs, 5):
            seeds = range(start, min(start + 5, runs))
            await asyncio.gather(*(_one_run(world, f"27-{runs}-{s}", s) for s in seeds))
