"""Resync: the order is read afresh, and only then is anything reopened."""

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.bodies.reading import Reading
from activities.signatures.orders import ReadInput, ReadResult
from canonical.effects import EffectState
from canonical.identity import OrderRef
from canonical.states import OrderState, ParcelState
from channels.errors import UnavailableError
from channels.port import RawEvent
from store import InboxState
from tests.fixtures.toy import TOY_ABILITIES, order_of
from tests.fixtures.world import World


async def _stuck(world: World, order_id: str) -> OrderRef:
    """An order with a refused step."""
    ref = world.ref(order_id)
    await world.receive(ref, world.channel.put(order_of(ref)))
    await world.record(ref)
    await world.store.effects.begin(ref, "accept/p1", 1)
    await world.store.effects.finish(ref, "accept/p1", EffectState.REFUSED, "locked")
    return ref


async def _read(world: World, ref: OrderRef) -> ReadResult:
    body = Reading(world.platform).read_order
    result: ReadResult = await ActivityEnvironment().run(body, ReadInput(ref=ref, by="noura"))
    return result


async def test_what_is_read_comes_by_the_inbox_and_refused_steps_are_reopened(world: World) -> None:
    ref = await _stuck(world, "1")
    world.channel.move("1", ParcelState.ACCEPTED)
    assert (await _read(world, ref)).events == 1
    recorded = await world.record(ref)
    assert (recorded.applied, recorded.view.state) == (1, OrderState.ACCEPTED)
    effect = recorded.view.effect("accept/p1")
    assert effect is None or effect.state is not EffectState.REFUSED


async def test_a_read_that_fails_changes_nothing(world: World) -> None:
    ref = await _stuck(world, "2")
    world.channel.fetch_error = UnavailableError(world.channel.name, "riyadh", "fetch", "503")
    with pytest.raises(ApplicationError) as raised:
        await _read(world, ref)
    assert not raised.value.non_retryable
    effect = (await world.store.orders.view(ref)).effect("accept/p1")
    assert effect and effect.state is EffectState.REFUSED


async def test_an_unreadable_answer_is_kept_and_said(world: World) -> None:
    ref = await _stuck(world, "3")
    world.channel.fetched = (RawEvent(body=b'{"ref": 1}', identity=None),)
    with pytest.raises(ApplicationError, match="does not fit") as raised:
        await _read(world, ref)
    assert raised.value.non_retryable
    log = await world.store.inbox.log(ref)
    dead = [entry for entry in log if entry.state is InboxState.DEAD_LETTERED]
    assert [entry.reason for entry in dead] == ["contract"]


async def test_an_order_that_cannot_be_read_is_reopened_all_the_same(world: World) -> None:
    ref = await _stuck(world, "4")
    world.channel.abilities = TOY_ABILITIES.model_copy(update={"order_readable": False})
    world.channel.fetch_error = UnavailableError(world.channel.name, "riyadh", "fetch", "503")
    assert (await _read(world, ref)).events == 0
    effect = (await world.store.orders.view(ref)).effect("accept/p1")
    assert effect is None or effect.state is not EffectState.REFUSED
