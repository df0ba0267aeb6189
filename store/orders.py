"""Orders: recorded from the inbox in one transaction, read as views."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Connection, Row

from canonical.attention import Attention
from canonical.identity import OrderRef
from canonical.order import Order
from canonical.states import OrderState
from canonical.view import OrderView
from store.database import Database
from store.drain import Read
from store.parameters import run
from store.recording import Recording
from store.results import Kept, OrderSummary, Recorded
from store.sealing import Sealer
from store.sql.orders import (
    clear_problems,
    find_orders,
    insert_order,
    open_orders,
    set_attention,
    view_of,
    whole_of,
)
from store.sql.sweep import open_page
from store.viewing import as_view

ANY = "any"
"""The attention filter that takes every word."""


class Orders:
    """One row for each (channel, account, order id), with lines and parcels."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def record(
        self,
        ref: OrderRef,
        read: Read,
        unreadable: tuple[type[Exception], ...] = (),
        *,
        expecting: bool = False,
    ) -> Recorded:
        """Drains the order's inbox: maps, merges and records in one transaction.

        With nothing to drain it is one read. An event that cannot be read is dead-lettered with
        its reason, and the order says so in `contract_problem`. SKUs that are listed by now get
        their items.

        Args:
            ref: The order.
            read: Maps one event's bytes; pure, called within the transaction.
            unreadable: Errors of `read` that mean "this body does not fit".
            expecting: Whether something is there in all likelihood: it is not looked for first.
        """
        if not expecting:
            row = await self._view_row(ref)
            if not row.waiting:
                return Recorded(view=as_view(ref, row))
        recording = Recording(self._database.dialect, self._sealer, ref, read, unreadable)
        return await self._database.transaction(recording.run)

    async def view(self, ref: OrderRef) -> OrderView:
        """What decisions depend on; `exists` is False for an order that is not recorded."""
        return as_view(ref, await self._view_row(ref))

    async def load(self, ref: OrderRef) -> Kept | None:
        """The whole canonical order with its personal data; None before one was recorded."""
        row = await self._database.quick(
            lambda c: run(c, whole_of(self._database.dialect), ref.model_dump()).first()
        )
        if row is None or row.personal is None:
            return None
        return Kept(
            order=Order.model_validate_json(self._sealer.open(row.personal)),
            version=row.version,
            correlation_id=row.correlation_id,
            told_state=None if row.told_state is None else OrderState(row.told_state),
        )

    async def set_attention(self, ref: OrderRef, attention: Attention | None) -> None:
        """Writes why a person should look, or that no one need. `since` stays for one word."""
        key = ref.model_dump()
        values = {
            **key,
            "word": attention and attention.word.value,
            "detail": attention and _detail(attention),
            "since": attention and attention.since,
        }
        sql = self._database.dialect

        def work(connection: Connection) -> None:
            for first in (insert_order(sql), None):
                done = run(connection, set_attention(sql), values)
                if done.rowcount or attention is None or first is None:
                    return
                run(connection, first, key)

        await self._database.transaction(work)

    async def clear_problems(self, ref: OrderRef) -> None:
        """Forgets what could not be read; a resync reads afresh."""
        await self._database.quick(
            lambda c: run(c, clear_problems(self._database.dialect), ref.model_dump())
        )

    async def find(
        self,
        *,
        channel: str | None = None,
        account: str | None = None,
        state: OrderState | None = None,
        attention: str | None = None,
        order_id: str | None = None,
        open_only: bool = False,
        limit: int = 100,
    ) -> list[OrderSummary]:
        """Orders that fit all filters given, newest first. `attention="any"`: all that have one."""
        values = {
            "channel": channel,
            "account": account,
            "state": state and state.value,
            "attention": None if attention == ANY else attention,
            "order_id": order_id,
            "any_attention": int(attention == ANY),
            "open_only": int(open_only),
            "limit": limit,
        }
        rows = await self._database.quick(
            lambda c: run(c, find_orders(self._database.dialect), values).all()
        )
        return [_summary(row) for row in rows]

    async def open_refs(self) -> AsyncIterator[OrderRef]:
        """Orders that are not finished, or for which something still waits in the inbox."""
        rows = await self._database.quick(
            lambda c: run(c, open_orders(self._database.dialect)).all()
        )
        for row in rows:
            yield _ref(row)

    async def open_page(
        self, channel: str, account: str, *, after: str, limit: int
    ) -> list[OrderRef]:
        """The account's open orders as `open_refs` means it, by order id, those after one."""
        values = {"channel": channel, "account": account, "after": after, "limit": limit}
        sql = self._database.dialect
        ids = await self._database.quick(lambda c: run(c, open_page(sql), values).scalars().all())
        return [OrderRef(channel=channel, account=account, order_id=each) for each in ids]

    async def _view_row(self, ref: OrderRef) -> Row[Any]:
        return await self._database.quick(
            lambda c: run(c, view_of(self._database.dialect), ref.model_dump()).one()
        )


def _detail(attention: Attention) -> str:
    return (
        f"{attention.what_happened}\n"
        f"Waits for: {attention.waits_for}\n"
        f"What to do: {attention.what_to_do}"
    )


def _ref(row: Row[Any]) -> OrderRef:
    return OrderRef(channel=row.channel, account=row.account, order_id=row.order_id)


def _summary(row: Row[Any]) -> OrderSummary:
    return OrderSummary(
        ref=_ref(row),
        state=OrderState(row.state),
        version=row.version,
        attention=row.attention,
        attention_detail=row.attention_detail,
        attention_since=row.attention_since,
        told_state=None if row.told_state is None else OrderState(row.told_state),
        first_received_at=row.first_received_at,
        updated_at=row.updated_at,
    )
