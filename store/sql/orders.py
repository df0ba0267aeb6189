"""Statements on orders."""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    Integer,
    Select,
    Update,
    and_,
    case,
    exists,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.sql.selectable import CompoundSelect

from canonical.returns import CLOSED_RETURN
from canonical.states import FINISHED_ORDER, OrderState
from store.dialects.port import RowsSource, Sql
from store.dialects.shapes import is_of_order, is_order
from store.dialects.stepwise import OPEN
from store.parameters import given
from store.results import InboxState
from store.sql.inbox import WAITING
from store.statements import statement
from store.tables import (
    effects,
    inbox,
    listings,
    order_lines,
    orders,
    parcel_lines,
    parcels,
    returns,
)

RECEIVED = InboxState.RECEIVED.value
NEVER_SEEN = OrderState.UNKNOWN.value
FINISHED = sorted(state.value for state in FINISHED_ORDER)
CLOSED = sorted(state.value for state in CLOSED_RETURN)
_ONE = literal_column("1", Integer)


@statement
def view_of(sql: Sql) -> Select[Any]:
    """One row, also for an order that is not there: what a view consists of, and what waits."""
    o, line, listing = orders.c, order_lines.c, listings.c
    waiting = exists(
        select(_ONE).select_from(inbox).where(*is_of_order(), inbox.c.state == RECEIVED)
    )
    mapped_since = exists(
        select(_ONE)
        .select_from(order_lines)
        .where(
            line.order_pk == o.id,
            line.item_id.is_(None),
            listing.channel == o.channel,
            listing.account == o.account,
            listing.channel_sku == line.channel_sku,
        )
        .correlate(orders)
    )
    of_parcel, of_line, of_effect, of_return = parcels.c, parcel_lines.c, effects.c, returns.c
    one = select(_ONE.label("one")).subquery("one")
    return select(
        o.id,
        o.state,
        o.version,
        o.wishes,
        o.told_state,
        o.told_at,
        o.told_digest,
        o.digest,
        o.heard_at,
        o.address_blank,
        o.fulfilled_by,
        o.changed_at,
        o.over_at,
        o.notices,
        o.noticed_at,
        o.first_received_at,
        o.currency,
        o.totals_problem,
        o.contract_problem,
        o.correlation_id,
        o.attention,
        o.attention_since,
        sql.json_objects(
            (
                of_parcel.parcel_id,
                of_parcel.state,
                of_parcel.channel_status,
                of_parcel.origin_parcel_ids,
                of_parcel.seller_ships,
            ),
            of_parcel.order_pk == o.id,
        ).label("parcels"),
        sql.json_objects(
            (of_line.parcel_id, of_line.line_id, of_line.channel_sku, of_line.quantity),
            of_line.order_pk == o.id,
        ).label("parcel_lines"),
        sql.json_objects(
            (of_return.return_id, of_return.state, of_return.answer_by, of_return["items"]),
            of_return.order_pk == o.id,
        ).label("returns"),
        sql.json_objects(
            (of_effect.name, of_effect.state, of_effect.answer),
            of_effect.order_pk == o.id,
            of_effect.state != OPEN,
        ).label("effects"),
        sql.json_objects(
            (line.line_id, line.channel_sku), line.order_pk == o.id, line.item_id.is_(None)
        ).label("unmapped"),
        case((or_(waiting, mapped_since), 1), else_=0).label("waiting"),
    ).select_from(one.outerjoin(orders, is_order()))


@statement
def lock_order(sql: Sql) -> Select[Any]:
    """The order's row, which no other record transaction gets until this one ends."""
    return (
        select(
            orders.c.id,
            orders.c.version,
            orders.c.wishes,
            orders.c.contract_problem,
            orders.c.first_received_at,
            orders.c.correlation_id,
            orders.c.heard_at,
            orders.c.notices,
            orders.c.noticed_at,
            orders.c.personal,
        )
        .where(is_order())
        .with_for_update(key_share=True)
        .with_hint(orders, "WITH (UPDLOCK, ROWLOCK)", "mssql")
    )


@statement
def insert_order(sql: Sql) -> Executable:
    """An order's first row, before anything is known of it; nothing where it is there."""
    o = orders.c
    one = select(
        given("channel", o.channel).label("channel"),
        given("account", o.account).label("account"),
        given("order_id", o.order_id).label("order_id"),
        literal_column(f"'{NEVER_SEEN}'", o.state.type).label("state"),
        literal_column("0", o.version.type).label("version"),
        literal_column("'{}'", o.wishes.type).label("wishes"),
        literal_column("''", o.correlation_id.type).label("correlation_id"),
        sql.now().label("created_at"),
        sql.now().label("updated_at"),
    ).subquery("one")
    return sql.insert_missing(orders, list(one.c.keys()), RowsSource(one, dict(one.c)))


@statement
def take_received(sql: Sql) -> Select[Any]:
    """The order's inbox rows that wait, locked in the order in which `receive` locks them."""
    i = inbox.c
    return (
        select(
            i.id, i.event_id, i.kind, i.source, i.version, i.body, i.correlation_id, i.received_at
        )
        .where(*is_of_order(), i.state == RECEIVED)
        .order_by(i.kind, i.event_id)
        .with_for_update(key_share=True)
        .with_hint(inbox, "WITH (UPDLOCK, ROWLOCK)", "mssql")
    )


@statement
def whole_of(sql: Sql) -> Select[Any]:
    """The whole order, sealed, with what an event of ours says beside it."""
    o = orders.c
    return select(o.personal, o.version, o.correlation_id, o.told_state).where(is_order())


@statement
def set_attention(sql: Sql) -> Update:
    """`attention_since` stays while the word does."""
    word = given("word", orders.c.attention)
    since = given("since", orders.c.attention_since)
    return (
        update(orders)
        .where(is_order())
        .values(
            attention=word,
            attention_detail=given("detail", orders.c.attention_detail),
            attention_since=case(
                (word.is_(None), null()),
                (orders.c.attention == word, orders.c.attention_since),
                else_=func.coalesce(since, sql.now()),
            ),
            updated_at=sql.now(),
        )
    )


@statement
def clear_problems(sql: Sql) -> Update:
    return (
        update(orders)
        .where(is_order(), orders.c.contract_problem.is_not(None))
        .values(contract_problem=null(), updated_at=sql.now())
    )


def is_open(sql: Sql) -> ColumnElement[bool]:
    """Not finished, or finished and the internal systems do not know it yet.

    An order that was cancelled before they heard of it needs no word. One that was shipped, and of
    whose delivery nobody tells, is over by its own date.
    """
    unheard = case(
        (orders.c.state == OrderState.CANCELLED.value, orders.c.state), else_=literal_column("''")
    )
    told = func.coalesce(orders.c.told_state, unheard)
    coming_back = exists(
        select(_ONE)
        .select_from(returns)
        .where(returns.c.order_pk == orders.c.id, returns.c.state.not_in(CLOSED))
        .correlate(orders)
    )
    nothing_but_returns = and_(
        exists(select(_ONE).where(returns.c.order_pk == orders.c.id).correlate(orders)),
        ~exists(select(_ONE).where(parcels.c.order_pk == orders.c.id).correlate(orders)),
    )
    over = and_(
        orders.c.state == OrderState.SHIPPED.value, orders.c.over_at.is_not(None),
        orders.c.over_at <= sql.now(),
    )  # fmt: skip
    unfinished = or_(and_(orders.c.state.not_in(FINISHED), not_(over)), told != orders.c.state)
    return or_(coming_back, and_(unfinished, ~nothing_but_returns))


@statement
def open_orders(sql: Sql) -> CompoundSelect[Any]:
    """Refs of orders that are open, or for which something waits in the inbox."""
    of_orders = select(orders.c.channel, orders.c.account, orders.c.order_id).where(is_open(sql))
    of_inbox = select(inbox.c.channel, inbox.c.account, inbox.c.order_id).where(
        WAITING, inbox.c.order_id.is_not(None)
    )
    return union(of_orders, of_inbox)


@statement
def find_orders(sql: Sql) -> Select[Any]:
    """Newest first. A filter that is null lets everything through."""
    o = orders.c

    def fits(name: str, column: Column[Any]) -> ColumnElement[bool]:
        asked = given(name, column)
        return or_(asked.is_(None), column == asked)

    any_attention = given("any_attention", Integer())
    open_only = given("open_only", Integer())
    return (
        select(
            o.channel,
            o.account,
            o.order_id,
            o.state,
            o.version,
            o.attention,
            o.attention_detail,
            o.attention_since,
            o.told_state,
            o.first_received_at,
            o.updated_at,
        )
        .where(
            *(fits(n, o[n]) for n in ("channel", "account", "state", "attention", "order_id")),
            or_(any_attention == 0, o.attention.is_not(None)),
            or_(open_only == 0, is_open(sql)),
        )
        .order_by(o.id.desc())
        .limit(given("limit", Integer()))
    )
