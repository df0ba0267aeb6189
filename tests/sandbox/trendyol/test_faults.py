import asyncio
from typing import Any

import aiohttp
import pytest

from tests.sandbox.trendyol.harness import Seller

STREAM = "order/S/orders/stream"


async def status_of(seller: Seller, package: Any) -> str:
    return str((await seller.package(package))["status"])


async def test_a_refusal_with_a_very_long_message(seller: Seller) -> None:
    package = await seller.order()
    message = "الحزمة لا يمكن تحديثها. It cannot be updated. " * 130
    await seller.fault("refuse", "package.status", message=message)
    answer = await seller.set_status(package, "Picking")
    assert answer.status == 400
    assert answer.json["errors"][0]["key"] == "shipment.package.not.updatable"
    assert answer.json["errors"][0]["message"] == message
    assert (await seller.set_status(package, "Picking")).status == 200


async def test_faults_strike_by_order_as_often_as_asked(seller: Seller) -> None:
    one, other = await seller.order(), await seller.order()
    await seller.fault("refuse", "package.status", order_number=one["orderNumber"], times=-1)
    assert (await seller.set_status(other, "Picking")).status == 200
    for _ in range(3):
        assert (await seller.set_status(one, "Picking")).status == 400
    assert await seller.sandbox.operate("DELETE", "/faults") == {"cleared": 1}
    assert (await seller.set_status(one, "Picking")).status == 200


async def test_a_fault_finds_its_order_by_label_and_invoice_too(seller: Seller) -> None:
    package = await seller.order()
    number = package["orderNumber"]
    await seller.fault("status", status=500, order_number=number, times=2)
    base = f"sellers/{seller.id}"
    label = f"{base}/common-label/{package['cargoTrackingNumber']}"
    assert (await seller.call("GET", label)).status == 500
    body = {"invoiceLink": "https://inv.example.sa/x.pdf"}
    body |= {"shipmentPackageId": package["shipmentPackageId"]}
    path = f"{base}/seller-invoice-links"
    assert [(await seller.call("POST", path, body)).status for _ in range(2)] == [500, 201]


@pytest.mark.parametrize(
    ("kind", "applied"), [("cut_before_commit", "Created"), ("cut_after_commit", "Picking")]
)
async def test_a_cut_connection(seller: Seller, kind: str, applied: str) -> None:
    package = await seller.order()
    # aiohttp sends a PUT whose connection was cut once more by itself.
    await seller.fault(kind, "package.status", times=2)
    with pytest.raises(aiohttp.ClientConnectionError):
        await seller.set_status(package, "Picking")
    assert await status_of(seller, package) == applied
    assert (await seller.ledger())["calls"]["package.status"]["statuses"] == {"cut": 2}


@pytest.mark.parametrize(
    ("kind", "applied"), [("timeout_before_commit", "Created"), ("timeout_after_commit", "Picking")]
)
async def test_a_call_without_an_answer(seller: Seller, kind: str, applied: str) -> None:
    package = await seller.order()
    await seller.fault(kind, "package.status", seconds=30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await seller.set_status(package, "Picking")
    assert await status_of(seller, package) == applied
    assert (await seller.ledger())["calls"]["package.status"]["statuses"] == {"timeout": 1}


async def test_answers_that_stand_in_for_the_right_one(seller: Seller) -> None:
    faults: list[tuple[str, dict[str, Any]]] = [
        ("html_403", {}),
        ("throttle_burst", {}),
        ("errors_empty", {}),
        ("status", {"status": 503}),
        ("status", {"status": 502, "body": "Bad gateway"}),
        ("status", {"status": 200, "body": ""}),
    ]
    for kind, more in faults:
        await seller.fault(kind, "orders.stream", **more)
    answers = [await seller.call("GET", STREAM) for _ in range(7)]
    assert [answer.status for answer in answers] == [403, 429, 400, 503, 502, 200, 200]
    assert "<html>" in answers[0].text
    assert answers[2].json["errors"] == [{}]
    assert answers[3].json["errors"][0]["key"] == "generic.exception"
    assert answers[4].text == "Bad gateway"
    assert answers[5].text == ""
    assert answers[6].json["content"] == []


async def test_a_share_of_calls_and_a_late_start(seller: Seller) -> None:
    await seller.fault("throttle_burst", "orders.stream", times=-1, share=0.5, after=10)
    statuses = [(await seller.call("GET", STREAM)).status for _ in range(50)]
    assert statuses[:10] == [200] * 10
    assert 17 <= statuses.count(429) <= 23


async def test_a_slow_answer_is_right_and_late(seller: Seller) -> None:
    await seller.fault("slow", "orders.stream", seconds=0.3)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await seller.call("GET", STREAM)).status == 200
    assert loop.time() - began >= 0.3
