"""What leaves for each action, and what is settled before anything leaves."""

import json
from typing import Any

import pytest
from aiohttp import web

from canonical.actions import AcceptParcel, Action, ActionKind, CancelLines, ReadyParcel
from channels.errors import RefusedError
from channels.trendyol import ABILITIES
from tests.channels.servers import CountingLimiter, answers, serving
from tests.channels.trendyol.acting import (
    ABOUT,
    ACCEPT,
    CALLED,
    CANCEL_ONE,
    CARRIER,
    INVOICE,
    LINK,
    ONE,
    ORDER,
    OTHERWISE,
    PARCEL,
    READY,
    SHIP,
    SPLIT_LINES,
    SPLIT_UNITS,
    TWO,
    performed,
    writes_and_reads,
)
from tests.channels.trendyol.samples import opened, package


@pytest.mark.parametrize(
    ("action", "below", "sent", "operation", "urgent"),
    [
        (
            ACCEPT,
            "",
            {"lines": [{"lineId": 7392373001, "quantity": 2}], "params": {}, "status": "Picking"},
            "package_status",
            True,
        ),
        (
            READY,
            "",
            {
                "lines": [{"lineId": 7392373001, "quantity": 2}],
                "params": {"invoiceNumber": "INV-1"},
                "status": "Invoiced",
            },
            "package_status",
            False,
        ),
        (
            CANCEL_ONE,
            "/items/unsupplied",
            {
                "lines": [{"lineId": 7392373001, "quantity": 1}],
                "reasonId": 500,
                "shouldKeepPreviousStatus": True,
            },
            "unsupplied",
            True,
        ),
        (
            SHIP,
            "/tracking-details",
            {"cargoSenderNumber": "SMSA290012345", "providerCode": "DHLMP"},
            "tracking_details",
            False,
        ),
    ],
    ids=["accept", "ready", "cancel", "ship"],
)
async def test_what_is_sent(
    action: Action, below: str, sent: dict[str, Any], operation: str, urgent: bool
) -> None:
    limiter = CountingLimiter()
    server = await performed(action, answers(web.Response()), limiter, seller_ships=True)
    (call,) = server.came
    assert call.method == "PUT"
    assert call.path == f"/integration/order/sellers/900123/shipment-packages/{PARCEL}{below}"
    assert json.loads(call.body) == sent
    assert limiter.reserved == [("main", operation, urgent)]


@pytest.mark.parametrize(
    ("action", "method", "below", "sent", "operation"),
    [
        (
            SPLIT_UNITS,
            "POST",
            f"order/sellers/900123/shipment-packages/{PARCEL}/split-packages",
            {
                "splitPackages": [
                    {"packageDetails": [{"orderLineId": 7392373001, "quantities": 1}]}
                ],
                "shouldKeepPreviousStatus": True,
            },
            "split",
        ),
        (
            SPLIT_LINES,
            "POST",
            f"order/sellers/900123/shipment-packages/{PARCEL}/split",
            {"orderLineIds": [7392373001]},
            "split",
        ),
        (
            CARRIER,
            "PUT",
            f"order/sellers/900123/shipment-packages/{PARCEL}/cargo-providers",
            {"cargoProvider": "Aramex"},
            "cargo_provider",
        ),
        (
            INVOICE,
            "POST",
            "sellers/900123/seller-invoice-links",
            {"invoiceLink": LINK, "shipmentPackageId": 3300123456},
            "invoice_link",
        ),
        (
            OTHERWISE,
            "PUT",
            f"order/sellers/900123/shipment-packages/{PARCEL}/alternative-delivery",
            {"isPhoneNumber": False, "trackingInfo": "https://t.example/1", "params": {}},
            "alternative_delivery",
        ),
        (
            CALLED,
            "PUT",
            f"order/sellers/900123/shipment-packages/{PARCEL}/alternative-delivery",
            {"isPhoneNumber": True, "trackingInfo": "+966500000000", "params": {}},
            "alternative_delivery",
        ),
    ],
    ids=["units", "lines", "carrier", "invoice", "link", "phone"],
)
async def test_what_is_sent_beyond_the_everyday(
    action: Action, method: str, below: str, sent: dict[str, Any], operation: str
) -> None:
    limiter = CountingLimiter()
    server = await performed(
        action, answers(web.Response(status=201)), limiter, alternative_delivery=True
    )
    (call,) = server.came
    assert (call.method, call.path) == (method, f"/integration/{below}")
    assert json.loads(call.body) == sent
    assert [name for _, name, _ in limiter.reserved] == [operation]


@pytest.mark.parametrize(
    ("reason", "number"),
    [("out_of_stock", 500), ("damaged", 501), ("wrong_price", 502), ("other", 504)],
)
async def test_each_reason_has_its_number(reason: Any, number: int) -> None:
    action = CancelLines(**ABOUT, lines=ONE, reason=reason)
    server = await performed(action, answers(web.Response()))
    assert json.loads(server.came[0].body)["reasonId"] == number


async def test_an_invoice_without_number_sends_none() -> None:
    action = ReadyParcel(**ABOUT, lines=TWO)
    server = await performed(action, answers(web.Response()))
    assert json.loads(server.came[0].body)["params"] == {}


async def test_without_lines_the_package_is_read_first() -> None:
    bare = AcceptParcel(**ABOUT)
    server = await performed(bare, writes_and_reads(web.Response(), package()))
    read, write = server.came
    assert (read.method, write.method) == ("GET", "PUT")
    assert json.loads(write.body)["lines"] == [{"lineId": 7392373001, "quantity": 2}]

    server = await performed(bare, writes_and_reads(web.Response(), package(status="Picking")))
    assert [c.method for c in server.came] == ["GET"]

    with pytest.raises(RefusedError, match="does not show package") as error:
        await performed(bare, writes_and_reads(web.Response()))
    assert error.value.order_id == ORDER


async def test_an_action_that_the_account_lacks_is_refused_before_it_leaves() -> None:
    assert ActionKind.DELIVER_OTHERWISE not in ABILITIES.actions
    async with serving(answers(web.Response())) as server, opened(server.url) as one:
        with pytest.raises(RefusedError) as error:
            await one.perform(OTHERWISE)
    assert error.value.code == "action.not.offered"
    assert server.came == []
