"""What the ledger means to the judge, which knows no marketplace (`README.md` has its form).

Parcels are what the order's own page shows, as docs/channels/amazon.md says: its packages, `rest`
for what waits, and `shipped` for what left in no package that is shown. What came back is told by
reports alone and is no part of the order.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.amazon.conformance_words import ACTIONS
from sandbox.amazon.statuses import (
    CANCELLED,
    DELIVERED,
    OPEN,
    PENDING,
    REJECTED_BY_BUYER,
    RETURNED_TO_SELLER,
    SHIPPED,
)
from sandbox.judge.expected import Expectation, ExpectedLine, ExpectedOrder, ExpectedParcel, Write
from sandbox.judge.states import order_state

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CENT = Decimal("0.01")
REST, GONE = "rest", "shipped"
"""Names of the two parcels that are no packages."""

WAITING = {PENDING: "pending", CANCELLED: "cancelled"} | dict.fromkeys({*OPEN, SHIPPED}, "new")
"""State of what has not left, by the order's status."""
EASY_SHIP = {
    DELIVERED: "delivered",
    REJECTED_BY_BUYER: "delivery_failed",
    RETURNED_TO_SELLER: "delivery_failed",
}
"""State of Easy Ship's one package, where it is more than shipped."""


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
    parcels = tuple(_parcels(order))
    done = tuple(
        Write(ACTIONS[each["operation"]], order["orderId"], each["applied"])
        for each in writes
        if each["operation"] in ACTIONS
    )
    return ExpectedOrder(
        account=account,
        order_id=order["orderId"],
        currency=order["currency"],
        placed_at=EPOCH + timedelta(milliseconds=order["placedAt"]),
        payable=Decimal(order["total"]),
        lines=lines,
        parcels=parcels,
        state=order_state(parcel.state for parcel in parcels),
        finished=bool(order["finished"]),
        made_ready=any(each.what in ("ship", "ready") and each.applied for each in done),
        writes=done,
        charges_vat=_charges_vat(order["lines"]),
        for_information=order["channel"] == "AFN",
    )


def _parcels(order: dict[str, Any]) -> Iterator[ExpectedParcel]:
    lines = order["lines"]
    waiting = Counter({x["itemId"]: x["quantity"] - x["shipped"] - x["cancelled"] for x in lines})
    left = Counter({x["itemId"]: x["shipped"] for x in lines})
    # Packages of Amazon's own warehouse are shown to nobody.
    packages = order["packages"] if order["channel"] == "MFN" else {}
    unseen = left - sum((Counter(x["items"]) for x in packages.values()), Counter[str]())
    if +waiting:
        state = WAITING.get(order["status"], "unknown")
    else:
        state = "cancelled" if any(x["cancelled"] for x in lines) else "replaced"
    yield ExpectedParcel(REST, state, dict(+waiting))
    if +left:
        yield ExpectedParcel(GONE, "shipped" if unseen else "replaced", dict(unseen))
    state = EASY_SHIP.get(order["easyShipStatus"], "shipped")
    for reference, package in packages.items():
        yield ExpectedParcel(reference, state, package["items"])


def _charges_vat(lines: Iterable[dict[str, Any]]) -> Decimal:
    """Each kind of charge is one sum, whose tax is rounded once."""
    sums: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for line in lines:
        for kind in ("shipping", "codFee"):
            sums[kind, Decimal(line["vatRate"])] += Decimal(line[kind])
    return sum((_vat(amount, rate) for (_, rate), amount in sums.items()), Decimal(0))


def _line(line: dict[str, Any]) -> ExpectedLine:
    gross, discount = Decimal(line["price"]), Decimal(line["discount"])
    payable, rate = gross - discount, Decimal(line["vatRate"])
    return ExpectedLine(
        line_id=line["itemId"],
        skus=frozenset({line["sku"]}),
        ordered=line["quantity"],
        cancelled=line["cancelled"],
        shipped=line["shipped"],
        returned=0,
        unit_price=Decimal(line["unitPrice"]),
        gross=gross,
        discount_seller=discount,
        discount_marketplace=Decimal(0),
        payable=payable,
        tax_rate=rate,
        vat=_vat(payable, rate),
    )


def _vat(gross: Decimal, rate: Decimal) -> Decimal:
    return (gross * rate / (100 + rate)).quantize(CENT, rounding=ROUND_HALF_UP)


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
