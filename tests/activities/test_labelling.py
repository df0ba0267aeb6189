"""A label is fetched and handed on once; whoever asked is answered in any case."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.bodies.labelling import PATIENCE, Labelling
from activities.ports import BusUnavailableError
from activities.signatures.orders import SendLabelInput, SendLabelResult
from canonical.effects import EffectState
from canonical.identity import OrderRef
from channels.errors import (
    ChannelError,
    ContractError,
    CredentialsError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from channels.port import LINK, Document
from tests.fixtures.toy import TOY_ABILITIES, order_of
from tests.fixtures.world import World

EFFECT = "label/p1/c1"
LABELS = TOY_ABILITIES.model_copy(update={"labels": True})


async def _order(world: World, order_id: str) -> OrderRef:
    world.channel.abilities = LABELS
    ref = world.ref(order_id)
    await world.receive(ref, world.channel.put(order_of(ref)))
    await world.record(ref)
    return ref


async def _send(world: World, ref: OrderRef, attempt: int = 1) -> SendLabelResult:
    environment = ActivityEnvironment()
    environment.info = replace(ActivityEnvironment.default_info(), attempt=attempt)
    arg = SendLabelInput(ref=ref, parcel_id="p1", command_id="c1", effect=EFFECT, order_version=1)
    result: SendLabelResult = await environment.run(Labelling(world.platform).send_label, arg)
    return result


def _error(world: World, kind: type[ChannelError], text: str = "no label yet") -> ChannelError:
    return kind(world.channel.name, "riyadh", "label.read", text, hint="Ask again.")


async def test_it_goes_out_inline_once(world: World) -> None:
    ref = await _order(world, "1")
    world.channel.labels = [Document("application/zpl", b"^XA\xff^XZ")]
    for _ in range(2):
        assert (await _send(world, ref)).effect.state is EffectState.DONE
    (event,) = world.bus.labels
    assert event.event_id == f"{ref.workflow_id}/{EFFECT}"
    assert (event.parcel_id, event.command_id, event.correlation_id) == ("p1", "c1", "c-1")
    (label,) = event.labels
    assert (label.media_type, label.link, event.refused) == ("application/zpl", "", "")
    assert base64.b64decode(label.content) == b"^XA\xff^XZ"
    assert world.channel.labels_asked == [("1", "p1")]


async def test_a_link_goes_out_as_a_link(world: World) -> None:
    ref = await _order(world, "2")
    world.channel.labels = [Document(LINK, b"https://carrier.example/1.pdf")]
    await _send(world, ref)
    (label,) = world.bus.labels[0].labels
    assert (label.link, label.content) == ("https://carrier.example/1.pdf", "")


@pytest.mark.parametrize("kind", [RefusedError, ContractError])
async def test_a_refusal_is_told_and_kept(world: World, kind: type[ChannelError]) -> None:
    ref = await _order(world, "3")
    world.channel.labels = [_error(world, kind)]
    result = await _send(world, ref)
    assert result.effect.state is EffectState.REFUSED
    assert result.effect.answer == "no label yet Ask again."
    (event,) = world.bus.labels
    assert (event.labels, event.refused) == ((), "no label yet Ask again.")
    # A person asks again: the label must not bear the id under which the refusal was taken.
    await world.store.effects.reopen(ref)
    assert (await _send(world, ref)).effect.state is EffectState.DONE
    first, second = (e.event_id for e in world.bus.labels)
    assert (first, second) == (f"{second}/refused", f"{ref.workflow_id}/{EFFECT}")


async def test_one_that_is_being_made_is_waited_for_and_then_given_up(world: World) -> None:
    ref = await _order(world, "4")
    world.channel.labels = [_error(world, UnavailableError) for _ in range(2)]
    with pytest.raises(ApplicationError) as raised:
        await _send(world, ref, attempt=PATIENCE - 1)
    assert not raised.value.non_retryable
    assert world.bus.labels == []
    assert (await _send(world, ref, attempt=PATIENCE)).effect.state is EffectState.REFUSED
    assert world.bus.labels[0].refused == "no label yet Ask again."


@pytest.mark.parametrize("kind", [ThrottledError, CredentialsError])
async def test_a_quota_and_a_refused_login_are_waited_out(
    world: World, kind: type[ChannelError]
) -> None:
    ref = await _order(world, "5")
    world.channel.labels = [_error(world, kind)]
    with pytest.raises(ApplicationError) as raised:
        await _send(world, ref, attempt=PATIENCE * 10)
    assert not raised.value.non_retryable
    if kind is ThrottledError:
        assert raised.value.next_retry_delay == timedelta(seconds=1)
    await world.store.holds.lift(ref.channel, ref.account)
    assert (await _send(world, ref)).effect.state is EffectState.DONE


async def test_a_bus_that_is_away_loses_no_label(world: World) -> None:
    ref = await _order(world, "6")
    world.bus.away = True
    with pytest.raises(BusUnavailableError):
        await _send(world, ref)
    world.bus.away = False
    assert (await _send(world, ref, attempt=2)).effect.state is EffectState.DONE
    assert len(world.bus.labels) == 1


async def test_one_that_no_message_holds_is_refused_with_another_way(world: World) -> None:
    ref = await _order(world, "7")
    world.bus.too_large = {f"{ref.workflow_id}/{EFFECT}"}
    assert (await _send(world, ref)).effect.state is EffectState.REFUSED
    assert "`souk order label`" in world.bus.labels[0].refused


async def test_where_the_channel_gives_no_labels_nobody_is_called(world: World) -> None:
    ref = await _order(world, "8")
    world.channel.abilities = TOY_ABILITIES
    result = await _send(world, ref)
    assert result.effect.answer == f"{ref.channel} gives no labels through its API."
    assert world.bus.labels[0].refused == result.effect.answer
    assert world.channel.labels_asked == []
