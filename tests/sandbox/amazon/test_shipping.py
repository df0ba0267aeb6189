from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.amazon.harness import MARKETPLACE, Sandbox, Seller
from tests.sandbox.amazon.waiting import eventually

EASY = "/easyShip/2022-03-23"
PARCEL = {
    "packageDimensions": {"length": 30, "width": 20, "height": 10, "unit": "cm"},
    "packageWeight": {"value": 900, "unit": "g"},
}


def about(order: Any) -> dict[str, Any]:
    return {"marketplaceId": MARKETPLACE, "amazonOrderId": order["order_id"]}


async def test_a_shipment_is_confirmed_in_parts(seller: Seller) -> None:
    order = await seller.order(lines=[{"sku": "SKU-1", "quantity": 3}])
    item = order["items"][0]["item_id"]
    one = [{"orderItemId": item, "quantity": 1}]
    rest = [{"orderItemId": item, "quantity": 2}]
    first = await seller.confirm(order, "1", orderItems=one)
    assert (first.status, first.body) == (204, b"")
    assert "x-amzn-RateLimit-Limit" in first.headers
    assert (await seller.real(order))["status"] == "PARTIALLY_SHIPPED"
    too_many = await seller.confirm(order, "2", orderItems=[{"orderItemId": item, "quantity": 3}])
    assert (too_many.status, too_many.code) == (400, "Invalid Input")
    assert (await seller.confirm(order, "2", orderItems=rest)).status == 204
    assert (await seller.real(order))["status"] == "SHIPPED"

    async def packages() -> bool:
        seen = await seller.read(order, "PACKAGES,FULFILLMENT")
        references = [each["packageReferenceId"] for each in seen["packages"]]
        return references == ["1", "2"] and seen["orderItems"][0]["fulfillment"] == {
            "quantityFulfilled": 3,
            "quantityUnfulfilled": 0,
        }

    await eventually(packages)
    ledger = (await seller.ledger())["orders"][order["order_id"]]
    assert (ledger["outcome"], ledger["finished"]) == ("delivered", True)
    assert [step["status"] for step in ledger["history"]] == [
        "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"
    ]  # fmt: skip


async def test_the_same_reference_again_is_an_edit(seller: Seller) -> None:
    order = await seller.order()
    assert (await seller.confirm(order, "7")).status == 204
    assert (await seller.confirm(order, "7", trackingNumber="T2")).status == 204
    packages = (await seller.real(order))["packages"]
    assert [(each["reference"], each["tracking"]) for each in packages] == [("7", "T2")]
    [write] = (await seller.ledger())["writes"]
    assert (write["applied"], write["repeated"], write["refused"]) == (1, 1, 0)


async def test_an_edit_may_change_what_was_sent(seller: Seller) -> None:
    order = await seller.order(lines=[{"sku": "SKU-1", "quantity": 3}])
    item = order["items"][0]["item_id"]
    for quantity, status in ((3, "SHIPPED"), (1, "PARTIALLY_SHIPPED"), (2, "PARTIALLY_SHIPPED")):
        items = [{"orderItemId": item, "quantity": quantity}]
        assert (await seller.confirm(order, "1", orderItems=items)).status == 204
        real = await seller.real(order)
        assert (real["status"], real["items"][0]["shipped"]) == (status, quantity)
    fourth = await seller.confirm(order, orderItems=[{"orderItemId": item, "quantity": 4}])
    assert fourth.status == 400


async def test_the_same_reference_again_may_be_refused(seller: Seller, sandbox: Sandbox) -> None:
    await sandbox.knobs(confirm_repeat="refuse")
    order = await seller.order()
    assert (await seller.confirm(order)).status == 204
    again = await seller.confirm(order)
    assert (again.status, again.code) == (400, "Invalid Input")
    assert len((await seller.real(order))["packages"]) == 1


@pytest.mark.parametrize(
    "detail",
    [
        {"packageReferenceId": "0"},
        {"packageReferenceId": "P1"},
        {"packageReferenceId": ""},
        {"carrierCode": ""},
        {"carrierName": ""},
        {"trackingNumber": ""},
        {"shipDate": "today"},
        {"orderItems": []},
        {"orderItems": [{"orderItemId": "1", "quantity": 1}]},
    ],
)
async def test_confirmations_that_do_not_fit_are_refused(
    seller: Seller, detail: dict[str, Any]
) -> None:
    order = await seller.order()
    answer = await seller.confirm(order, **detail)
    assert (answer.status, answer.code) == (400, "Invalid Input")
    assert (await seller.real(order))["status"] == "UNSHIPPED"


async def test_amazon_s_own_and_easy_ship_orders_are_not_confirmed(seller: Seller) -> None:
    for asked in ({"channel": "AFN", "lines": [{"sku": "SKU-1"}]}, {"easy_ship": True}):
        order = await seller.order(**asked)
        answer = await seller.confirm(order)
        assert (answer.status, answer.code) == (400, "Invalid Input")
        assert (await seller.real(order))["packages"] == []
    pending = await seller.order(status="PENDING")
    assert (await seller.confirm(pending)).status == 400
    path = "/orders/v0/orders/408-0000000-0000000/shipmentConfirmation"
    unknown = await seller.call("POST", path, {"marketplaceId": MARKETPLACE, "packageDetail": {}})
    assert unknown.status == 404


async def slot_of(seller: Seller, order: Any, place: int = 0) -> Any:
    slots = await seller.good("POST", f"{EASY}/timeSlot", {**about(order), **PARCEL})
    return slots["timeSlots"][place]


async def test_easy_ship_is_scheduled_and_followed(seller: Seller) -> None:
    order = await seller.order(easy_ship=True, lines=[{"sku": "SKU-2", "quantity": 2}])
    slot = await slot_of(seller, order)
    body = {**about(order), "packageDetails": {"packageTimeSlot": slot}}
    package = await seller.good("POST", f"{EASY}/package", body)
    assert package["packageStatus"] == "ReadyForPickup"
    assert package["packageTimeSlot"]["slotId"] == slot["slotId"]
    again = await seller.call("POST", f"{EASY}/package", body)
    assert (again.status, again.code) == (400, "ScheduledPackageAlreadyExists")
    read = await seller.good("GET", f"{EASY}/package", **about(order))
    assert read == package
    assert (await seller.real(order))["easy_ship_status"] == "PendingPickUp"
    later = {
        "marketplaceId": MARKETPLACE,
        "updatePackageDetailsList": [
            {
                "scheduledPackageId": package["scheduledPackageId"],
                "packageTimeSlot": await slot_of(seller, order, 3),
            }
        ],
    }
    moved = await seller.good("PATCH", f"{EASY}/package", later)
    assert moved["packages"][0]["packageTimeSlot"]["slotId"] != slot["slotId"]
    assert (await seller.operate(order, "move"))["status"] == "SHIPPED"
    assert (await seller.operate(order, "move"))["easy_ship_status"] == "Delivered"
    too_late = await seller.call("PATCH", f"{EASY}/package", later)
    assert (too_late.status, too_late.code) == (400, "OrderNotEligibleForRescheduling")
    ledger = await seller.ledger()
    assert ledger["orders"][order["order_id"]]["outcome"] == "delivered"
    [write] = ledger["writes"]
    assert (write["what"], write["applied"], write["repeated"]) == ("schedule", 1, 1)


async def test_easy_ship_refuses(seller: Seller, sandbox: Sandbox) -> None:
    order, mine = await seller.order(easy_ship=True), await seller.order()
    foreign = await slot_of(seller, await seller.order(easy_ship=True))
    for body, code in (
        ({**about(mine), "packageDetails": {"packageTimeSlot": foreign}}, "InvalidOrderState"),
        ({**about(order), "packageDetails": {"packageTimeSlot": foreign}}, "InvalidTimeSlotId"),
    ):
        answer = await seller.call("POST", f"{EASY}/package", body)
        assert (answer.status, answer.code) == (400, code)
    missing = await seller.call("GET", f"{EASY}/package", **about(order))
    assert (missing.status, missing.code) == (404, "ResourceNotFound")
    await sandbox.knobs(easy_ship=False)
    answer = await seller.call("POST", f"{EASY}/timeSlot", {**about(order), **PARCEL})
    assert (answer.status, answer.code) == (400, "RegionNotSupported")


async def test_easy_ship_in_bulk_takes_the_earliest_slot(seller: Seller) -> None:
    order, mine = await seller.order(easy_ship=True), await seller.order()
    body = {
        "marketplaceId": MARKETPLACE,
        "labelFormat": "PDF",
        "orderScheduleDetailsList": [
            {"amazonOrderId": order["order_id"]},
            {"amazonOrderId": mine["order_id"]},
        ],
    }
    answer = await seller.good("POST", f"{EASY}/packages/bulk", body)
    assert len(answer["scheduledPackages"]) == 1
    [rejected] = answer["rejectedOrders"]
    assert rejected["error"]["code"] == "InvalidOrderState"


async def test_a_refused_parcel_comes_back(seller: Seller) -> None:
    order = await seller.order(easy_ship=True, fate={"refused": True}, cod=True)
    slot = await slot_of(seller, order)
    body = {**about(order), "packageDetails": {"packageTimeSlot": slot}}
    await seller.good("POST", f"{EASY}/package", body)
    seen = [(await seller.operate(order, "move"))["easy_ship_status"] for _ in range(3)]
    assert seen == ["PickedUp", "RejectedByBuyer", "ReturnedToSeller"]
    assert (await seller.ledger())["orders"][order["order_id"]]["outcome"] == "returned"


async def test_both_stocks_of_a_sku_move_apart(seller: Seller) -> None:
    async def stock() -> tuple[int, int, int]:
        offer = (await seller.ledger())["offers"]["SKU-1"]
        return offer["quantity"], offer["fba"]["fulfillable"], offer["fba"]["reserved"]

    mine, fulfillable, reserved = await stock()
    order = await seller.order(channel="AFN", lines=[{"sku": "SKU-1", "quantity": 2}])
    assert await stock() == (mine, fulfillable - 2, reserved + 2)
    await seller.operate(order, "move")
    assert await stock() == (mine, fulfillable - 2, reserved)
    await seller.operate(order, "return", sellable=True)
    assert await stock() == (mine, fulfillable, reserved)
    await seller.order(lines=[{"sku": "SKU-1", "quantity": 3}])
    assert await stock() == (mine - 3, fulfillable, reserved)
    ledger = (await seller.ledger())["orders"][order["order_id"]]
    assert ledger["outcome"] == "returned"
    assert Decimal(ledger["refunded"]) == Decimal(ledger["total"])


async def test_an_order_nobody_ships_is_cancelled_by_amazon(
    seller: Seller, sandbox: Sandbox
) -> None:
    await sandbox.knobs(overdue_s=-172_000)  # promised in two days; that and a little, scaled
    order = await seller.order()

    async def cancelled() -> bool:
        return bool((await seller.real(order))["status"] == "CANCELLED")

    await eventually(cancelled)
    seen = (await seller.real(order))["items"][0]
    assert seen["cancelled_by"] == "AMAZON"


async def test_what_is_left_of_a_partly_cancelled_line_is_what_costs(seller: Seller) -> None:
    order = await seller.order(lines=[{"sku": "SKU-1", "quantity": 4, "discount": "10.00"}])
    item = order["items"][0]["item_id"]
    sent = [{"orderItemId": item, "quantity": 1}]
    assert (await seller.confirm(order, orderItems=sent)).status == 204
    await seller.operate(order, "cancel")

    async def settled() -> Any:
        seen = await seller.read(order)
        return seen if seen["fulfillment"]["fulfillmentStatus"] == "SHIPPED" else None

    seen = await eventually(settled)
    # One of four at 115.00, with a quarter of the discount.
    assert seen["proceeds"]["grandTotal"]["amount"] == "112.50"
    parts = [Decimal(row["subtotal"]["amount"]) for row in seen["proceeds"]["breakdowns"]]
    assert sum(parts) == Decimal("112.50")
    ledger = (await seller.ledger())["orders"][order["order_id"]]
    assert (ledger["total"], ledger["totalNow"]) == ("450.00", "112.50")
    line = ledger["lines"][0]
    assert (line["shipped"], line["cancelled"]) == (1, 3)
