from typing import Any

import pytest

from tests.sandbox.trendyol.harness import Answer, Seller, eventually, package_path

NOT_UPDATABLE = "shipment.package.not.updatable"


def key(answer: Answer) -> str:
    return str(answer.json["errors"][0]["key"])


async def unsupply(seller: Seller, package: Any, quantities: list[int], **more: object) -> Answer:
    lines = [
        {"lineId": line["lineId"], "quantity": quantity}
        for line, quantity in zip(package["lines"], quantities, strict=False)
        if quantity
    ]
    body = {"lines": lines, "reasonId": 500, **more}
    return await seller.call("PUT", package_path(package, "/items/unsupplied"), body)


async def successors(seller: Seller, package: Any) -> list[Any]:
    answer = await seller.sandbox.operate("GET", f"/packages/{seller.id}")
    return [
        each
        for each in answer
        if each["orderNumber"] == package["orderNumber"]
        and each["shipmentPackageId"] != package["shipmentPackageId"]
    ]


async def test_picking_then_invoiced_and_the_history_of_it(seller: Seller) -> None:
    package = await seller.order()
    for status in ("Picking", "Invoiced"):
        answer = await seller.set_status(package, status)
        assert (answer.status, answer.text) == (200, "")
    now = await seller.package(package)
    assert now["status"] == "Invoiced"
    assert now["invoiceNumber"].startswith("INV")
    assert now["lastModifiedDate"] > package["lastModifiedDate"]
    history = [step["status"] for step in now["packageHistories"]]
    assert history == ["Awaiting", "Created", "Picking", "Invoiced"]


async def test_a_repeat_is_200_and_changes_nothing(seller: Seller) -> None:
    package = await seller.order()
    await seller.set_status(package, "Picking")
    before = await seller.package(package)
    assert (await seller.set_status(package, "Picking")).status == 200
    assert await seller.package(package) == before
    write = (await seller.ledger())["writes"][0]
    assert (write["what"], write["applied"], write["repeated"]) == ("status:Picking", 1, 1)


async def test_what_a_package_refuses(seller: Seller) -> None:
    package = await seller.order()
    assert key(await seller.set_status(package, "Invoiced")) == NOT_UPDATABLE
    assert key(await seller.set_status(package, "Shipped")) == NOT_UPDATABLE
    gone = {**package, "shipmentPackageId": 1}
    answer = await seller.set_status(gone, "Picking")
    assert (answer.status, key(answer)) == (404, "shipment.package.not.found")
    answer = await seller.call(
        "PUT", package_path(package), {"lines": [], "params": {}, "status": "Picking"}
    )
    assert answer.status == 400
    too_many = [{"lineId": package["lines"][0]["lineId"], "quantity": 9}]
    body = {"lines": too_many, "params": {}, "status": "Picking"}
    assert key(await seller.call("PUT", package_path(package), body)) == NOT_UPDATABLE
    for status in ("Awaiting", "Shipped", "Cancelled", "Delivered"):
        await seller.move(package, status)
        assert key(await seller.set_status(package, "Picking")) == NOT_UPDATABLE


async def test_invoiced_needs_an_invoice_number(seller: Seller) -> None:
    package = await seller.order()
    await seller.set_status(package, "Picking")
    assert (await seller.set_status(package, "Invoiced", invoiceNumber="")).status == 400
    assert (await seller.package(package))["status"] == "Picking"


async def test_on_a_foreign_storefront_the_package_is_not_there(seller: Seller) -> None:
    package = await seller.order()
    answer = await seller.call("PUT", package_path(package), {}, headers={"storeFrontCode": None})
    assert answer.status == 404


async def test_a_package_cancelled_whole_by_the_seller(seller: Seller) -> None:
    package = await seller.order(lines=[{"quantity": 2}, {"barcode": "SKU2"}])
    assert (await unsupply(seller, package, [2, 1])).status == 200
    dead = await seller.package(package)
    assert dead["status"] == "UnSupplied"
    assert dead["lines"][0]["cancelReasonCode"] == 500
    order = (await seller.ledger())["orders"][package["orderNumber"]]
    assert [line["cancelledQuantity"] for line in order["lines"]] == [2, 1]
    assert (order["payableNow"], order["outcome"]) == ("0.00", "cancelled")
    assert key(await seller.set_status(package, "Picking")) == NOT_UPDATABLE
    assert key(await unsupply(seller, package, [1])) == NOT_UPDATABLE


@pytest.mark.parametrize(("keep", "status"), [(True, "Picking"), (False, "Created")])
async def test_a_part_cancelled_leaves_a_successor(seller: Seller, keep: bool, status: str) -> None:
    package = await seller.order(lines=[{"quantity": 3}, {"barcode": "SKU2", "quantity": 1}])
    await seller.set_status(package, "Picking")
    answer = await unsupply(seller, package, [2, 0], shouldKeepPreviousStatus=keep)
    assert answer.status == 200
    assert (await seller.package(package))["status"] == "UnSupplied"
    [successor] = await eventually(lambda: successors(seller, package))
    assert successor["status"] == status
    assert successor["createdBy"] == "cancel"
    assert successor["originPackageIds"] == [package["shipmentPackageId"]]
    assert successor["cargoTrackingNumber"] != package["cargoTrackingNumber"]
    left = [(line["barcode"], line["quantity"]) for line in successor["lines"]]
    assert left == [("SKU1", 1), ("SKU2", 1)]
    order = (await seller.ledger())["orders"][package["orderNumber"]]
    assert order["payableNow"] == "87.74"
    assert [line["cancelledQuantity"] for line in order["lines"]] == [2, 0]
    assert not order["finished"]


async def test_reasons_that_can_be_given(seller: Seller) -> None:
    package = await seller.order()
    for reason in (503, 999, None):
        assert key(await unsupply(seller, package, [1], reasonId=reason)) == NOT_UPDATABLE
    assert (await unsupply(seller, package, [1], reasonId=506)).status == 200


async def test_a_part_cancelled_by_the_customer_leaves_a_successor(seller: Seller) -> None:
    package = await seller.order(lines=[{"quantity": 2}])
    path = f"/packages/{seller.id}/{package['shipmentPackageId']}/cancel"
    lines = [{"lineId": package["lines"][0]["lineId"], "quantity": 1}]
    dead = await seller.sandbox.operate("POST", path, {"lines": lines})
    assert dead["status"] == "Cancelled"
    [successor] = await eventually(lambda: successors(seller, package))
    assert successor["lines"][0]["quantity"] == 1
