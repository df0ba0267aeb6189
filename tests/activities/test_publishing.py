"""Telling the internal systems: one event id, however often it is tried."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.bodies.publishing import Publishing
from activities.ports import BusUnavailableError
from activities.signatures.orders import PublishInput, PublishResult
from canonical.effects import EffectState, publish_name
from canonical.events import OrderEventKind
from canonical.identity import OrderRef
from canonical.plan import Publish, next_step
from canonical.states import ParcelState
from store import Begun
from tests.fixtures.toy import order_of
from tests.fixtures.world import World

EFFECT = "publish/order.received"


async def _recorded(world: World, order_id: str) -> OrderRef:
    ref = world.ref(order_id)
    await world.receive(ref, world.channel.put(order_of(ref)))
    await world.record(ref)
    return ref


async def _publish(world: World, ref: OrderRef) -> PublishResult:
    arg = PublishInput(ref=ref, kind=OrderEventKind.RECEIVED, effect=EFFECT, order_version=1)
    body = Publishing(world.platform).publish_order_event
    result: PublishResult = await ActivityEnvironment().run(body, arg)
    return result


async def test_an_event_is_published_once_with_the_order_in_it(world: World) -> None:
    ref = await _recorded(world, "1")
    first = await _publish(world, ref)
    await _publish(world, ref)
    assert [e.event_id for e in world.bus.published] == [f"{ref.workflow_id}/{EFFECT}"]
    event = world.bus.published[0]
    assert (event.state, event.order_version) == ("new", first.view.version)
    assert event.order.lines[0].item_id == "item-SKU-1"
    assert first.view.told_state == "new"
    assert first.view.told_at is not None


async def test_a_lost_answer_is_published_again_under_the_same_id(world: World) -> None:
    ref = await _recorded(world, "2")
    assert await world.store.effects.begin(ref, EFFECT, 1) is Begun.SEND
    await _publish(world, ref)
    assert [e.event_id for e in world.bus.published] == [f"{ref.workflow_id}/{EFFECT}"]


async def test_what_changed_after_a_lost_answer_is_told_under_an_id_of_its_own(
    world: World,
) -> None:
    """The first event arrived, its answer did not; its id is taken once, with the old state."""
    ref = await _recorded(world, "5")
    await _publish(world, ref)
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        await world.receive(ref, world.channel.move("5", state))
        before = (await world.record(ref)).view
        if state is ParcelState.SHIPPED:
            shipped = before
            changed = publish_name(OrderEventKind.CHANGED, shipped.version)
            assert next_step(shipped, world.channel.abilities) == Publish(
                OrderEventKind.CHANGED, changed
            )
            await world.store.effects.begin(ref, changed, shipped.version)
    again = PublishInput(
        ref=ref, kind=OrderEventKind.CHANGED, effect=changed, order_version=shipped.version
    )
    result = await ActivityEnvironment().run(Publishing(world.platform).publish_order_event, again)
    assert (result.view.state, result.view.told_state) == ("delivered", "new")
    due = next_step(result.view, world.channel.abilities)
    assert due == Publish(
        OrderEventKind.CHANGED, publish_name(OrderEventKind.CHANGED, result.view.version)
    )
    last = PublishInput(
        ref=ref, kind=due.kind, effect=due.effect, order_version=result.view.version
    )
    result = await ActivityEnvironment().run(Publishing(world.platform).publish_order_event, last)
    assert result.view.told_state == "delivered"
    assert next_step(result.view, world.channel.abilities) is None
    ids = [e.event_id for e in world.bus.published]
    assert len(ids) == len(set(ids)) == 3


async def test_a_bus_that_is_away_leaves_the_event_to_be_told(world: World) -> None:
    ref = await _recorded(world, "3")
    world.bus.away = True
    with pytest.raises(BusUnavailableError):
        await _publish(world, ref)
    assert (await world.store.orders.view(ref)).told_state is None
    world.bus.away = False
    assert (await _publish(world, ref)).effect.state is EffectState.DONE


async def test_an_order_too_large_for_the_bus_is_refused_and_not_tried_for_ever(
    world: World,
) -> None:
    ref = await _recorded(world, "4")
    world.bus.too_large = {f"{ref.workflow_id}/{EFFECT}"}
    result = await _publish(world, ref)
    assert result.effect.state is EffectState.REFUSED
    assert "Larger than a message" in result.effect.answer
