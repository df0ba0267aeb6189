"""H36: NUL, in what people typed.

The case's own body is another marketplace's. Here an order of Trendyol's carries the same texts:
in the customer's name, the street and the products' names, since its packages have no notes.
"""

from typing import Any

import pytest

from tests.e2e.test_stuck_orders import order, place
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

NUMBER = "10603600001"
NOTE, CLEAN = "بدون\x00 كيس", "بدون كيس"
SPELLED = "code \\u0000 as typed"
"""Six visible characters, which are no NUL."""
ALONE = "\x00"

pytestmark = pytest.mark.timeout(120)


def package() -> dict[str, Any]:
    lines = [
        {"productName": SPELLED, "lineGrossAmount": 29.0},
        {"productName": ALONE, "lineGrossAmount": 18.0},
    ]
    address = {"fullName": NOTE, "address1": SPELLED, "address2": ALONE, "city": "الرياض"}
    return {
        "orderNumber": NUMBER,
        "customerFirstName": NOTE,
        "customerLastName": ALONE,
        "shipmentAddress": {**address, "countryCode": "SA", "phone": None},
        "lines": lines,
    }


async def test_h36_the_order_goes_all_its_way_and_the_text_is_what_was_meant(
    platform: Held,
) -> None:
    await place(platform, "riyadh", package())
    row = await order(platform, "riyadh", NUMBER, state="delivered", attention=None)
    kept = await platform.store.orders.load(row.ref)
    assert kept is not None
    whole = kept.order
    assert (whole.buyer.name, whole.ship_to.name) == (CLEAN, CLEAN)
    assert (whole.ship_to.line1, whole.ship_to.line2) == (SPELLED, "")
    assert [line.name for line in whole.lines] == [SPELLED, ""]
    assert str(whole.payable) == "47.00 SAR"

    first, *_ = await platform.store.inbox.log(row.ref)
    raw = await platform.store.inbox.body(CHANNEL, "riyadh", first.event_id)
    assert raw is not None
    assert b"\\u0000 " in raw and SPELLED.replace("\\", "\\\\").encode() in raw

    async def booked() -> dict[str, Any] | None:
        book = await call("GET", f"{platform.stack.addresses.erp}/book?order_id={NUMBER}")
        found = [x for x in book["orders"] if x["stage"] != "received"]
        return found[0] if found else None

    assert (await eventually(booked))["payable"] in ("47", "47.0", "47.00", "47.0000")
    shown = await platform.souk("order", "show", NUMBER, "--account", "riyadh")
    assert (shown.code, "\x00" in shown.out) == (0, False), shown.err
