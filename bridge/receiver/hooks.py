"""One webhook: known, genuine, cut into events, on the bus, answered. In this order."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import structlog
from aiohttp import web

from activities.ports import Bus, BusUnavailableError, TooLargeForBusError
from bridge.bus.batcher import HookBatcher
from canonical.envelope import BEGINNING, UNREAD, InboundEvent, Source
from canonical.identity import hook_key
from channels.port import Channel, RawEvent

ANSWER_WITHIN = 8.0
"""Seconds; marketplaces give up after about ten and come again."""

log = structlog.get_logger()


class Hooks:
    """Answers `POST /webhooks/{hook_key}` and, for people, `POST /webhooks/{channel}/{account}`.

    What the bus has got once is answered well even if it is junk: it becomes a dead letter that a
    person sees, while a bad answer would only make some marketplaces switch the hook off.
    """

    def __init__(self, bus: Bus, channels: Mapping[tuple[str, str], Channel]) -> None:
        self._channels = channels
        self._by_key = {hook_key(*pair): pair for pair in channels}
        self._batchers = {name: HookBatcher(bus) for name, _ in channels}

    async def handle(self, request: web.Request) -> web.Response:
        """Answers 2xx, or as the channel's abilities say for junk, once the bus has the events.

        401 for a wrong key, 404 for an account that is not configured, 503 while the bus is away:
        the marketplace comes again. A genuine body over the channel's limit or the bus's is junk:
        its beginning becomes a dead letter. Over the limit and not known to be genuine: 413.
        """
        received_at = datetime.now(UTC)
        name, account = self._whose(request.match_info)
        channel = self._channels.get((name, account))
        webhooks = channel.abilities.webhooks if channel else None
        if channel is None or webhooks is None:
            return web.Response(status=404, text="no such webhook")
        body = await _read(request, webhooks.body_limit)
        if not channel.webhook_is_genuine(request.headers, body.content):
            log.warning("hook_not_genuine", channel=name, account=account, bytes=body.came)
            if not body.is_whole:
                return _refusal(413, "body too large")
            return _refusal(401, "not authenticated")
        if body.is_whole:
            raws = channel.split_webhook(body.content)
        else:
            raws = (RawEvent(body.content, None),)
        events = [_event(channel, raw, received_at, body) for raw in raws]
        junk = bool(events) and all(e.order_id is None for e in events)
        refusal = await self._send(name, account, events)
        if refusal is not None:
            return refusal
        return web.Response(status=webhooks.junk_answer if junk else 200)

    async def close(self) -> None:
        """Finishes what is on its way to the bus."""
        await asyncio.gather(*(b.close() for b in self._batchers.values()))

    def _whose(self, path: Mapping[str, str]) -> tuple[str, str]:
        if "key" in path:
            return self._by_key.get(path["key"], ("", ""))
        return path["channel"], path["account"]

    async def _send(
        self, name: str, account: str, events: list[InboundEvent]
    ) -> web.Response | None:
        if not events:
            return None
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._send_or_cut(self._batchers[name], events)
        except (BusUnavailableError, TimeoutError) as error:
            log.warning("hook_not_taken", channel=name, account=account, why=str(error))
            return _refusal(503, "not taken, send again", retry_after=5)
        for event in events:
            log.info(
                "hook_taken",
                channel=name,
                account=account,
                event_id=event.event_id,
                correlation_id=event.correlation_id,
            )
        return None

    async def _send_or_cut(self, batcher: HookBatcher, events: list[InboundEvent]) -> None:
        """A bad answer for one order's size would in the end switch the hook off for all."""
        try:
            await batcher.send(events)
        except TooLargeForBusError as error:
            await batcher.send([_beginning(e) for e in error.events])


@dataclass(frozen=True)
class _Body:
    """What was read of a body; of one that is too large only the beginning."""

    content: bytes
    came: int
    """Bytes, at least."""

    @property
    def is_whole(self) -> bool:
        return len(self.content) == self.came


def _refusal(status: int, text: str, retry_after: int | None = None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return web.Response(status=status, text=text, headers=headers)


def _event(channel: Channel, raw: RawEvent, received_at: datetime, of: _Body) -> InboundEvent:
    identity = raw.identity
    return InboundEvent(
        channel=channel.name,
        account=channel.account,
        event_id=identity.event_id if identity else f"{UNREAD}{uuid4()}",
        order_id=identity.order_id if identity else None,
        source=Source.WEBHOOK,
        received_at=received_at,
        correlation_id=uuid4().hex,
        body=raw.body,
        cut_from=None if of.is_whole else of.came,
    )


def _beginning(event: InboundEvent) -> InboundEvent:
    """Under an id of its own: a poll may bring the event whole, under the event's."""
    cut = {"body": event.body[:BEGINNING], "cut_from": len(event.body)}
    return event.model_copy(update=cut | {"event_id": f"{UNREAD}{uuid4()}"})


async def _read(request: web.Request, limit: int) -> _Body:
    """The body, or its beginning as soon as it is seen to be larger; the rest is not read."""
    stated = request.content_length or 0
    enough = BEGINNING if stated > limit else limit
    parts, size = [], 0
    async for part in request.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > enough:
            return _Body(b"".join(parts)[:BEGINNING], max(stated, size))
    return _Body(b"".join(parts), size)
