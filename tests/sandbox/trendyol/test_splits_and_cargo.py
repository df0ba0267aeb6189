from typing import Any

import pytest

from tests.sandbox.trendyol.harness import (
    Answer,
    Receiver,
    Seller,
    eventually,
    package_path,
    packages_of,
)

NOT_UPDATABLE = "shipment.package.not.updatable"


def key(answer: Answer) -> str:
    return str(answer.json["errors"][0]["key"])


async def split(seller: Seller, package: Any, parts: list[dict[int, int]], keep: bool) -> Answer:
    body = {
        "splitPackages": [
            {
                "packageDetails": [
                    {"orderLineId": line_id, "quantities": count} for line_id, count in part.items()
                ]
            }
            for part in parts
        ],
        "shouldKeepPreviousStatus": keep,
    }
    return await seller.call("POST", package_path(package, "/split-packages"), body)


async def successors(seller: Seller, package: Any, count: int) -> list[Any] | None:
    found = [
        each
        for each in await packages_of(seller, package["orderNumber"])
        if each["createdBy"] == "split"
    ]
    return found if len(found) == count else None


@pytest.mark.parametrize(("keep", "status"), [(True, "Picking"), (False, "Created")])
async def test_a_split_package_is_followed_by_its_parts(
    seller: Seller, receiver: Receiver, keep: bool, status: str
) -> None:
    await seller.hook(receiver)
    package = await seller.order(lines=[{"quantity": 3}, {"barcode": "SKU2", "quantity": 2}])
    first, second = (line["lineId"] for line in package["lines"])
    await seller.set_status(package, "Picking")
    answer = await split(seller, package, [{first: 1}, {first: 1, second: 1}], keep)
    assert answer.status == 200
    assert (await seller.package(package))["status"] == "UnPacked"
    assert key(await seller.set_status(package, "Invoiced")) == NOT_UPDATABLE
    parts = await eventually(lambda: successors(seller, package, 3))
    assert {each["status"] for each in parts} == {status}
    assert all(each["originPackageIds"] == [package["shipmentPackageId"]] for each in parts)
    assert len({each["cargoTrackingNumber"] for each in parts}) == 3
    units = sorted(
        sorted((line["barcode"], line["quantity"]) for line in each["lines"]) for each in parts
    )
    assert units == [[("SKU1", 1)], [("SKU1", 1), ("SKU2", 1)], [("SKU1", 1), ("SKU2", 1)]]
    order = (await seller.ledger())["orders"][package["orderNumber"]]
    assert order["payableNow"] == order["payable"]
    assert len(order["packages"]) == 4
    await eventually(lambda: len(receiver.events) == 6)


async def test_exact_money_survives_a_split(seller: Seller) -> None:
    details = [
        {"lineItemSellerDiscount": discount, "lineItemTyDiscount": 0}
        for discount in ("0.34", "0.33", "0.33")
    ]
    package = await seller.order(
        lines=[{"barcode": "SKU2", "lineGrossAmount": "12.99", "discountDetails": details}]
    )
    line = package["lines"][0]["lineId"]
    await split(seller, package, [{line: 1}], keep=True)
    parts = await eventually(lambda: successors(seller, package, 2))
    totals = sorted(str(each["packageTotalPrice"]) for each in parts)
    assert totals == ["12.65", "25.32"]


async def test_split_by_lines(seller: Seller) -> None:
    package = await seller.order(lines=[{"quantity": 2}, {"barcode": "SKU2"}])
    path, line = package_path(package, "/split"), package["lines"][1]["lineId"]
    assert key(await seller.call("POST", path, {"orderLineIds": [1]})) == NOT_UPDATABLE
    assert (await seller.call("POST", path, {"orderLineIds": [line]})).status == 200
    parts = await eventually(lambda: successors(seller, package, 2))
    rows = [(row["barcode"], row["quantity"]) for part in parts for row in part["lines"]]
    assert sorted(rows) == [("SKU1", 2), ("SKU2", 1)]


async def test_what_cannot_be_split(seller: Seller) -> None:
    package = await seller.order(lines=[{"quantity": 2}])
    line = package["lines"][0]["lineId"]
    assert key(await split(seller, package, [{line: 2}], keep=True)) == NOT_UPDATABLE
    assert key(await split(seller, package, [{line: 2}, {line: 1}], keep=True)) == NOT_UPDATABLE
    await seller.move(package, "Shipped")
    assert key(await split(seller, package, [{line: 1}], keep=True)) == NOT_UPDATABLE
    assert (await seller.package(package))["status"] == "Shipped"


async def test_tracking_only_between_picking_and_shipped(seller: Seller) -> None:
    package = await seller.order()
    path = package_path(package, "/tracking-details")
    body = {"cargoSenderNumber": "SMSA290012345", "providerCode": "DHLMP"}
    assert key(await seller.call("PUT", path, body)) == NOT_UPDATABLE
    await seller.set_status(package, "Picking")
    assert (await seller.call("PUT", path, body)).status == 200
    now = await seller.package(package)
    assert (now["cargoSenderNumber"], now["whoPays"]) == ("SMSA290012345", 1)
    for status in ("Shipped", "UnDelivered", "Delivered", "Returned"):
        await seller.move(package, status)
        answer = await seller.call("PUT", path, body)
        assert answer.json["errors"][0]["message"] == "Shipment tracking number cannot be updated"


async def test_changing_the_carrier(seller: Seller) -> None:
    package = await seller.order()
    path = package_path(package, "/cargo-providers")
    for carrier, code in [
        ("Nobody", "CPE001"),
        ("Trendyol Express", "CPE003"),
        ("Yurtiçi Kargo", "CPE004"),
        ("Naqel", "CPE005"),
    ]:
        answer = await seller.call("PUT", path, {"cargoProvider": carrier})
        assert (answer.status, key(answer)) == (409, code)
    carrier = "SPL" if package["cargoProviderName"] != "SPL" else "Aramex"
    assert (await seller.call("PUT", path, {"cargoProvider": carrier})).status == 200
    now = await seller.package(package)
    assert now["cargoProviderName"] == carrier
    assert now["cargoTrackingNumber"] != package["cargoTrackingNumber"]
    await seller.move(package, "Shipped")
    assert key(await seller.call("PUT", path, {"cargoProvider": "J&T"})) == "CPE006"
    on_delivery = await seller.order(isCod=True)
    assert on_delivery["cargoProviderName"] in ("Aramex", "Shipa")
    path = package_path(on_delivery, "/cargo-providers")
    assert key(await seller.call("PUT", path, {"cargoProvider": "SPL"})) == "CPE002"


async def test_an_alternative_delivery_ships_at_once(seller: Seller) -> None:
    await seller.sandbox.knobs(alternative_delivery_min_s=60)
    package = await seller.order(carrier=True)
    path = package_path(package, "/alternative-delivery")
    body = {"isPhoneNumber": False, "trackingInfo": "https://t.example/1", "params": {}}
    assert key(await seller.call("PUT", path, body)) == NOT_UPDATABLE
    await seller.set_status(package, "Picking")
    assert (await seller.call("PUT", path, body)).status == 200
    assert (await seller.package(package))["status"] == "Shipped"
    assert (await seller.call("PUT", path, body)).status == 200
    await seller.sandbox.knobs(alternative_delivery_permission=False)
    other = await seller.order()
    await seller.set_status(other, "Picking")
    refused = await seller.call("PUT", package_path(other, "/alternative-delivery"), body)
    assert "ADEL" in refused.json["errors"][0]["message"]


async def test_labels_are_there_once_made(seller: Seller) -> None:
    package = await seller.order()
    path = f"S/common-label/{package['cargoTrackingNumber']}"
    path = path.replace("S/", f"sellers/{seller.id}/", 1)
    assert (await seller.call("GET", path)).status == 404
    made = await seller.call("POST", path, {"format": "ZPL", "boxQuantity": 2})
    assert made.status == 200
    labels = (await seller.call("GET", path)).json["data"]
    assert len(labels) == 2
    assert str(package["cargoTrackingNumber"]) in labels[0]["label"]
    unknown = f"sellers/{seller.id}/common-label/1"
    assert key(await seller.call("GET", unknown)) == "shipment.package.not.found"


async def test_a_package_takes_one_invoice_link_and_a_link_one_package(seller: Seller) -> None:
    first, second = await seller.order(), await seller.order()
    path = f"sellers/{seller.id}/seller-invoice-links"

    async def put(package: Any, link: str) -> int:
        body = {"invoiceLink": link, "shipmentPackageId": package["shipmentPackageId"]}
        return (await seller.call("POST", path, body)).status

    assert await put(first, "https://inv.example.sa/1.pdf") == 201
    assert await put(first, "https://inv.example.sa/2.pdf") == 409
    assert await put(second, "https://inv.example.sa/1.pdf") == 409
    assert await put({"shipmentPackageId": 5}, "https://inv.example.sa/3.pdf") == 404
    assert await put(second, "not a link") == 400
    assert (await seller.package(first))["invoiceLink"] == "https://inv.example.sa/1.pdf"


async def test_an_invoice_as_a_file(seller: Seller) -> None:
    package = await seller.order()
    path = f"sellers/{seller.id}/seller-invoice-file"
    number = str(package["shipmentPackageId"])
    files = {"shipmentPackageId": number, "file": b"%PDF-1.7"}
    assert (await seller.upload(path, files)).status == 201
    assert (await seller.upload(path, files)).status == 409
    assert (await seller.upload(path, {"shipmentPackageId": number})).status == 400
