"""What the ledger means to the judge, which knows no marketplace (`README.md` has its form)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.judge.expected import (
    Expectation,
    ExpectedLine,
    ExpectedOrder,
    ExpectedParcel,
    ExpectedReturn,
    Write,
)
from sandbox.judge.quotas import floor_seconds
from sandbox.judge.states import DEAD, GONE, order_state, return_state

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CENT = Decimal("0.01")
BACK = frozenset({"returned"})
"""The state of a parcel that came back whole."""

STATES = {
    "Awaiting": "pending",
    "Verified": "pending",
    "Created": "new",
    "Picking": "accepted",
    "Invoiced": "ready",
    "Shipped": "shipped",
    "AtCollectionPoint": "at_pickup_point",
    "UnDelivered": "delivery_failed",
    "Delivered": "delivered",
    "Returned": "returned",
    "Cancelled": "cancelled",
    "UnSupplied": "cancelled",
    "UnPacked": "replaced",
}

CLAIM_STATES = {
    "Created": "requested",
    "WaitingInAction": "waiting_for_answer",
    "WaitingFraudCheck": "in_dispute",
    "Unresolved": "in_dispute",
    "InAnalysis": "in_dispute",
    "Accepted": "accepted",
    "Rejected": "rejected",
    "Cancelled": "cancelled",
}


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
        writes = _writes(account["writes"])
        claims = _returns(account.get("claims", ()))
        for number, order in account["orders"].items():
            expected = _order(name, order, writes.get(number, ()), claims.get(number, ()))
            orders[expected.key] = expected
        throttled += sum(calls["throttled"] for calls in account["calls"].values())
        hooks.update({k: v for k, v in account["hooks"].items() if isinstance(v, int)})
        floor = max(floor, floor_seconds(_successes(account["calls"]), ledger["quotas"]))
    return Expectation(
        channel="trendyol",
        orders=orders,
        accounts=tuple(names.values()),
        throttled_calls=throttled,
        hooks=dict(hooks),
        quota_floor_seconds=floor,
    )


def sellers(ledger: dict[str, Any]) -> dict[str, int]:
    """How many orders each seller of the ledger has, by seller id."""
    return {seller: len(account["orders"]) for seller, account in ledger["accounts"].items()}


def _order(
    account: str,
    order: dict[str, Any],
    writes: tuple[Write, ...],
    returns: tuple[ExpectedReturn, ...],
) -> ExpectedOrder:
    parcels = [_parcel(parcel_id, p) for parcel_id, p in order["packages"].items()]
    fates = _units_in(order, parcels, GONE), _units_in(order, parcels, BACK)
    twins = _twins(order)
    return ExpectedOrder(
        account=account,
        order_id=order["orderNumber"],
        currency=order["currency"],
        placed_at=EPOCH + timedelta(milliseconds=order["placedAt"]),
        payable=Decimal(order["payable"]),
        lines=tuple(_line(line, *fates, twins) for line in order["lines"]),
        parcels=tuple(parcels),
        state=order_state(parcel.state for parcel in parcels),
        finished=bool(order["finished"]),
        made_ready=any(w.what == "status:Invoiced" and w.applied for w in writes),
        writes=writes,
        returns=returns,
    )


def _line(
    line: dict[str, Any], shipped: Mapping[str, int], back: Mapping[str, int], twins: set[str]
) -> ExpectedLine:
    units = line["units"]
    payable = sum((Decimal(unit["price"]) for unit in units), Decimal(0))
    rate = Decimal(line["vatRate"])
    return ExpectedLine(
        line_id=str(line["lineId"]),
        skus=frozenset({line["barcode"], line["stockCode"]} - {""}),
        ordered=line["quantity"],
        cancelled=line["cancelledQuantity"],
        shipped=shipped.get(str(line["lineId"]), 0),
        returned=back.get(str(line["lineId"]), 0) + line["returnedQuantity"],
        unit_price=Decimal(line["unitGross"]),
        gross=sum((Decimal(unit["gross"]) for unit in units), Decimal(0)),
        discount_seller=sum((Decimal(unit["sellerDiscount"]) for unit in units), Decimal(0)),
        discount_marketplace=sum((Decimal(u["trendyolDiscount"]) for u in units), Decimal(0)),
        payable=payable,
        tax_rate=rate,
        vat=vat_inside(payable, rate),
        twins=line["barcode"] if line["barcode"] in twins else "",
    )


def vat_inside(payable: Decimal, rate: Decimal) -> Decimal:
    """The tax in an amount that includes it, half up to cents."""
    return (payable * rate / (100 + rate)).quantize(CENT, rounding=ROUND_HALF_UP)


def _parcel(parcel_id: str, package: dict[str, Any]) -> ExpectedParcel:
    history = [step["status"] for step in package["history"]]
    deaths = [place for place, s in enumerate(history) if STATES.get(s) in DEAD]
    lines: Counter[str] = Counter()
    for line in package["lines"]:
        lines[str(line["lineId"])] += line["quantity"]
    return ExpectedParcel(
        parcel_id=parcel_id,
        state=STATES.get(package["status"], "unknown"),
        lines=dict(lines),
        origins=frozenset(str(origin) for origin in package["originPackageIds"] or ()),
        steps_after_death=tuple(history[deaths[0] + 1 :]) if deaths else (),
    )


def _units_in(
    order: dict[str, Any], parcels: list[ExpectedParcel], states: frozenset[str]
) -> dict[str, int]:
    """Units of parcels in certain states, by the line id of the order as placed.

    A successor's line ids may be new; then its barcode says which line is meant, the first one
    where an order has a barcode twice.
    """
    home = {line["barcode"]: str(line["lineId"]) for line in reversed(order["lines"])}
    placed = {str(line["lineId"]) for line in order["lines"]}
    units: Counter[str] = Counter()
    for parcel in parcels:
        if parcel.state not in states:
            continue
        for line in order["packages"][parcel.parcel_id]["lines"]:
            line_id = str(line["lineId"])
            units[line_id if line_id in placed else home[line["barcode"]]] += line["quantity"]
    return dict(units)


def _returns(claims: Iterable[dict[str, Any]]) -> dict[str, tuple[ExpectedReturn, ...]]:
    """Claims by order number."""
    found: dict[str, tuple[ExpectedReturn, ...]] = {}
    for claim in claims:
        items = {x["id"]: CLAIM_STATES.get(x["status"], "unknown") for x in claim["items"]}
        entry = ExpectedReturn(claim["id"], return_state(items.values()), items)
        found[claim["orderNumber"]] = (*found.get(claim["orderNumber"], ()), entry)
    return found


def _twins(order: dict[str, Any]) -> set[str]:
    """Barcodes that the order has twice, where a successor's new line id hides which is meant."""
    placed = {str(line["lineId"]) for line in order["lines"]}
    times = Counter(line["barcode"] for line in order["lines"])
    return {
        line["barcode"]
        for package in order["packages"].values()
        for line in package["lines"]
        if str(line["lineId"]) not in placed and times[line["barcode"]] > 1
    }


def _writes(writes: list[dict[str, Any]]) -> dict[str, tuple[Write, ...]]:
    """Writes to packages by order number; those to hooks, stock and the like are no order's."""
    found: dict[str, tuple[Write, ...]] = {}
    for write in writes:
        if write["orderNumber"]:
            entry = Write(write["what"], str(write["packageId"]), write["applied"])
            found[write["orderNumber"]] = (*found.get(write["orderNumber"], ()), entry)
    return found


def _successes(calls: dict[str, Any]) -> dict[str, int]:
    return {
        operation: sum(n for status, n in row["statuses"].items() if status.startswith("2"))
        for operation, row in calls.items()
    }
