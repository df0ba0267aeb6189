"""An order that the marketplace fulfils itself is booked by the ERP, and that is all."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.judge.erp_checks import problems
from sandbox.judge.expected import ExpectedOrder

ORDER = ExpectedOrder(
    account="riyadh",
    order_id="1",
    currency="SAR",
    placed_at=datetime(2026, 11, 24, tzinfo=UTC),
    payable=Decimal(0),
    lines=(),
    parcels=(),
    state="cancelled",
    finished=True,
    made_ready=False,
    for_information=True,
)


def entry(*kinds: str, reservations: tuple[dict[str, int], ...] = ()) -> dict[str, Any]:
    return {
        "events": [{"kind": k, "event_id": f"{k}/1"} for k in kinds],
        "reservations": list(reservations),
        "state": "cancelled",
        "lines": [],
        "returns": [],
        "currency": "SAR",
    } | dict.fromkeys(("gross", "discount", "payable", "vat"), "0.00")


def complaints(told: dict[str, Any]) -> list[str]:
    found = list(problems(ORDER, [told], waits=False))
    return [c for c in found if "fulfils" in c or "reserved" in c or "cancelled" in c]


def test_booked_and_left_alone() -> None:
    assert complaints(entry("order.received", "order.changed")) == []


@pytest.mark.parametrize("kind", ["order.released", "order.cancelled"])
def test_released_or_cancelled_is_a_fault(kind: str) -> None:
    assert len(complaints(entry("order.received", kind))) == 1


def test_a_reservation_is_a_fault() -> None:
    assert len(complaints(entry("order.received", reservations=({},)))) == 1
