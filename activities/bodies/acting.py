"""Doing something at a marketplace, once: the effect's row is written before the call leaves."""

import asyncio

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.bodies.heartbeats import heartbeating
from activities.failures import application_error, may_be_applied, their_words
from activities.ports import Platform
from activities.signatures.orders import ActInput, ActResult
from canonical.effects import Effect, EffectState
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

log = structlog.get_logger(__name__)


class Acting:
    """A step at the marketplace, retried by Temporal until it has an answer."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="act_at_marketplace")
    async def act_at_marketplace(self, arg: ActInput) -> ActResult:
        """Carries out one action; what may have been sent before is read back first.

        Raises:
            ApplicationError: Another attempt is due; its type is the channel error's name.
        """
        channel = self._platform.channel(arg.ref.channel, arg.ref.account)
        async with heartbeating():
            begun = await self._begin(arg)
            if begun is Begun.READ_BACK and await self._was_not_applied(arg, channel):
                await self._platform.store.effects.release(arg.ref, arg.effect)
                begun = await self._begin(arg)
                if begun is Begun.READ_BACK:
                    # Another worker claimed it in between: look again later.
                    raise ApplicationError(f"{arg.effect} is being sent by another worker")
            if begun is Begun.SEND:
                await self._send(arg, channel)
        view = await self._platform.store.orders.view(arg.ref)
        effect = view.effect(arg.effect) or Effect(name=arg.effect, state=EffectState.SENT)
        log.info("acted", order=arg.ref.key, effect=arg.effect, state=effect.state.value)
        return ActResult(effect=effect, view=view)

    async def _begin(self, arg: ActInput) -> Begun:
        return await self._platform.store.effects.begin(arg.ref, arg.effect, arg.order_version)

    async def _finish(self, arg: ActInput, state: EffectState, answer: str = "") -> None:
        await self._platform.store.effects.finish(arg.ref, arg.effect, state, answer)

    async def _send(self, arg: ActInput, channel: Channel) -> None:
        try:
            await channel.perform(arg.action)
        except (UnavailableError, ThrottledError, CredentialsError) as error:
            await self._platform.store.effects.release(arg.ref, arg.effect)
            raise application_error(error) from error
        except RefusedError as error:
            await self._finish(arg, EffectState.REFUSED, their_words(error))
        except (AmbiguousError, ContractError) as error:
            # An answer that cannot be read tells as little as none: it may have been applied.
            await self._finish(arg, EffectState.UNKNOWN, their_words(error))
            raise may_be_applied(error) from error
        else:
            await self._finish(arg, EffectState.DONE)

    async def _was_not_applied(self, arg: ActInput, channel: Channel) -> bool:
        """Reads back, once a read is sure to show what was written."""
        await asyncio.sleep(channel.abilities.visibility_lag.total_seconds())
        try:
            seen = await channel.read_back(arg.action)
        except (RefusedError, ContractError) as error:
            await self._finish(arg, EffectState.UNKNOWN, their_words(error))
            return False
        except ChannelError as error:
            raise application_error(error) from error
        match seen:
            case Seen.APPLIED:
                await self._finish(arg, EffectState.DONE)
            case Seen.UNCLEAR:
                await self._finish(
                    arg, EffectState.UNKNOWN, "the order there shows neither that nor the contrary"
                )
            case Seen.NOT_APPLIED:
                return True
        return False
