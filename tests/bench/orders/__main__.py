"""`python -m tests.bench.orders` (or `make bench`): an order's whole way, beside bare Temporal.

Happy orders at once, from the marketplace's webhook to its Delivered, through every process of the
embedded stack; a sixth as many more, one a second, for the times of a calm hour; then, on the same
Temporal server, workflows with as many activities, local activities and signals in which nothing is
done. So few orders by default that no quota of the marketplace holds them up.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import mean, quantiles
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table

from canonical.states import OrderState
from tests.bench.orders.bare import Load, workflows_per_second
from tests.bench.orders.histories import Spent, spent
from tests.fixtures.stack import CHANNEL, Held, held
from tests.fixtures.waiting import eventually
from workers.client import connect
from workers.settings import TemporalSettings
from workers.stack.http import call
from workers.stack.parts import Pace

ORDERS = 48
"""24 for each of two accounts: 48 writes, where 50 in ten seconds are allowed."""
WITHIN_S = 300.0
PLAN = {
    "per_second": 1000.0, "share_awaiting": 0.0, "share_cancelled": 0.0,
    "duplicate_share": 0.0, "reorder_share": 0.0, "lost_hook_share": 0.0,
    "ship_s": [0.0, 0.05], "deliver_s": [0.0, 0.05],
}  # fmt: skip
ROWS = """
SELECT account, order_id, first_received_at, created_at FROM orders
 WHERE channel = $1 AND state = 'delivered'
"""


@dataclass(frozen=True)
class Figures:
    """What is printed."""

    orders: int
    orders_per_second: float
    bare_per_second: float
    to_row_ms: tuple[float, float]
    """From the webhook's receipt, all at once: p50, p99."""
    to_erp_ms: tuple[float, float]
    calm_to_row_ms: tuple[float, float]
    """The same where orders come one a second."""
    calm_to_erp_ms: tuple[float, float]
    events: float
    actions: float
    activities: float
    local_activities: float
    signals: float


async def main() -> None:
    """Runs the bench and prints a table and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.orders", description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    orders = parser.parse_args().orders
    async with held(Pace(erp_delay="0..0.01")) as platform:
        figures = await measured(platform, orders)
    Console(width=110).print(_table(figures))
    sys.stdout.write(json.dumps(asdict(figures)) + "\n")


async def measured(platform: Held, orders: int) -> Figures:
    """Both runs."""
    began = time.perf_counter()
    await platform.place(orders, **PLAN)

    async def all_finished() -> bool | None:
        states = (await platform.store.report.orders_by_account()).states
        done = sum(found.get(OrderState.DELIVERED, 0) for found in states.values())
        return done >= orders or None

    await eventually(all_finished, WITHIN_S)
    rate = orders / (time.perf_counter() - began)
    await platform.until_all_finished(orders)
    calm, calm_from = max(orders // 6, 2), datetime.now(UTC)
    await platform.place(calm, **{**PLAN, "per_second": 1.0})
    await platform.until_all_finished(orders + calm)
    rows = await _rows(platform)
    heard = await _heard(platform)
    at_once = [row for row in rows if row["first_received_at"] < calm_from]
    one_by_one = [row for row in rows if row["first_received_at"] >= calm_from]
    address = TemporalSettings(address=platform.stack.addresses.temporal)
    client = await connect(address, sealer=platform.stack.sealer)
    ids = [f"order:{CHANNEL}:{row['account']}:{row['order_id']}" for row in rows]
    each = await spent(client, ids)
    load = Load(*(round(mean(getattr(x, name) for x in each)) for name in Load.__annotations__))
    return Figures(
        orders=orders,
        orders_per_second=round(rate, 2),
        bare_per_second=round(await workflows_per_second(client, load, orders), 2),
        to_row_ms=_to_row(at_once),
        to_erp_ms=_to_erp(at_once, heard),
        calm_to_row_ms=_to_row(one_by_one),
        calm_to_erp_ms=_to_erp(one_by_one, heard),
        **_means(each),
    )


async def _rows(platform: Held) -> list[Any]:
    connection = await asyncpg.connect(platform.stack.database_url.replace("+asyncpg", "", 1))
    try:
        return list(await connection.fetch(ROWS, CHANNEL))
    finally:
        await connection.close()


async def _heard(platform: Held) -> dict[tuple[str, str], datetime]:
    """When the ERP booked each order, by (account, order id)."""
    book = await call("GET", f"{platform.stack.addresses.erp}/book")
    return {
        (entry["account"], entry["order_id"]): datetime.fromisoformat(event["heard_at"])
        for entry in book["orders"]
        for event in entry["events"]
        if event["kind"] == "order.received"
    }


def _to_row(rows: Sequence[Any]) -> tuple[float, float]:
    return _spread([_ms(row["first_received_at"], row["created_at"]) for row in rows])


def _to_erp(rows: Sequence[Any], heard: dict[tuple[str, str], datetime]) -> tuple[float, float]:
    keys = [(row["account"], row["order_id"]) for row in rows]
    times = (row["first_received_at"] for row in rows)
    return _spread([_ms(start, heard[key]) for start, key in zip(times, keys, strict=True)])


def _ms(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() * 1000


def _spread(values: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(values, n=100, method="inclusive")
    return round(cuts[49], 1), round(cuts[98], 1)


def _means(each: Sequence[Spent]) -> dict[str, float]:
    names = ("events", "actions", "activities", "local_activities", "signals")
    return {name: round(mean(getattr(x, name) for x in each), 1) for name in names}


def _table(found: Figures) -> Table:
    table = Table(title=f"{found.orders} happy orders at once", show_header=False)
    share = found.orders_per_second / found.bare_per_second
    for name, value in (
        ("orders/s through the whole way", f"{found.orders_per_second}"),
        ("bare Temporal, workflows/s with as many steps", f"{found.bare_per_second}"),
        ("of bare Temporal", f"{share:.0%}"),
        ("webhook to committed row, p50 / p99", "{:,.0f} / {:,.0f} ms".format(*found.to_row_ms)),
        ("webhook to ERP, p50 / p99", "{:,.0f} / {:,.0f} ms".format(*found.to_erp_ms)),
        ("the same, one a second: row", "{:,.0f} / {:,.0f} ms".format(*found.calm_to_row_ms)),
        ("one a second: ERP", "{:,.0f} / {:,.0f} ms".format(*found.calm_to_erp_ms)),
        ("Temporal events an order", f"{found.events}"),
        ("Temporal actions an order, at most", f"{found.actions}"),
        ("of these activities", f"{found.activities}"),
        ("local activities", f"{found.local_activities}"),
        ("signals", f"{found.signals}"),
    ):
        table.add_row(name, value)
    return table


if __name__ == "__main__":
    asyncio.run(main())
