"""The open orders of one account, page by page."""

from typing import Any

from sqlalchemy import Integer, Select, select, union

from store.dialects.port import Sql
from store.parameters import given
from store.sql.inbox import WAITING
from store.sql.orders import is_open
from store.statements import statement
from store.tables import inbox, orders


@statement
def open_page(sql: Sql) -> Select[Any]:
    """Order ids after a given one: orders that are open, or with something in the inbox."""
    o, i = orders.c, inbox.c
    of_orders = select(o.order_id).where(
        o.channel == given("channel", o.channel),
        o.account == given("account", o.account),
        is_open(sql),
    )
    of_inbox = select(i.order_id).where(
        i.channel == given("channel", o.channel),
        i.account == given("account", o.account),
        WAITING,
        i.order_id.is_not(None),
    )
    both = union(of_orders, of_inbox).subquery("open_orders")
    return (
        select(both.c.order_id)
        .where(both.c.order_id > given("after", o.order_id))
        .order_by(both.c.order_id)
        .limit(given("limit", Integer()))
    )
