"""Reading again because the plan needs to know: once, and refused steps stay as they are."""

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.bodies.polling import Polling
from activities.bodies.reading import Reading
from activities.signatures.accounts import PollInput
from activities.signatures.orders import RereadInput, RereadResult
from activities.signatures.start import PollSubject
from canonical.effects import EffectState
from canonical.identity import OrderRef
from canonical.returns import ReturnState
from canonical.states import ParcelState
from channels.errors import RefusedError, UnavailableError
from channels.port import RawEvent
from tests.fixtures.toy import LATE_ABILITIES, order_of
from tests.fixtures.world import World

EFFECT = "settle/p1"


async def _known(world: World, order_id: str) -> OrderRef:
    ref = world.ref(order_id)
    await world.receive(ref, world.channel.put(order_of(ref)))
    await world.record(ref)
    return ref


async def _reread(world: World, ref: OrderRef) -> RereadResult:
    arg = RereadInput(ref=ref, effect=EFFECT, reason="parcel p1 ended", order_version=1)
    body = Reading(world.platform).reread_order
    result: RereadResult = await ActivityEnvironment().run(body, arg)
    return result


async def test_what_is_read_waits_in_the_inbox_when_the_effect_is_done(world: World) -> None:
    ref = await _known(world, "1")
    await world.store.effects.begin(ref, "accept/p1", 1)
    await world.store.effects.finish(ref, "accept/p1", EffectState.REFUSED, "locked")
    world.channel.move("1", ParcelState.CANCELLED)
    result = await _reread(world, ref)
    assert (result.effect.state, result.events) == (EffectState.DONE, 1)
    assert result.effect.answer == "parcel p1 ended"
    recorded = await world.record(ref)
    assert recorded.applied == 1
    refused = recorded.view.effect("accept/p1")
    assert refused is not None
    assert refused.state is EffectState.REFUSED


async def test_returns_are_read_with_their_order_where_the_channel_has_them(world: World) -> None:
    world.channel.abilities = LATE_ABILITIES
    ref = await _known(world, "2")
    world.channel.bring("2", ReturnState.REQUESTED, 1)
    assert (await _reread(world, ref)).events == 2
    assert [r.return_id for r in (await world.record(ref)).view.returns] == ["r1"]


async def test_an_order_that_is_not_shown_any_more_settles_too(world: World) -> None:
    ref = await _known(world, "3")
    world.channel.fetched = ()
    result = await _reread(world, ref)
    assert (result.effect.state, result.events) == (EffectState.DONE, 0)


async def test_an_outage_is_tried_again_and_its_claim_taken_up(world: World) -> None:
    ref = await _known(world, "4")
    world.channel.fetch_error = UnavailableError(world.channel.name, "riyadh", "fetch", "503")
    with pytest.raises(ApplicationError) as raised:
        await _reread(world, ref)
    assert not raised.value.non_retryable
    assert not (await world.store.orders.view(ref)).done(EFFECT)
    world.channel.fetch_error = None
    assert (await _reread(world, ref)).effect.state is EffectState.DONE


@pytest.mark.parametrize("unreadable", [True, False])
async def test_what_no_further_try_mends_is_refused_with_its_reason(
    world: World, unreadable: bool
) -> None:
    ref = await _known(world, "5")
    if unreadable:
        world.channel.fetched = (RawEvent(body=b'{"ref": 1}', identity=None),)
    else:
        world.channel.fetch_error = RefusedError(world.channel.name, "riyadh", "fetch", "no")
    result = await _reread(world, ref)
    assert result.effect.state is EffectState.REFUSED
    assert result.effect.answer


async def test_a_read_that_is_done_is_not_made_again(world: World) -> None:
    ref = await _known(world, "6")
    await _reread(world, ref)
    world.channel.fetch_error = UnavailableError(world.channel.name, "riyadh", "fetch", "503")
    assert (await _reread(world, ref)).events == 0


async def test_returns_have_a_poll_and_a_watermark_of_their_own(world: World) -> None:
    world.channel.abilities = LATE_ABILITIES
    ref = await _known(world, "7")
    news = world.channel.bring("7", ReturnState.WAITING_FOR_ANSWER, 1)
    key = (world.channel.name, world.channel.account)
    arg = PollInput(channel=key[0], account=key[1], subject=PollSubject.RETURNS)
    body = Polling(world.platform).poll_orders
    first = await ActivityEnvironment().run(body, arg)
    assert (first.events, first.known) == (1, 0)
    assert await world.store.cursors.get(*key, "returns") is not None
    assert await world.store.cursors.get(*key, "orders") is None
    (sent,) = world.bus.backfill
    assert sent.body == news.body
    await world.receive(ref, news)
    await world.record(ref)
    again = await ActivityEnvironment().run(body, arg)
    assert (again.events, again.known) == (0, 1)


async def test_a_channel_without_returns_polls_none(world: World) -> None:
    arg = PollInput(
        channel=world.channel.name, account=world.channel.account, subject=PollSubject.RETURNS
    )
    result = await ActivityEnvironment().run(Polling(world.platform).poll_orders, arg)
    assert (result.events, result.watermark) == (0, None)
