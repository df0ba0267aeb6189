"""What the platform's tables say, by plain SQL."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from sandbox.judge.errors import CannotJudgeError, SilentSideError

ORDERS = """
SELECT id, account, order_id, state, currency, prices_include_tax, placed_at,
       gross, discount, payable, vat, attention
  FROM orders WHERE channel = $1 AND account = ANY($2) ORDER BY id
"""
OF_ORDERS = "IN (SELECT id FROM orders WHERE channel = $1 AND account = ANY($2))"
LINES = f"""
SELECT order_pk, line_id, channel_sku, ordered, cancelled, shipped, unit_price, line_gross,
       discount_seller, discount_marketplace, line_payable, tax_rate, vat, returned, item_id
  FROM order_lines WHERE order_pk {OF_ORDERS}
"""  # noqa: S608
PARCELS = f"""
SELECT order_pk, parcel_id, state, invoice_number, origin_parcel_ids
  FROM parcels WHERE order_pk {OF_ORDERS}
"""  # noqa: S608
PARCEL_LINES = f"""
SELECT order_pk, parcel_id, line_id, quantity FROM parcel_lines WHERE order_pk {OF_ORDERS}
"""  # noqa: S608
RETURNS = f"""
SELECT order_pk, return_id, state, units, items FROM returns WHERE order_pk {OF_ORDERS}
"""  # noqa: S608

Row = dict[str, Any]


@dataclass
class ActualOrder:
    """One row of `orders` with its rows in the other tables."""

    row: Row
    lines: list[Row] = field(default_factory=list)
    parcels: list[Row] = field(default_factory=list)
    parcel_lines: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)


Orders = dict[tuple[str, str], list[ActualOrder]]
"""By (account, order id); more than one row is a fault."""


async def read(url: str, channel: str, accounts: Sequence[str]) -> Orders:
    """Reads all orders of some accounts in one snapshot.

    Args:
        url: `postgresql://user:password@host/name`.
        channel: The channel's name.
        accounts: The platform's names of the accounts.

    Raises:
        SilentSideError: The database does not answer.
        CannotJudgeError: Its tables are not those of the platform, or the URL is none.
    """
    try:
        connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
        try:
            found = await _fetch(connection, channel, accounts)
        finally:
            await connection.close()
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError) as error:
        raise CannotJudgeError(f"these are not the platform's tables: {error}") from error
    except (asyncpg.InterfaceError, ValueError) as error:
        raise CannotJudgeError(f"the database cannot be read: {error}") from error
    except (OSError, asyncpg.PostgresError) as error:
        raise SilentSideError(f"the database does not answer: {error}") from error
    return _joined(*found)


async def _fetch(
    connection: "asyncpg.Connection[asyncpg.Record]", channel: str, accounts: Sequence[str]
) -> list[list[Row]]:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return [
            [dict(row) for row in await connection.fetch(query, channel, list(accounts))]
            for query in (ORDERS, LINES, PARCELS, PARCEL_LINES, RETURNS)
        ]


def _joined(
    orders: list[Row],
    lines: list[Row],
    parcels: list[Row],
    parts: list[Row],
    returns: list[Row],
) -> Orders:
    by_id = {row["id"]: ActualOrder(row) for row in orders}
    for row in lines:
        by_id[row["order_pk"]].lines.append(row)
    for row in parcels:
        by_id[row["order_pk"]].parcels.append(row)
    for row in parts:
        by_id[row["order_pk"]].parcel_lines.append(row)
    for row in returns:
        by_id[row["order_pk"]].returns.append(row)
    joined: Orders = defaultdict(list)
    for order in by_id.values():
        joined[order.row["account"], order.row["order_id"]].append(order)
    return dict(joined)
