"""One webhook: known, genuine, cut into events, on the bus, answered. In this order."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

import structlog
from aiohttp import web

from activities.ports import Bus, BusUnavailableError, TooLargeForBusError
from bridge.bus.messages import UNREAD
from bridge.receiver.batcher import HookBatcher
from canonical.envelope import InboundEvent, Source
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

        401 for a wrong key, 404 for an account that is not configured, 413 for a body over the
        channel's limit or the bus's, 503 while the bus is away: the marketplace comes again.
        """
        received_at = datetime.now(UTC)
        name, account = self._whose(request.match_info)
        channel = self._channels.get((name, account))
        webhooks = channel.abilities.webhooks if channel else None
        if channel is None or webhooks is None:
            return web.Response(status=404, text="no such webhook")
        body = await _body_within(request, webhooks.body_limit)
        if body is None:
            log.warning("hook_too_large", channel=name, account=account)
            return _refusal(413, "body too large")
        if not channel.webhook_is_genuine(request.headers, body):
            log.warning("hook_not_genuine", channel=name, account=account, bytes=len(body))
            return _refusal(401, "not authenticated")
        events = [_event(channel, raw, received_at) for raw in channel.split_webhook(body)]
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
                await self._batchers[name].send(events)
        except (BusUnavailableError, TimeoutError) as error:
            log.warning("hook_not_taken", channel=name, account=account, why=str(error))
            return _refusal(503, "not taken, send again", retry_after=5)
        except TooLargeForBusError as error:
            sizes = [len(e.body) for e in error.events]
            log.error("event_too_large", channel=name, account=account, bytes=sizes)
            return _refusal(413, "event too large")
        for event in events:
            log.info(
                "hook_taken",
                channel=name,
                account=account,
                event_id=event.event_id,
                correlation_id=event.correlation_id,
            )
        return None


def _refusal(status: int, text: str, retry_after: int | None = None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return web.Response(status=status, text=text, headers=headers)


def _event(channel: Channel, raw: RawEvent, received_at: datetime) -> InboundEvent:
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
    )


async def _body_within(request: web.Request, limit: int) -> bytes | None:
    """The body, or None as soon as it is seen to be larger; the rest is not read."""
    if (request.content_length or 0) > limit:
        return None
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)
