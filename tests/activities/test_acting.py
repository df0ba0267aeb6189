"""An action is carried out once, whatever the marketplace answers."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment

from activities.bodies.acting import Acting
from activities.signatures.orders import ActInput, ActResult
from canonical.actions import AcceptParcel
from canonical.effects import EffectState
from canonical.identity import OrderRef
from canonical.states import ParcelState
from channels.errors import (
    AmbiguousError,
    ChannelError,
    ContractError,
    CredentialsError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from channels.port import Seen
from store import Begun
from tests.fixtures.toy import order_of
from tests.fixtures.world import World

EFFECT = "accept/p1"


async def accepted_order(world: World, order_id: str) -> OrderRef:
    """An order whose acceptance is the next step."""
    ref = world.ref(order_id)
    await world.receive(ref, world.channel.put(order_of(ref)))
    await world.record(ref)
    await world.store.effects.begin(ref, "publish/order.received", 1)
    await world.store.effects.finish(ref, "publish/order.received", EffectState.DONE)
    await world.keep(world.accepting(ref))
    await world.record(ref)
    return ref


async def _act(world: World, ref: OrderRef) -> ActResult:
    arg = ActInput(
        ref=ref,
        action=AcceptParcel(order_id=ref.order_id, parcel_id="p1"),
        effect=EFFECT,
        order_version=1,
        abilities=world.channel.abilities,
    )
    body = Acting(world.platform).act_at_marketplace
    result: ActResult = await ActivityEnvironment().run(body, arg)
    return result


def _error(world: World, kind: type[ChannelError], text: str = "why") -> ChannelError:
    return kind(world.channel.name, "riyadh", "accept", text)


async def test_a_confirmed_action_is_done_and_never_sent_again(world: World) -> None:
    ref = await accepted_order(world, "1")
    first = await _act(world, ref)
    again = await _act(world, ref)
    assert first.effect and first.effect.state is EffectState.DONE
    assert again.effect and again.effect.state is EffectState.DONE
    assert len(world.channel.performed) == 1


@pytest.mark.parametrize("kind", [UnavailableError, ThrottledError, CredentialsError])
async def test_what_was_not_applied_leaves_no_claim_and_is_tried_again(
    world: World, kind: type[ChannelError]
) -> None:
    ref = await accepted_order(world, "2")
    world.channel.answers = [_error(world, kind)]
    with pytest.raises(ApplicationError) as raised:
        await _act(world, ref)
    assert raised.value.type == kind.__name__
    assert not raised.value.non_retryable
    assert (await world.store.orders.view(ref)).effect(EFFECT) is None
    held = await world.store.holds.lift(ref.channel, ref.account)
    assert held == (kind is CredentialsError), "a refused login alone pauses the account"
    result = await _act(world, ref)
    assert result.effect and result.effect.state is EffectState.DONE
    assert len(world.channel.performed) == 2


async def test_a_quota_is_waited_for_without_noise(world: World) -> None:
    ref = await accepted_order(world, "3")
    wait = timedelta(seconds=7)
    world.channel.answers = [
        ThrottledError(world.channel.name, "riyadh", "accept", "429", retry_after=wait)
    ]
    with pytest.raises(ApplicationError) as raised:
        await _act(world, ref)
    assert raised.value.next_retry_delay == wait
    assert raised.value.category is ApplicationErrorCategory.BENIGN


async def test_a_refusal_is_an_answer_not_a_failure(world: World) -> None:
    ref = await accepted_order(world, "4")
    world.channel.answers = [_error(world, RefusedError, "مرفوض: locked\x00")]
    result = await _act(world, ref)
    assert result.effect and result.effect.state is EffectState.REFUSED
    assert result.effect.answer == "مرفوض: locked"
    assert (await _act(world, ref)).effect == result.effect
    assert len(world.channel.performed) == 1


@pytest.mark.parametrize("kind", [AmbiguousError, ContractError])
async def test_an_action_without_telling_answer_is_read_back_first(
    world: World, kind: type[ChannelError]
) -> None:
    ref = await accepted_order(world, "5")
    world.channel.answers = [_error(world, kind)]
    with pytest.raises(ApplicationError) as raised:
        await _act(world, ref)
    assert not raised.value.non_retryable
    kept = (await world.store.orders.view(ref)).effect(EFFECT)
    assert kept and kept.state is EffectState.UNKNOWN
    world.channel.move(ref.order_id, ParcelState.ACCEPTED)
    result = await _act(world, ref)
    assert result.effect and result.effect.state is EffectState.DONE
    assert len(world.channel.performed) == 1


async def test_what_reads_back_as_not_applied_is_sent_again(world: World) -> None:
    ref = await accepted_order(world, "6")
    world.channel.answers = [_error(world, AmbiguousError)]
    with pytest.raises(ApplicationError):
        await _act(world, ref)
    result = await _act(world, ref)
    assert result.effect and result.effect.state is EffectState.DONE
    assert len(world.channel.performed) == 2


@pytest.mark.parametrize("readable", [True, False])
async def test_what_reading_back_cannot_tell_is_for_a_person(world: World, readable: bool) -> None:
    ref = await accepted_order(world, "7")
    assert await world.store.effects.begin(ref, EFFECT, 1) is Begun.SEND
    world.channel.seen = Seen.UNCLEAR if readable else _error(world, ContractError)
    result = await _act(world, ref)
    assert result.effect and result.effect.state is EffectState.UNKNOWN
    assert result.effect.answer
    assert world.channel.performed == []


async def test_a_claim_that_a_dead_worker_left_is_read_back(world: World) -> None:
    ref = await accepted_order(world, "8")
    assert await world.store.effects.begin(ref, EFFECT, 1) is Begun.SEND
    world.channel.move(ref.order_id, ParcelState.ACCEPTED)
    result = await _act(world, ref)
    assert result.effect and result.effect.state is EffectState.DONE
    assert world.channel.performed == []


async def test_a_try_after_the_customer_cancelled_sends_nothing(world: World) -> None:
    ref = await accepted_order(world, "9")
    world.channel.answers = [_error(world, UnavailableError)]
    with pytest.raises(ApplicationError):
        await _act(world, ref)
    await world.receive(ref, world.channel.move(ref.order_id, ParcelState.CANCELLED))
    await world.record(ref)
    result = await _act(world, ref)
    assert result.effect is None
    assert result.view.state == "cancelled"
    assert len(world.channel.performed) == 1


async def test_a_cancelled_attempt_still_writes_what_was_answered(world: World) -> None:
    ref = await accepted_order(world, "10")
    world.channel.hold = asyncio.Event()
    attempt = asyncio.create_task(_act(world, ref))
    await world.until_called()
    attempt.cancel()
    world.channel.hold.set()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    kept = (await world.store.orders.view(ref)).effect(EFFECT)
    assert kept and kept.state is EffectState.DONE


async def test_two_workers_at_once_send_once(world: World) -> None:
    ref = await accepted_order(world, "11")
    attempts = await asyncio.gather(*(_act(world, ref) for _ in range(4)), return_exceptions=True)
    done = [x for x in attempts if isinstance(x, ActResult)]
    others = [x for x in attempts if not isinstance(x, ActResult)]
    assert done
    assert all(isinstance(x, ApplicationError) and not x.non_retryable for x in others)
    assert len(world.channel.performed) == 1
