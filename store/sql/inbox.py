"""Statements on the inbox; what comes in goes by the database's own hot path."""

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, func, select, text, update

from store.dialects.port import Sql
from store.dialects.shapes import RECEIVED, is_of_order, is_order
from store.parameters import given
from store.results import InboxEntry, InboxKind, InboxState
from store.statements import statement
from store.tables import inbox, orders

SETTLED = (InboxState.APPLIED.value, InboxState.SUPERSEDED.value)
# Written out, as a parameter would keep the filtered index from being used.
WAITING = text(f"state = '{InboxState.RECEIVED.value}'")


@statement
def order_is_known(sql: Sql) -> Select[Any]:
    return select(orders.c.id).where(is_order())


@statement
def bury(sql: Sql) -> Update:
    """Dead-letters rows that are there and not settled."""
    rows = sql.rows("rows", RECEIVED)
    return (
        update(inbox)
        .where(
            *(inbox.c[k] == rows.columns[k] for k in ("channel", "account", "kind", "event_id")),
            inbox.c.state.not_in(SETTLED),
        )
        .values(
            state=rows.columns["state"],
            reason=rows.columns["reason"],
            description=rows.columns["description"],
            deliveries=inbox.c.deliveries + 1,
        )
    )


def _is_event_of_account() -> ColumnElement[bool]:
    return and_(
        inbox.c.channel == given("channel", inbox.c.channel),
        inbox.c.account == given("account", inbox.c.account),
        inbox.c.kind == InboxKind.EVENT.value,
    )


@statement
def settled(sql: Sql) -> Select[Any]:
    asked = given("event_ids", inbox.c.event_id, many=True)
    return select(inbox.c.event_id).where(
        _is_event_of_account(), inbox.c.event_id.in_(asked), inbox.c.state.in_(SETTLED)
    )


@statement
def ended(sql: Sql) -> Select[Any]:
    """Events that reached their end, though it be the dead letters."""
    asked = given("event_ids", inbox.c.event_id, many=True)
    return select(inbox.c.event_id).where(
        _is_event_of_account(),
        inbox.c.event_id.in_(asked),
        inbox.c.state.in_((*SETTLED, InboxState.DEAD_LETTERED.value)),
    )


@statement
def settle_subject(sql: Sql) -> Update:
    """Ends an event that is about no order; those of orders end with what they change."""
    return (
        update(inbox)
        .where(
            _is_event_of_account(),
            inbox.c.event_id == given("event_id", inbox.c.event_id),
            inbox.c.order_id.is_(None),
            inbox.c.state == InboxState.RECEIVED.value,
        )
        .values(state=given("new_state", inbox.c.state), applied_at=sql.now())
    )


@statement
def body_of(sql: Sql) -> Select[Any]:
    return select(inbox.c.body).where(
        _is_event_of_account(),
        inbox.c.event_id == given("event_id", inbox.c.event_id),
    )


@statement
def command_body_of(sql: Sql) -> Select[Any]:
    return select(inbox.c.body).where(
        inbox.c.channel == given("channel", inbox.c.channel),
        inbox.c.account == given("account", inbox.c.account),
        inbox.c.kind == InboxKind.COMMAND.value,
        inbox.c.event_id == given("event_id", inbox.c.event_id),
    )


@statement
def log_of(sql: Sql) -> Select[Any]:
    return (
        select(*(inbox.c[f.name] for f in fields(InboxEntry)))
        .where(*is_of_order())
        .order_by(inbox.c.received_at, inbox.c.id)
    )


@statement
def inbox_by_state(sql: Sql) -> Select[Any]:
    return select(inbox.c.state, func.count().label("number")).group_by(inbox.c.state)


@statement
def oldest_received(sql: Sql) -> Select[Any]:
    return select(func.min(inbox.c.received_at)).where(WAITING)
