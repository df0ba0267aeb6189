"""Amazon pays out: settlements, which nobody can ask for."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from sandbox.amazon.reports import making, settlement, types
from sandbox.amazon.reports.queue import Report
from sandbox.amazon.reports.settlement import Amount
from sandbox.amazon.reports.table import Table
from sandbox.amazon.statuses import SHIPPED
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms


def settle(world: World, seller: str, padding: int = 0) -> Report | None:
    """Amazon pays out: a settlement of everything that was not settled yet.

    Args:
        world: The sandbox.
        seller: Who is paid.
        padding: Rows at least; all amounts are paid again and taken back until there are so many.

    Returns:
        The report, or None where there is nothing to pay.
    """
    now = now_ms()
    amounts = list(_unsettled(world, seller, now))
    if not amounts:
        return None
    number = world.reports.new_id()
    settlement_id = str(int(hashlib.sha256(number.encode()).hexdigest()[:10], 16))
    total = sum((each.amount for each in amounts), Decimal(0))
    rounds = max(0, -(-(padding - len(amounts)) // (2 * len(amounts))))
    start = min(each.at for each in amounts)
    report = Report(
        id=number,
        seller=seller,
        type=types.SETTLEMENT,
        marketplaces=[],
        start=start,
        end=now,
        created_at=now,
    )
    knobs = world.knobs
    head = settlement.head(settlement_id, total, (start, now), knobs)
    rows = chain([head], settlement.rows(settlement_id, amounts, knobs))
    round_rows = list(settlement.rows(settlement_id, _there_and_back(amounts), knobs))
    facts: dict[str, object] = {
        "settlementId": settlement_id,
        "sum": str(total),
        "stated": str(total + Decimal(world.knobs.settlement_off_by)),
    }
    table = Table(settlement.COLUMNS, rows, knobs, again=round_rows, times=rounds)
    making.write(world, report, table, facts)
    return report


def _there_and_back(amounts: list[Amount]) -> Iterator[Amount]:
    """Each amount once more, and taken back."""
    for each in amounts:
        yield each
        yield replace(
            each,
            transaction="other-transaction",
            description="Reversal",
            amount=-each.amount,
            quantity=0,
            promotion="",
        )


def _unsettled(world: World, seller: str, now: int) -> Iterator[Amount]:
    for order in world.orders.of_seller(seller):
        if order.status != SHIPPED:
            continue
        for item in order.items:
            if item.cancelled == item.quantity:
                continue
            key = f"{seller}/{order.order_id}/{item.item_id}"
            if world.reports.settle(key):
                yield from settlement.sale(order, item.of_kept(), now)
            for place, amount in enumerate(item.refunds):
                if world.reports.settle(f"{key}/refund/{place}"):
                    yield from settlement.refund(order, item, amount, now)
