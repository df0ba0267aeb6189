"""What the ledger means to the judge, which knows no marketplace (`README.md` has its form).

An order has one parcel, of the order's own id: see `conformance.py`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.amazon.conformance_words import ACTIONS, parcel_state
from sandbox.judge.expected import Expectation, ExpectedLine, ExpectedOrder, ExpectedParcel, Write
from sandbox.judge.states import order_state

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CENT = Decimal("0.01")


def expectation(ledger: dict[str, Any], names: Mapping[str, str]) -> Expectation:
    """Turns a ledger into expectations.

    Args:
        ledger: The answer of `GET /_sandbox/ledger`.
        names: The platform's account names by seller id.
    """
    orders: dict[tuple[str, str], ExpectedOrder] = {}
    throttled, hooks, floor = 0, Counter[str](), 0.0
    for seller, name in names.items():
        account = ledger["accounts"][seller]
        for order_id, order in account["orders"].items():
            writes = [each for each in account["writes"] if each["orderId"] == order_id]
            expected = _order(name, order, writes)
            orders[expected.key] = expected
        throttled += _throttled(account["calls"])
        hooks.update(account["notifications"])
        floor = max(floor, _floor(account["calls"], ledger["quotas"]))
    for application in ledger["applications"].values():
        throttled += _throttled(application["calls"])
        floor = max(floor, _floor(application["calls"], ledger["quotas"]))
    return Expectation(
        channel="amazon",
        orders=orders,
        accounts=tuple(names.values()),
        throttled_calls=throttled,
        hooks=dict(hooks),
        quota_floor_seconds=floor,
    )


def sellers(ledger: dict[str, Any]) -> dict[str, int]:
    """How many orders each seller of the ledger has, by seller id."""
    return {seller: len(account["orders"]) for seller, account in ledger["accounts"].items()}


def _order(account: str, order: dict[str, Any], writes: Iterable[dict[str, Any]]) -> ExpectedOrder:
    lines = tuple(_line(line) for line in order["lines"])
    state = parcel_state(
        order["status"], order["channel"], order["easyShipStatus"], order["scheduled"]
    )
    parcel = ExpectedParcel(
        parcel_id=order["orderId"],
        state=state,
        lines={x.line_id: x.ordered - x.cancelled for x in lines if x.ordered > x.cancelled},
    )
    done = tuple(
        Write(ACTIONS[each["operation"]], order["orderId"], each["applied"])
        for each in writes
        if each["operation"] in ACTIONS
    )
    partly = order["status"] == "PARTIALLY_SHIPPED"
    return ExpectedOrder(
        account=account,
        order_id=order["orderId"],
        currency=order["currency"],
        placed_at=EPOCH + timedelta(milliseconds=order["placedAt"]),
        payable=Decimal(order["total"]),
        lines=lines,
        parcels=(parcel,),
        state="partly_shipped" if partly else order_state([state]),
        finished=bool(order["finished"]),
        made_ready=any(each.what in ("ship", "ready") and each.applied for each in done),
        writes=done,
    )


def _line(line: dict[str, Any]) -> ExpectedLine:
    gross, discount = Decimal(line["price"]), Decimal(line["discount"])
    payable, rate = gross - discount, Decimal(line["vatRate"])
    return ExpectedLine(
        line_id=line["itemId"],
        skus=frozenset({line["sku"]}),
        ordered=line["quantity"],
        cancelled=line["cancelled"],
        shipped=line["shipped"],
        returned=line["returned"],
        unit_price=Decimal(line["unitPrice"]),
        gross=gross,
        discount_seller=discount,
        discount_marketplace=Decimal(0),
        payable=payable,
        tax_rate=rate,
        vat=(payable * rate / (100 + rate)).quantize(CENT, rounding=ROUND_HALF_UP),
    )


def _throttled(calls: dict[str, Any]) -> int:
    return sum(row["throttled"] for row in calls.values())


def _floor(calls: dict[str, Any], quotas: dict[str, tuple[float, float]]) -> float:
    """The least time in which so many good calls come out of buckets that begin full."""
    least = 0.0
    for operation, row in calls.items():
        if operation in quotas:
            rate, burst = quotas[operation]
            good = sum(n for status, n in row["statuses"].items() if status.startswith("2"))
            least = max(least, (good - burst) / rate)
    return least
