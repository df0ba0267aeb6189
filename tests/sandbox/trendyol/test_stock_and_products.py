from typing import Any

import pytest

from tests.sandbox.trendyol.harness import Answer, Seller, eventually

STOCK = "inventory/S/products/price-and-inventory"
INVENTORY = "product/S/products/approved/inventory-and-price"


async def send(seller: Seller, *items: dict[str, Any], **more: Any) -> Answer:
    return await seller.call("POST", STOCK, {"items": list(items)}, **more)


async def result(seller: Seller, answer: Answer) -> Any:
    """The batch once every row is worked off."""
    path = f"product/S/products/batch-requests/{answer.json['batchRequestId']}"

    async def done() -> Any:
        batch = (await seller.call("GET", path)).json
        ready = all(item["status"] in ("SUCCESS", "FAILED") for item in batch["items"])
        return batch if ready else None

    return await eventually(done)


def reasons(batch: Any) -> list[str]:
    return [" ".join(item["failureReasons"]) for item in batch["items"]]


async def on_sale(seller: Seller, barcode: str) -> Any:
    [row] = (await seller.call("GET", INVENTORY, barcodes=barcode)).json["content"]
    return row["variants"][0]


async def test_a_batch_goes_through_and_has_no_status_of_its_own(seller: Seller) -> None:
    answer = await send(
        seller,
        {"barcode": "SKU1", "quantity": 7, "salePrice": 129.0, "listPrice": 149.5},
        {"barcode": "NOPE", "quantity": 1},
    )
    assert answer.status == 200
    assert set(answer.json) == {"batchRequestId"}
    batch = await result(seller, answer)
    assert "status" not in batch
    assert [item["status"] for item in batch["items"]] == ["SUCCESS", "FAILED"]
    assert reasons(batch) == ["", "Product not found"]
    assert (batch["itemCount"], batch["failedItemCount"]) == (2, 1)
    assert batch["items"][0]["requestItem"]["updateRequestDate"].endswith("+00:00")
    variant = await on_sale(seller, "SKU1")
    assert (variant["quantity"], str(variant["salePrice"])) == (7, "129.0")
    offer = (await seller.ledger())["offers"]["SKU1"]
    assert (offer["salePrice"], offer["listPrice"]) == ("129.0", "149.5")


async def test_omitted_figures_stay(seller: Seller) -> None:
    await result(seller, await send(seller, {"barcode": "SKU1", "quantity": 0}))
    variant = await on_sale(seller, "SKU1")
    assert (variant["quantity"], str(variant["salePrice"])) == (0, "74.75")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"barcode": "SKU1", "quantity": 20_001}, "Quantity"),
        ({"barcode": "SKU1", "quantity": -1}, "Quantity"),
        ({"barcode": "SKU1", "quantity": 1.5}, "Quantity"),
        ({"barcode": "SKU1", "salePrice": 80, "listPrice": 70}, "List price"),
        ({"barcode": "SKU1", "salePrice": 75}, "List price"),
        ({"barcode": "SKU 1", "quantity": 1}, "Barcode"),
    ],
)
async def test_rules_for_an_item(seller: Seller, item: dict[str, Any], reason: str) -> None:
    batch = await result(seller, await send(seller, item))
    assert batch["items"][0]["status"] == "FAILED"
    assert reason in reasons(batch)[0]


async def test_a_barcode_twice_in_a_batch_fails_as_an_item(seller: Seller) -> None:
    batch = await result(
        seller,
        await send(seller, {"barcode": "SKU1", "quantity": 3}, {"barcode": "SKU1", "quantity": 4}),
    )
    assert [item["status"] for item in batch["items"]] == ["SUCCESS", "FAILED"]
    assert (await on_sale(seller, "SKU1"))["quantity"] == 3


async def test_a_batch_holds_one_to_a_thousand_items(seller: Seller) -> None:
    items = [{"barcode": f"N{place}", "quantity": 1} for place in range(1001)]
    assert (await send(seller)).status == 400
    assert (await send(seller, *items)).status == 400
    answer = await send(seller, *items[:1000])
    assert answer.status == 200
    assert (await result(seller, answer))["failedItemCount"] == 1000
    malformed: list[dict[str, Any]] = [{"barcode": "SKU1"}, {"quantity": 1}]
    malformed.append({"barcode": "SKU1", "quantity": "7"})
    for item in malformed:
        assert set((await send(seller, item)).json) == {"errors"}


async def test_the_same_body_is_refused_for_a_while(seller: Seller) -> None:
    await seller.sandbox.knobs(repeat_rule_s=150, quotas={})
    item = {"barcode": "SKU1", "quantity": 5}
    assert (await send(seller, item)).status == 200
    refused = await send(seller, item, headers={"Accept-Language": "tr"})
    assert refused.status == 400
    assert refused.json["errors"][0]["message"].startswith("15 dakika boyunca")
    assert (await send(seller, {**item, "quantity": 6})).status == 200

    async def accepted() -> bool:
        return (await send(seller, item)).status == 200

    await eventually(accepted, 3)


async def test_the_repeat_rule_can_fail_items_instead(seller: Seller) -> None:
    await seller.sandbox.knobs(repeat_rule="items")
    item = {"barcode": "SKU1", "quantity": 5}
    await send(seller, item)
    batch = await result(seller, await send(seller, item))
    assert reasons(batch)[0].startswith("15 dakika boyunca")


async def test_thirty_price_writes_a_minute_per_barcode(seller: Seller) -> None:
    for place in range(30):
        item = {"barcode": "SKU1", "salePrice": 50 + place, "listPrice": 90}
        last = await send(seller, item)
    excess = await send(seller, {"barcode": "SKU1", "salePrice": 1, "listPrice": 90})
    stock = await send(seller, {"barcode": "SKU1", "quantity": 1})
    assert (await result(seller, last))["failedItemCount"] == 0
    assert "limit" in reasons(await result(seller, excess))[0]
    assert (await result(seller, stock))["failedItemCount"] == 0


async def test_batches_can_be_read_for_four_scaled_hours(seller: Seller) -> None:
    await seller.sandbox.knobs(batch_life_s=60)
    answer = await send(seller, {"barcode": "SKU1", "quantity": 5})
    path = f"product/S/products/batch-requests/{answer.json['batchRequestId']}"
    assert (await seller.call("GET", path)).status == 200

    async def gone() -> bool:
        return (await seller.call("GET", path)).status == 404

    await eventually(gone, 3)


async def test_price_sync_ignores_prices_and_calls_it_success(seller: Seller) -> None:
    item = {"barcode": "SKU4", "quantity": 3, "salePrice": 1, "listPrice": 2}
    batch = await result(seller, await send(seller, item))
    assert batch["items"][0]["status"] == "SUCCESS"
    variant = await on_sale(seller, "SKU4")
    assert (variant["quantity"], str(variant["salePrice"])) == (3, "199.99")


async def test_without_the_storefront_header_there_are_no_products(seller: Seller) -> None:
    item = {"barcode": "SKU1", "quantity": 5}
    batch = await result(seller, await send(seller, item, headers={"storeFrontCode": None}))
    assert reasons(batch) == ["Product not found"]


async def test_orders_lower_stock(seller: Seller) -> None:
    await result(seller, await send(seller, {"barcode": "SKU1", "quantity": 3}))
    await seller.order(lines=[{"barcode": "SKU1", "quantity": 2}])
    assert (await on_sale(seller, "SKU1"))["quantity"] == 1
    await seller.order(lines=[{"barcode": "SKU1", "quantity": 2}])
    assert (await on_sale(seller, "SKU1"))["quantity"] == 0


async def test_products_read_back(seller: Seller) -> None:
    products = (await seller.call("GET", "product/S/products/approved", size=3)).json
    assert (products["totalElements"], products["totalPages"]) == (4, 2)
    variant = products["content"][0]["variants"][0]
    assert {"barcode", "stockCode"} <= set(variant)
    found = await seller.call("GET", "product/S/products/approved", stockCode="ERP-2")
    assert found.json["content"][0]["title"] == "محمصة خبز"
    assert (await seller.call("GET", "product/S/products/approved", status="x")).status == 400
    assert (await seller.call("GET", "product/S/products/approved", size=101)).status == 400
    assert (await seller.call("GET", "product/S/products/unapproved")).json["content"] == []
    many = ",".join(f"B{place}" for place in range(51))
    assert (await seller.call("GET", INVENTORY, barcodes=many)).status == 400
    assert (await seller.call("GET", "product/S/product/SKU3")).json["stockCode"] == "ERP-3"
    assert (await seller.call("GET", "product/S/product/NOPE")).status == 404
    path = "product/S/products/buybox-information"
    box = await seller.call("POST", path, {"barcodes": ["SKU1"]})
    assert box.json["buyboxInfo"][0]["buyboxOrder"] == 1
    assert (await seller.call("POST", path, {"barcodes": ["B"] * 11})).status == 400
