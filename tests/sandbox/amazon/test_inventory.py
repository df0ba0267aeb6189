import asyncio
import json
from pathlib import Path
from typing import Any

from tests.sandbox.amazon.harness import CATALOG, MARKETPLACE, Sandbox, Seller, accounts_file

SUMMARIES = "/fba/inventory/v1/summaries"
QUERY: dict[str, Any] = {
    "granularityType": "Marketplace",
    "granularityId": MARKETPLACE,
    "marketplaceIds": MARKETPLACE,
}


async def test_amazon_s_stock_is_summed_up(seller: Seller, sandbox: Sandbox) -> None:
    await seller.order(channel="AFN", lines=[{"sku": "SKU-1", "quantity": 2}])
    await sandbox.operate(
        "POST", f"/stock/{seller.id}/SKU-3", {"fulfillable": -4, "unfulfillable": 4}
    )
    plain = await seller.good("GET", SUMMARIES, **QUERY)
    assert "inventoryDetails" not in plain["payload"]["inventorySummaries"][0]
    whole = await seller.good("GET", SUMMARIES, **QUERY, details="true")
    by_sku = {each["sellerSku"]: each for each in whole["payload"]["inventorySummaries"]}
    first, third = by_sku["SKU-1"], by_sku["SKU-3"]
    assert (first["totalQuantity"], first["inventoryDetails"]["fulfillableQuantity"]) == (50, 48)
    assert first["inventoryDetails"]["reservedQuantity"]["pendingCustomerOrderQuantity"] == 2
    assert third["inventoryDetails"]["unfulfillableQuantity"]["totalUnfulfillableQuantity"] == 4
    some = await seller.good("GET", SUMMARIES, **QUERY, sellerSkus="SKU-2")
    assert [each["sellerSku"] for each in some["payload"]["inventorySummaries"]] == ["SKU-2"]
    assert (await seller.call("GET", SUMMARIES, marketplaceIds=MARKETPLACE)).status == 400


async def test_the_token_stands_beside_the_payload_and_dies_young(directory: Path) -> None:
    rows = [
        {"sku": f"S{place:03d}", "asin": f"B{place:09d}", "title": "x", "price": "1.00"}
        for place in range(120)
    ]
    accounts = accounts_file(directory, 1, catalog=CATALOG + rows)
    assert len(json.loads(accounts.read_text())[0]["catalog"]) == 123
    sandbox = await Sandbox.start(directory / "data", accounts, "--time-scale", "1000")
    try:
        seller = Seller(sandbox, 0)
        await sandbox.knobs(token_life_s=3_600_000)
        seen: list[str] = []
        token: dict[str, Any] = {}
        while True:
            page = await seller.good("GET", SUMMARIES, **QUERY, **token)
            seen += [each["sellerSku"] for each in page["payload"]["inventorySummaries"]]
            if "pagination" not in page:
                break
            token = {"nextToken": page["pagination"]["nextToken"]}
        assert len(seen) == len(set(seen)) == 123
        await sandbox.knobs(inventory_token_life_s=0)
        await asyncio.sleep(0.01)
        late = await seller.call("GET", SUMMARIES, **QUERY, **token)
        assert (late.status, late.code) == (400, "InvalidInput")
    finally:
        await sandbox.stop()
