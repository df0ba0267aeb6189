"""What the ledger means to the judge, which knows no marketplace."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.judge.expected import Expectation, ExpectedLine, ExpectedOrder, ExpectedParcel, Write
from sandbox.judge.quotas import floor_seconds
from sandbox.judge.states import GONE, order_state

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CENT = Decimal("0.01")


def expectation(channel: str, ledger: dict[str, Any], names: Mapping[str, str]) -> Expectation:
    """Turns a ledger into expectations.

    Args:
        channel: The platform's name of the marketplace.
        ledger: The answer of `GET /_sandbox/ledger`.
        names: The platform's account names by seller id.
    """
    orders: dict[tuple[str, str], ExpectedOrder] = {}
    throttled, hooks, floor = 0, Counter[str](), 0.0
    for seller, name in names.items():
        account = ledger["accounts"][seller]
        for order in account["orders"].values():
            writes = [w for w in account["writes"] if w["order"] == order["number"]]
            expected = _order(name, order, writes)
            orders[expected.key] = expected
        throttled += sum(calls["throttled"] for calls in account["calls"].values())
        hooks.update(account["hooks"])
        floor = max(floor, floor_seconds(_good(account["calls"]), ledger["quotas"]))
    return Expectation(
        channel=channel,
        orders=orders,
        accounts=tuple(names.values()),
        throttled_calls=throttled,
        hooks=dict(hooks),
        quota_floor_seconds=floor,
    )


def sellers(ledger: dict[str, Any]) -> dict[str, int]:
    """How many orders each seller of the ledger has, by seller id."""
    return {seller: len(account["orders"]) for seller, account in ledger["accounts"].items()}


def _order(account: str, order: dict[str, Any], writes: list[dict[str, Any]]) -> ExpectedOrder:
    lines = tuple(_line(item, order["status"]) for item in order["items"])
    parcel = ExpectedParcel(
        parcel_id=order["number"],
        state=order["status"],
        lines={x.line_id: x.ordered - x.cancelled for x in lines if x.ordered > x.cancelled},
    )
    return ExpectedOrder(
        account=account,
        order_id=order["number"],
        currency=order["currency"],
        placed_at=EPOCH + timedelta(milliseconds=order["placed_at"]),
        payable=_money(order["total"]),
        lines=lines,
        parcels=(parcel,),
        state=order_state([order["status"]]),
        finished=order["finished"],
        made_ready=any(w["what"] == "ship" and w["applied"] for w in writes),
        writes=tuple(Write(w["what"], order["number"], w["applied"]) for w in writes),
    )


def _line(item: dict[str, Any], status: str) -> ExpectedLine:
    left = item["quantity"] - item["cancelled"]
    gross = item["unit_price"] * item["quantity"]
    payable, rate = _money(gross - item["discount"]), Decimal(item["vat_rate"])
    return ExpectedLine(
        line_id=item["item_id"],
        skus=frozenset({item["sku"]}),
        ordered=item["quantity"],
        cancelled=item["cancelled"],
        shipped=left if status in GONE else 0,
        returned=left if status == "returned" else 0,
        unit_price=_money(item["unit_price"]),
        gross=_money(gross),
        discount_seller=_money(item["discount"]),
        discount_marketplace=Decimal(0),
        payable=payable,
        tax_rate=rate,
        vat=(payable * rate / (100 + rate)).quantize(CENT, rounding=ROUND_HALF_UP),
    )


def _money(smallest: int) -> Decimal:
    return Decimal(smallest) / 100


def _good(calls: dict[str, Any]) -> dict[str, int]:
    return {
        operation: sum(n for status, n in row["statuses"].items() if status.startswith("2"))
        for operation, row in calls.items()
    }
