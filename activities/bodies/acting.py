"""Doing something at a marketplace, once: the effect's row is written before the call leaves."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.bodies.evidence import whole_action
from activities.bodies.heartbeats import heartbeating
from activities.bodies.holding import failure_of, unless_held
from activities.failures import may_be_applied, their_words
from activities.ports import Platform
from activities.signatures.orders import ActInput, ActResult
from canonical.effects import Effect, EffectState
from canonical.plan import next_step
from canonical.view import OrderView
from channels.errors import (
    AmbiguousError,
    ChannelError,
    ContractError,
    CredentialsError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from channels.port import Channel, Seen
from store import Begun

UNCLEAR = "the order there shows neither that it was applied nor that it was not"

log = structlog.get_logger(__name__)


class Acting:
    """A step at the marketplace, retried by Temporal until it has an answer."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="act_at_marketplace")
    async def act_at_marketplace(self, arg: ActInput) -> ActResult:
        """Carries out one action; what may have been sent before is read back first.

        An attempt that comes hours after the first, when the marketplace is back, finds that the
        customer has cancelled meanwhile: it looks at the order as it is now, not at its input.

        Raises:
            ApplicationError: Another attempt is due; its type is the channel error's name.
        """
        channel = self._platform.channel(arg.ref.channel, arg.ref.account)
        async with heartbeating():
            view = await self._view(arg)
            if _may_be_sent(view.effect(arg.effect)):
                await unless_held(self._platform, arg.ref.channel, arg.ref.account)
                await self._read_back(arg, channel)
                view = await self._view(arg)
            due = next_step(view, arg.abilities)
            if due is not None and due.effect == arg.effect:
                await unless_held(self._platform, arg.ref.channel, arg.ref.account)
                await self._claim(arg)
                await _to_its_end(self._send(arg, channel))
                view = await self._view(arg)
        effect = view.effect(arg.effect)
        log.info("acted", order=arg.ref.key, effect=arg.effect, state=effect and effect.state.value)
        return ActResult(effect=effect, view=view)

    async def _view(self, arg: ActInput) -> OrderView:
        return await self._platform.store.orders.view(arg.ref)

    async def _claim(self, arg: ActInput) -> None:
        store = self._platform.store
        begun = await store.effects.begin(arg.ref, arg.effect, arg.order_version)
        if begun is not Begun.SEND:
            raise ApplicationError(f"{arg.effect} was claimed by another worker just now: {begun}")

    async def _finish(self, arg: ActInput, state: EffectState, answer: str = "") -> None:
        await self._platform.store.effects.finish(arg.ref, arg.effect, state, answer)

    async def _send(self, arg: ActInput, channel: Channel) -> None:
        try:
            await channel.perform(await whole_action(self._platform, arg))
        except (UnavailableError, ThrottledError, CredentialsError) as error:
            await self._platform.store.effects.release(arg.ref, arg.effect)
            raise await failure_of(self._platform, error) from error
        except RefusedError as error:
            await self._finish(arg, EffectState.REFUSED, their_words(error))
        except (AmbiguousError, ContractError) as error:
            # An answer that cannot be read tells as little as none: it may have been applied.
            await self._finish(arg, EffectState.UNKNOWN, their_words(error))
            raise may_be_applied(error) from error
        else:
            await self._finish(arg, EffectState.DONE)

    async def _read_back(self, arg: ActInput, channel: Channel) -> None:
        """Asks whether it was applied, once a read is sure to show what was written."""
        await asyncio.sleep(channel.abilities.visibility_lag.total_seconds())
        try:
            seen = await channel.read_back(arg.action)
        except (RefusedError, ContractError) as error:
            await self._finish(arg, EffectState.UNKNOWN, their_words(error))
            return
        except ChannelError as error:
            raise await failure_of(self._platform, error) from error
        match seen:
            case Seen.APPLIED:
                await self._finish(arg, EffectState.DONE)
            case Seen.NOT_APPLIED:
                await self._platform.store.effects.release(arg.ref, arg.effect)
            case Seen.UNCLEAR:
                await self._finish(arg, EffectState.UNKNOWN, UNCLEAR)


def _may_be_sent(effect: Effect | None) -> bool:
    return effect is not None and effect.state in (EffectState.SENT, EffectState.UNKNOWN)


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Heeds a cancellation only after a call that has left was answered and its row written."""
    call = asyncio.create_task(work)
    try:
        await asyncio.shield(call)
    except asyncio.CancelledError:
        await call
        raise
