"""What comes late: successors of dead parcels, returns of orders that were finished long ago."""

from datetime import UTC, datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from canonical.actions import AnswerReturn
from canonical.commands import AnswerReturn as AnswerCommand
from canonical.identity import OrderRef
from canonical.order import Order, ParcelLine
from canonical.returns import ReturnState
from canonical.states import ParcelState
from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import LATE_ABILITIES, order_of
from tests.fixtures.world import World, world_of

SETTLES = timedelta(minutes=2)


def with_successor(ref: OrderRef) -> Order:
    """One of the two units was cancelled: another parcel has the rest, under its own line id."""
    order = order_of(ref)
    (first,) = order.parcels
    rest = first.model_copy(
        update={
            "parcel_id": "p2",
            "version": 3,
            "lines": (ParcelLine(line_id="9", channel_sku="SKU-1", quantity=1),),
            "origin_parcel_ids": ("p1",),
        }
    )
    dead = first.model_copy(update={"state": ParcelState.CANCELLED, "version": 2})
    return order.model_copy(update={"parcels": (rest, dead)})


async def received(world: World, ref: OrderRef) -> None:
    await world.hook(ref, world.channel.put(order_of(ref)))
    await world.until_told("order.received")


async def delivered(world: World, ref: OrderRef) -> None:
    """An order's whole way, to its end."""
    await received(world, ref)
    await world.accept(ref)
    await world.until_told("order.released")
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        await world.hook(ref, world.channel.move(ref.order_id, state))
    assert (await world.outcome(ref)).state == "delivered"


async def test_a_dead_parcel_settles_before_the_order_is_cancelled(
    skipping: WorkflowEnvironment, store: Store, keep_history: Keep
) -> None:
    world = world_of(skipping.client, store, LATE_ABILITIES)
    ref = world.ref("4001")
    async with world.working():
        await received(world, ref)
        await world.hook(ref, world.channel.move(ref.order_id, ParcelState.CANCELLED))
        outcome = await world.outcome(ref)
        ended = await skipping.get_current_time(world.handle(ref))
        await keep_history(world.handle(ref), "order-settled")
    assert outcome.state == "cancelled"
    assert world.bus.kinds == ["order.received", "order.cancelled"]
    view = await store.orders.view(ref)
    assert view.done("settle/p1")
    assert view.heard_at is not None
    assert ended - view.heard_at >= SETTLES


async def test_a_successor_that_no_event_told_of_is_found_by_the_read(
    skipping: WorkflowEnvironment, store: Store, keep_history: Keep
) -> None:
    world = world_of(skipping.client, store, LATE_ABILITIES)
    ref = world.ref("4002")
    async with world.working():
        await received(world, ref)
        dead = world.channel.move(ref.order_id, ParcelState.CANCELLED)
        world.channel.put(with_successor(ref))
        await world.hook(ref, dead)
        changed = await world.until_told("order.changed")
        await world.accept(ref)
        await world.until_told("order.released")
        await keep_history(world.handle(ref), "order-successor-found")
        await world.handle(ref).terminate()
    assert [(x.ordered, x.cancelled) for x in changed.order.lines] == [(2, 1)]
    assert world.bus.kinds == ["order.received", "order.changed", "order.released"]
    assert [a.kind.value for a in world.channel.performed] == ["accept"]


async def test_a_successor_that_comes_first_needs_no_read(
    skipping: WorkflowEnvironment, store: Store
) -> None:
    world = world_of(skipping.client, store, LATE_ABILITIES)
    ref = world.ref("4003")
    async with world.working():
        await received(world, ref)
        await world.hook(ref, world.channel.put(with_successor(ref)))
        await world.until_told("order.changed")
        await world.handle(ref).terminate()
    assert not (await store.orders.view(ref)).effect("settle/p1")


async def test_a_successor_after_the_end_revives_the_order(
    skipping: WorkflowEnvironment, store: Store, keep_history: Keep
) -> None:
    world = world_of(skipping.client, store, LATE_ABILITIES)
    ref = world.ref("4004")
    async with world.working():
        await received(world, ref)
        await world.hook(ref, world.channel.move(ref.order_id, ParcelState.CANCELLED))
        assert (await world.outcome(ref)).state == "cancelled"
        await world.hook(ref, world.channel.put(with_successor(ref)))
        await world.until_told("order.changed")
        await keep_history(world.handle(ref), "order-revived")
        await world.handle(ref).terminate()
    assert world.bus.kinds == ["order.received", "order.cancelled", "order.changed"]


async def test_nobody_answers_a_return_until_a_person_is_called_then_it_is_approved(
    skipping: WorkflowEnvironment, store: Store, keep_history: Keep
) -> None:
    world = world_of(skipping.client, store, LATE_ABILITIES)
    ref = world.ref("4005")
    async with world.working():
        await delivered(world, ref)
        due = datetime.now(UTC) + timedelta(hours=48)
        waits = world.channel.bring(ref.order_id, ReturnState.WAITING_FOR_ANSWER, 1, due)
        await world.hook(ref, waits)
        told = await world.until_told("order.return_requested")
        assert told.return_id == "r1"
        assert told.order.returns[0].answer_by == due
        await world.until_attention(ref, "deadline")
        assert await skipping.get_current_time(world.handle(ref)) >= due - timedelta(hours=6)
        answer = AnswerCommand(
            command_id="answer-1", ref=ref, at=datetime.now(UTC), return_id="r1", answer="approve"
        )
        await world.command(answer)
        await world.until_done(ref, "return/r1/answer-1")
        await world.until_attention(ref, None)
        await world.hook(ref, world.channel.event(world.channel.returns["r1"]))
        outcome = await world.outcome(ref)
        await keep_history(world.handle(ref), "order-returned")
    assert outcome.state == "delivered"
    assert world.channel.performed[-1] == AnswerReturn(
        order_id=ref.order_id, return_id="r1", answer="approve", item_ids=("i1",)
    )
    assert world.bus.kinds[-2:] == ["order.return_requested", "order.return_closed"]
    assert [x.returned for x in world.bus.published[-1].order.lines] == [1]


async def test_the_internal_systems_are_asked_once_more_before_a_person_is(
    skipping: WorkflowEnvironment, store: Store, keep_history: Keep
) -> None:
    returns = LATE_ABILITIES.returns
    assert returns is not None
    asking = returns.model_copy(update={"ask_again_before": timedelta(hours=24)})
    abilities = LATE_ABILITIES.model_copy(update={"returns": asking})
    world = world_of(skipping.client, store, abilities)
    ref = world.ref("4007")
    async with world.working():
        await delivered(world, ref)
        due = datetime.now(UTC) + timedelta(hours=48)
        waits = world.channel.bring(ref.order_id, ReturnState.WAITING_FOR_ANSWER, 1, due)
        await world.hook(ref, waits)
        await world.until_done(ref, "publish/order.return_requested/r1/again")
        await world.until_attention(ref, "deadline")
        asked = [e for e in world.bus.published if e.kind == "order.return_requested"]
        assert [e.return_id for e in asked] == ["r1", "r1"]
        assert len({e.event_id for e in asked}) == 2, "or the second would be taken for a repeat"
        await keep_history(world.handle(ref), "order-return-asked-again")
        await world.handle(ref).terminate()


async def test_a_return_of_an_order_that_was_never_seen_makes_it_known(
    skipping: WorkflowEnvironment, store: Store
) -> None:
    world = world_of(skipping.client, store, LATE_ABILITIES)
    ref = world.ref("4006")
    world.channel.put(order_of(ref, ParcelState.DELIVERED))
    due = datetime.now(UTC) + timedelta(hours=48)
    waits = world.channel.bring(ref.order_id, ReturnState.WAITING_FOR_ANSWER, 1, due)
    async with world.working():
        await world.hook(ref, waits)
        await world.until_told("order.return_requested")
        await world.hook(ref, world.channel.bring(ref.order_id, ReturnState.CANCELLED, 2))
        assert (await world.outcome(ref)).state == "delivered"
    assert world.bus.kinds == [
        "order.received",
        "order.return_requested",
        "order.return_closed",
    ]
