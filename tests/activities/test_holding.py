"""A paused account makes no call; a refused login pauses it; what waits goes on by itself."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.bodies.acting import Acting
from activities.bodies.holding import LOOK_AGAIN, PAUSED, Holding
from activities.bodies.polling import Polling
from activities.bodies.reading import Reading
from activities.ports import Platform
from activities.signatures.accounts import HoldInput, PollInput
from activities.signatures.orders import ActInput, ActResult, ReadInput
from canonical.effects import EffectState
from canonical.identity import OrderRef
from canonical.plan import Act, next_step
from channels.errors import CredentialsError
from store.holds import Hold
from tests.activities.test_acting import accepted_order
from tests.fixtures.toy import order_of
from tests.fixtures.world import World

BY_A_PERSON = Hold(by="sara", why="stock taking", since=datetime(2026, 11, 25, tzinfo=UTC))


async def _act(platform: Platform, world: World, ref: OrderRef) -> ActResult:
    view = await world.store.orders.view(ref)
    step = next_step(view, world.channel.abilities)
    assert isinstance(step, Act)
    arg = ActInput(
        ref=ref,
        action=step.action,
        effect=step.effect,
        order_version=view.version,
        abilities=world.channel.abilities,
    )
    result: ActResult = await ActivityEnvironment().run(Acting(platform).act_at_marketplace, arg)
    return result


async def test_a_paused_account_makes_no_call_and_goes_on_after(world: World) -> None:
    ref = await accepted_order(world, "7001")
    whose = ref.channel, ref.account
    arg = HoldInput(channel=ref.channel, account=ref.account, by="sara", why="stock taking")
    await ActivityEnvironment().run(Holding(world.platform).hold_account, arg)
    with pytest.raises(ApplicationError, match=r"paused by sara .* stock taking") as waits:
        await _act(world.platform, world, ref)
    assert (waits.value.type, waits.value.next_retry_delay) == (PAUSED, LOOK_AGAIN)
    assert not waits.value.non_retryable
    with pytest.raises(ApplicationError, match="souk account resume") as refused:
        await ActivityEnvironment().run(
            Reading(world.platform).read_order, ReadInput(ref=ref, by="omar")
        )
    assert refused.value.non_retryable, "a person at a screen wants to hear it now"
    poll = PollInput(channel=ref.channel, account=ref.account)
    polled = await ActivityEnvironment().run(Polling(world.platform).poll_orders, poll)
    assert (polled.events, polled.watermark) == (0, None)
    assert world.channel.performed == [] and world.channel.asked == []
    assert await world.store.cursors.get(*whose, "orders") is None

    assert await ActivityEnvironment().run(Holding(world.platform).resume_account, arg)
    done = await _act(world.platform, world, ref)
    assert done.effect and done.effect.state is EffectState.DONE
    assert len(world.channel.performed) == 1
    assert not await ActivityEnvironment().run(Holding(world.platform).resume_account, arg)


async def test_a_refused_login_pauses_the_account_and_has_it_checked_once(world: World) -> None:
    ref, other = await accepted_order(world, "7002"), await accepted_order(world, "7003")
    checked: list[tuple[str, str]] = []

    async def recheck(channel: str, account: str) -> None:
        checked.append((channel, account))

    platform = replace(world.platform, recheck=recheck)
    world.channel.answers = [CredentialsError(ref.channel, ref.account, "accept", "401")]
    with pytest.raises(ApplicationError) as first:
        await _act(platform, world, ref)
    assert first.value.type == "CredentialsError"
    hold = await world.store.holds.get(ref.channel, ref.account)
    assert hold is not None and hold.credentials and hold.why == "accept: 401"
    for each in (ref, other):
        with pytest.raises(ApplicationError) as waits:
            await _act(platform, world, each)
        assert waits.value.type == PAUSED
    assert len(world.channel.performed) == 1, "nobody knocks again"
    assert checked == [(ref.channel, ref.account)]


async def test_a_poll_whose_login_is_refused_pauses_the_account_too(world: World) -> None:
    world.channel.put(order_of(world.ref("7004")))
    world.channel.breaks_after = 0
    name, account = world.channel.name, world.channel.account
    world.channel.break_error = CredentialsError(name, account, "list", "403")
    with pytest.raises(ApplicationError):
        await ActivityEnvironment().run(
            Polling(world.platform).poll_orders, PollInput(channel=name, account=account)
        )
    hold = await world.store.holds.get(name, account)
    assert hold is not None and hold.why == "list: 403"
