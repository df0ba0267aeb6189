"""Statements of the report: counts, and what ought not to be."""

from typing import Any

from sqlalchemy import Integer, Select, case, exists, func, literal_column, or_, select

from canonical.effects import EffectState
from canonical.states import DEAD
from store.dialects.port import Sql
from store.dialects.stepwise import OPEN
from store.statements import statement
from store.tables import effects, inbox, order_lines, orders, parcel_lines, parcels, returns

_REF = (orders.c.channel, orders.c.account, orders.c.order_id)
_ONE = literal_column("1", Integer)


@statement
def orders_by_state(sql: Sql) -> Select[Any]:
    return select(orders.c.state, func.count()).group_by(orders.c.state)


@statement
def orders_by_account(sql: Sql) -> Select[Any]:
    by = (orders.c.channel, orders.c.account, orders.c.state)
    return select(*by, func.count().label("number")).group_by(*by)


@statement
def orders_by_attention(sql: Sql) -> Select[Any]:
    word = orders.c.attention
    return (
        select(word.label("word"), func.count().label("number"))
        .where(word.is_not(None))
        .group_by(word)
    )


@statement
def effects_by_state(sql: Sql) -> Select[Any]:
    state = effects.c.state
    return select(state, func.count()).where(state != OPEN).group_by(state)


@statement
def repeated_deliveries(sql: Sql) -> Select[Any]:
    return select(func.coalesce(func.sum(inbox.c.deliveries - 1), 0))


@statement
def orders_without_lines(sql: Sql) -> Select[Any]:
    lines = exists(
        select(_ONE).select_from(order_lines).where(order_lines.c.order_pk == orders.c.id)
    )
    # A return may come before its order, of which nothing else is known then.
    back = exists(select(_ONE).select_from(returns).where(returns.c.order_pk == orders.c.id))
    return select(*_REF).where(orders.c.version > 0, ~lines, ~back)


@statement
def quantities_disagree(sql: Sql) -> Select[Any]:
    """Orders of which a SKU's live units in parcels are not those left of its lines.

    By SKU, as a marketplace may give the lines of a split parcel new ids.
    """
    line, part = order_lines.c, parcel_lines.c
    left = (
        select(
            line.order_pk, line.channel_sku, func.sum(line.ordered - line.cancelled).label("units")
        )
        .group_by(line.order_pk, line.channel_sku)
        .subquery("remaining")
    )
    dead = parcels.c.state.in_(sorted(state.value for state in DEAD))
    live = (
        select(
            part.order_pk,
            part.channel_sku,
            func.sum(case((dead, 0), else_=part.quantity)).label("units"),
        )
        .select_from(
            parcel_lines.join(
                parcels,
                (parcels.c.order_pk == part.order_pk) & (parcels.c.parcel_id == part.parcel_id),
            )
        )
        .group_by(part.order_pk, part.channel_sku)
        .subquery("live")
    )
    same = (left.c.order_pk == live.c.order_pk) & (left.c.channel_sku == live.c.channel_sku)
    differs = or_(left.c.units != live.c.units, left.c.units.is_(None), live.c.units.is_(None))
    order_pk = func.coalesce(left.c.order_pk, live.c.order_pk).label("order_pk")
    wrong = (
        select(order_pk)
        .select_from(left.join(live, same, full=True))
        .where(differs)
        .distinct()
        .subquery("wrong")
    )
    return select(*_REF).select_from(orders.join(wrong, wrong.c.order_pk == orders.c.id))


@statement
def stuck_effects(sql: Sql) -> Select[Any]:
    answerless = (EffectState.SENT.value, EffectState.UNKNOWN.value)
    return (
        select(*_REF, effects.c.name, effects.c.state, effects.c.begun_at)
        .select_from(effects.join(orders, effects.c.order_pk == orders.c.id))
        .where(effects.c.state.in_(answerless))
        .order_by(effects.c.begun_at)
    )
