"""Store and bus away: the step becomes visible, and goes on by itself."""

import asyncio

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus

from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import order_of
from tests.fixtures.world import eventually, world_of


async def test_a_step_at_a_bus_that_is_away_becomes_visible_and_is_caught_up(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("4001")
    world.bus.away = True
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))

        async def pending() -> bool | None:
            described = await world.handle(ref).describe()
            waiting = described.raw_description.pending_activities
            return True if any(x.last_failure.message for x in waiting) else None

        await eventually(pending, "a pending activity with its failure", within=15)
        described = await world.handle(ref).describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        failure = described.raw_description.pending_activities[0].last_failure.message
        assert failure == "the bus is away"
        world.bus.away = False
        await world.until_told("order.received")
        await world.until_attention(ref, None)
        await keep_history(world.handle(ref), "order-bus-away")
        await world.handle(ref).terminate()
    assert world.bus.kinds == ["order.received"]


async def test_what_one_worker_began_the_next_one_carries_on(
    temporal: Client, store: Store
) -> None:
    """The next worker replays the first one's history and does nothing again."""
    world = world_of(temporal, store)
    ref = world.ref("4002")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
    await asyncio.gather(world.accept(ref), world.wake(ref, []))
    async with world.working():
        await world.until_told("order.released")
        history = await world.handle(ref).fetch_history()
        await world.handle(ref).terminate()
    scheduled = [
        e for e in history.events if e.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]
    assert len(scheduled) == 1
    assert world.bus.kinds == ["order.received", "order.released"]
    assert len(world.channel.performed) == 1
