"""The inbox: every event and command that came, once, and what became of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select

from canonical.commands import Command
from canonical.envelope import EventIdentity, InboundEvent, Source
from canonical.identity import OrderRef
from store.chunks import chunks
from store.columns import Id
from store.database import Database
from store.dialects.port import Sql
from store.dialects.shapes import RECEIVED
from store.dialects.stepwise import insert_received
from store.parameters import run
from store.results import EventKey, InboxEntry, InboxKind, InboxState, UnknownOrder
from store.rows import encode
from store.sealing import Sealer
from store.sql.inbox import (
    body_of,
    bury,
    command_body_of,
    ended,
    inbox_by_state,
    log_of,
    oldest_received,
    order_is_known,
    settle_subject,
    settled,
)
from store.tables import inbox

VERSION_LIMIT = 2**63 - 1

Build = Callable[[Sql], Select[Any]]


class Inbox:
    """Rows are keyed by (channel, account, kind, event id); all methods may be repeated."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def receive(
        self, events: Sequence[InboundEvent], identities: Sequence[EventIdentity]
    ) -> dict[EventKey, InboxState]:
        """Keeps readable events; one that is known counts as a further delivery.

        A dead-lettered event that comes again (a replay) is `received` again.

        Args:
            events: What came; at most a bus batch.
            identities: What each is about, in the same order.

        Returns:
            Each event's state afterwards: only `received` ones need work.
        """
        rows = _together(
            self._event_row(event, identity.order_id, identity.subject, identity.version)
            for event, identity in zip(events, identities, strict=True)
        )
        states = await self._receive(rows)
        keys = ((e.channel, e.account, e.event_id) for e in events)
        return {key: states[_stored_key(*key)] for key in keys}

    async def receive_command(
        self, command: Command, received_at: datetime, correlation_id: str, body: bytes
    ) -> InboxState | UnknownOrder:
        """Keeps a command; its id is unique within the account."""
        ref = command.ref
        sql = self._database.dialect
        known = await self._database.quick(
            lambda c: run(c, order_is_known(sql), ref.model_dump()).first()
        )
        if known is None:
            return UnknownOrder(ref)
        event = InboundEvent(
            **ref.model_dump(),
            event_id=command.command_id,
            source=Source.ERP,
            received_at=received_at,
            correlation_id=correlation_id,
            body=body,
        )
        row = self._event_row(event, ref.order_id) | {"kind": InboxKind.COMMAND.value}
        (state,) = (await self._receive([row])).values()
        return state

    async def receive_subject(self, event: InboundEvent) -> InboxState:
        """Keeps an event that is about something else than an order."""
        (state,) = (await self._receive([self._event_row(event, None, event.subject)])).values()
        return state

    async def settle_subject(self, event: InboundEvent, *, applied: bool) -> None:
        """Ends such an event: it brought something, or what it tells was known already."""
        state = InboxState.APPLIED if applied else InboxState.SUPERSEDED
        values = {
            "channel": event.channel,
            "account": event.account,
            "event_id": event.event_id,
            "new_state": state.value,
        }
        statement = settle_subject(self._database.dialect)
        await self._database.quick(lambda c: run(c, statement, values).rowcount)

    async def settled(self, channel: str, account: str, event_ids: Iterable[str]) -> set[str]:
        """Those of the events that are applied or superseded already."""
        return await self._among(settled, channel, account, event_ids)

    async def ended(self, channel: str, account: str, event_ids: Iterable[str]) -> set[str]:
        """Those of the events that are settled or dead-lettered."""
        return await self._among(ended, channel, account, event_ids)

    async def dead_letter(self, event: InboundEvent, reason: str, description: str) -> None:
        """Keeps an event that cannot be processed; never demotes an applied or superseded row."""
        row = self._event_row(event, event.order_id) | {
            "state": InboxState.DEAD_LETTERED.value,
            "reason": reason,
            "description": description,
        }
        rows = {"rows": encode(RECEIVED, [row])}
        sql = self._database.dialect

        def work(connection: Connection) -> None:
            for build in (bury, insert_received, bury):
                done = run(connection, build(sql), rows)
                if done.rowcount == 1:
                    return

        await self._database.transaction(work)

    async def body(self, channel: str, account: str, event_id: str) -> bytes | None:
        """An event's bytes as they came."""
        values = {"channel": channel, "account": account, "event_id": event_id}
        sealed = await self._database.quick(
            lambda c: run(c, body_of(self._database.dialect), values).scalar()
        )
        return None if sealed is None else self._sealer.open(sealed)

    async def command_body(self, channel: str, account: str, command_id: str) -> bytes | None:
        """A command's bytes as they came."""
        values = {"channel": channel, "account": account, "event_id": command_id}
        sealed = await self._database.quick(
            lambda c: run(c, command_body_of(self._database.dialect), values).scalar()
        )
        return None if sealed is None else self._sealer.open(sealed)

    async def log(self, ref: OrderRef) -> list[InboxEntry]:
        """All that came for an order, oldest first."""
        rows = await self._database.quick(
            lambda c: run(c, log_of(self._database.dialect), ref.model_dump()).mappings().all()
        )
        return [
            InboxEntry(**{**r, "kind": InboxKind(r["kind"]), "state": InboxState(r["state"])})
            for r in rows
        ]

    async def counts(self) -> dict[InboxState, int]:
        """Rows by state."""
        rows = await self._database.quick(
            lambda c: run(c, inbox_by_state(self._database.dialect)).all()
        )
        return {InboxState(row.state): row.number for row in rows}

    async def oldest_received(self) -> datetime | None:
        """When the oldest row was received that still waits to be applied."""
        found: datetime | None = await self._database.quick(
            lambda c: run(c, oldest_received(self._database.dialect)).scalar()
        )
        return found

    async def _among(
        self, asked_for: Build, channel: str, account: str, event_ids: Iterable[str]
    ) -> set[str]:
        asked = {_stored_id(event_id): event_id for event_id in event_ids}
        found: set[str] = set()
        for part in chunks(sorted(asked)):
            values = {"channel": channel, "account": account, "event_ids": part}
            found.update(asked[stored] for stored in await self._ids(asked_for, values))
        return found

    async def _ids(self, asked_for: Build, values: Mapping[str, Any]) -> Sequence[str]:
        statement = asked_for(self._database.dialect)
        return await self._database.quick(lambda c: run(c, statement, values).scalars().all())

    async def _receive(self, rows: Sequence[Mapping[str, Any]]) -> dict[EventKey, InboxState]:
        if not rows:
            return {}
        encoded = encode(RECEIVED, rows)
        answer = await self._database.path(lambda c: self._database.dialect.receive(c, encoded))
        return {(r.channel, r.account, r.event_id): InboxState(r.state) for r in answer}

    def _event_row(
        self, event: InboundEvent, order_id: str | None, subject: str = "", version: int = 0
    ) -> dict[str, Any]:
        return {
            "channel": event.channel,
            "account": event.account,
            "event_id": event.event_id,
            "order_id": order_id,
            "kind": InboxKind.EVENT.value,
            "source": event.source.value,
            "state": InboxState.RECEIVED.value,
            "subject": subject,
            "version": min(version, VERSION_LIMIT),
            "body": self._sealer.seal(event.body),
            "correlation_id": event.correlation_id,
            "received_at": event.received_at,
            "deliveries": 1,
            "reason": None,
            "description": None,
        }


def _stored_key(channel: str, account: str, event_id: str) -> EventKey:
    """The key in the form in which the columns keep it."""
    return (
        cast(Id, inbox.c.channel.type).clean(channel),
        cast(Id, inbox.c.account.type).clean(account),
        _stored_id(event_id),
    )


def _stored_id(event_id: str) -> str:
    return cast(Id, inbox.c.event_id.type).clean(event_id)


def _together(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each key, in the order in which all writers lock them."""
    known: dict[EventKey, dict[str, Any]] = {}
    for row in rows:
        key = _stored_key(row["channel"], row["account"], row["event_id"])
        if key in known:
            known[key]["deliveries"] += 1
        else:
            known[key] = row
    return [known[key] for key in sorted(known)]
