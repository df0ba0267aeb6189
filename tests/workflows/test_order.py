"""The order's story, from the first hook to the end."""

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from activities.signatures import search_attributes
from activities.signatures.asks import OrderOutcome
from canonical.actions import ActionKind
from canonical.states import ParcelState
from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import order_of
from tests.fixtures.world import world_of

EVENTS_AT_MOST = 75
"""Of the whole story below with its seven signals; 53 to 66 as signals happen to meet."""


async def test_an_order_is_followed_from_its_first_hook_to_its_end(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("1001")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        received = await world.until_told("order.received")
        assert received.event_id == f"{ref.workflow_id}/publish/order.received"
        await world.accept(ref)
        released = await world.until_told("order.released")
        await world.acknowledge(ref, released.event_id)
        await world.ship(ref)
        await world.until_done(ref, "ready/p1")
        for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
            await world.hook(ref, world.channel.move(ref.order_id, state))
        outcome = await world.outcome(ref)

    assert (outcome.state, outcome.attention) == ("delivered", None)
    assert world.bus.kinds[:2] == ["order.received", "order.released"]
    assert world.bus.published[-1].state == "delivered"
    assert [a.kind for a in world.channel.performed] == [ActionKind.ACCEPT, ActionKind.READY]
    await keep_history(world.handle(ref), "order-whole-story")
    described = await world.handle(ref).describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED
    found = described.typed_search_attributes
    assert found.get(search_attributes.STATUS) == "delivered"
    assert found.get(search_attributes.ORDER_ID) == "1001"
    assert found.get(search_attributes.ATTENTION) is None
    counts = await _counts(world.handle(ref))
    assert sum(counts.values()) <= EVENTS_AT_MOST, counts
    assert counts["ACTIVITY_TASK_SCHEDULED"] == 2, "short steps are local activities"


async def test_a_cancelled_order_is_told_and_finished(temporal: Client, store: Store) -> None:
    world = world_of(temporal, store)
    ref = world.ref("1002")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        await world.hook(ref, world.channel.move(ref.order_id, ParcelState.CANCELLED))
        outcome = await world.outcome(ref)
    assert outcome.state == "cancelled"
    assert world.bus.kinds == ["order.received", "order.cancelled"]
    assert world.channel.performed == []


async def test_news_after_the_end_open_a_new_run_that_knows_the_order(
    temporal: Client, store: Store
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("1003")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref, ParcelState.DELIVERED)))
        first = await world.outcome(ref)
        await world.hook(ref, world.channel.move(ref.order_id, ParcelState.RETURNED))
        second = await world.outcome(ref)
    assert (first.state, second.state) == ("delivered", "returned")
    assert [e.state for e in world.bus.published if e.kind == "order.received"] == ["delivered"]
    assert world.bus.published[-1].state == "returned"


async def test_the_same_news_twice_change_nothing(temporal: Client, store: Store) -> None:
    world = world_of(temporal, store)
    ref = world.ref("1004")
    async with world.working():
        raw = world.channel.put(order_of(ref))
        for _ in range(5):
            await world.hook(ref, raw)
        await world.until_told("order.received")
        await world.accept(ref)
        await world.accept(ref)
        await world.until_told("order.released")
        standing = await world.until_done(ref, "publish/order.released")
        await world.handle(ref).terminate()
    assert standing.view is not None
    assert world.bus.kinds == ["order.received", "order.released"]
    assert [a.kind for a in world.channel.performed] == [ActionKind.ACCEPT]


async def _counts(handle: "WorkflowHandle[object, OrderOutcome]") -> dict[str, int]:
    counts: dict[str, int] = {}
    for event in (await handle.fetch_history()).events:
        name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
        counts[name] = counts.get(name, 0) + 1
    return counts
