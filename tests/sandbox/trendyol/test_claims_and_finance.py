import hashlib
import time
from typing import Any

import pytest

from tests.sandbox.trendyol.harness import Answer, Seller, eventually

CLAIMS = "order/S/claims"
DAY_MS = 86_400_000


async def delivered(seller: Seller, **package: Any) -> Any:
    made = await seller.order(**package)
    return await seller.move(made, "Delivered")


async def claim(seller: Seller, package: Any, *quantities: int) -> Any:
    lines = [
        {"lineId": line["lineId"], "quantity": quantity}
        for line, quantity in zip(package["lines"], quantities, strict=False)
    ]
    path = f"/packages/{seller.id}/{package['shipmentPackageId']}/claim"
    return await seller.sandbox.operate("POST", path, {"lines": lines})


def item_ids(made: Any) -> list[str]:
    return [item["id"] for line in made["items"] for item in line["claimItems"]]


async def statuses(seller: Seller, made: Any) -> list[str]:
    answer = await seller.call("GET", CLAIMS, claimIds=made["id"])
    [found] = answer.json["content"]
    return [
        item["claimItemStatus"]["name"] for line in found["items"] for item in line["claimItems"]
    ]


async def approve(seller: Seller, made: Any, ids: list[str]) -> Answer:
    path = f"{CLAIMS}/{made['id']}/items/approve"
    return await seller.call("PUT", path, {"claimLineItemIdList": ids, "params": {}})


async def reject(seller: Seller, made: Any, ids: list[str], reason: int, **more: Any) -> Answer:
    query = {"claimIssueReasonId": reason, "claimItemIdList": ",".join(ids), "description": "no"}
    return await seller.upload(f"{CLAIMS}/{made['id']}/issue", more, query)


async def test_a_claim_has_an_item_per_unit(seller: Seller) -> None:
    package = await delivered(seller, lines=[{"quantity": 3}, {"barcode": "SKU2"}])
    made = await claim(seller, package, 2)
    answer = await seller.call("GET", CLAIMS, orderNumber=package["orderNumber"])
    [found] = answer.json["content"]
    assert found == made
    assert len(item_ids(found)) == 2
    assert found["orderOutboundPackageId"] == package["shipmentPackageId"]
    assert found["items"][0]["orderLine"]["merchantSku"] == "ERP-1"
    assert await statuses(seller, made) == ["WaitingInAction"] * 2


async def test_claims_are_filtered(seller: Seller) -> None:
    made = await claim(seller, await delivered(seller), 1)
    at = made["claimDate"]
    cases: list[tuple[dict[str, Any], int]] = [
        ({"startDate": at, "endDate": at}, 1),
        ({"startDate": at + 1}, 0),
        ({"claimItemStatus": "Accepted"}, 0),
        ({"claimItemStatus": "Accepted", "claimIds": made["id"]}, 1),
    ]
    for filters, count in cases:
        assert (await seller.call("GET", CLAIMS, **filters)).json["totalElements"] == count
    for wrong in ({"size": 49}, {"size": 201}, {"claimItemStatus": "x"}):
        assert (await seller.call("GET", CLAIMS, **wrong)).status == 400


async def test_approving_only_what_waits(seller: Seller) -> None:
    package = await delivered(seller, lines=[{"quantity": 2}])
    made = await claim(seller, package, 2)
    first, second = item_ids(made)
    assert (await approve(seller, made, [first])).status == 200
    assert await statuses(seller, made) == ["Accepted", "WaitingInAction"]
    again = await approve(seller, made, [first, second])
    assert again.json["errors"][0]["key"] == "claim.item.not.updatable"
    assert (await approve(seller, {"id": "nope"}, [first])).status == 404
    ledger = await seller.ledger()
    assert ledger["orders"][package["orderNumber"]]["lines"][0]["returnedQuantity"] == 1
    line = (await seller.package(package))["lines"][0]
    assert line["orderLineItemStatusName"] == "ReturnAccepted"


async def test_rejecting_needs_a_reason_and_mostly_a_file(seller: Seller) -> None:
    await seller.sandbox.knobs(quotas={})
    made = await claim(seller, await delivered(seller), 1)
    ids = item_ids(made)
    listed = await seller.call("GET", "order/claim-issue-reasons")
    assert {1651, 451, 2101, 2077} <= {row["id"] for row in listed.json}
    assert (await reject(seller, made, ids, 1)).status == 400
    assert (await reject(seller, made, ids, 2077)).status == 400
    assert (await reject(seller, made, ids, 1651)).status == 400
    assert (await reject(seller, made, ids, 2077, file=b"jpeg")).status == 200
    assert await statuses(seller, made) == ["Unresolved"]
    assert (await reject(seller, made, ids, 451)).status == 400
    other = await claim(seller, await delivered(seller), 1)
    assert (await reject(seller, other, item_ids(other), 451)).status == 200


@pytest.mark.parametrize("field", ["files", "file"])
async def test_files_of_a_rejection_are_noted_and_bounded(seller: Seller, field: str) -> None:
    await seller.sandbox.knobs(quotas={})
    made = await claim(seller, await delivered(seller), 1)
    ids, most = item_ids(made), 5 * 1024 * 1024
    assert (await reject(seller, made, ids, 2077, **{field: b""})).status == 400
    large = await reject(seller, made, ids, 2077, **{field: bytes(most + 1)})
    assert (large.status, "5 MB" in large.json["errors"][0]["message"]) == (400, True)
    assert (await reject(seller, made, ids, 2077, photo=b"jpeg")).status == 400
    assert (await reject(seller, made, ids, 2077, **{field: bytes(most)})).status == 200
    (noted,) = (c for c in (await seller.ledger())["claims"] if c["id"] == made["id"])
    (item,) = noted["items"]
    assert item["issueReason"] == 2077
    assert [f["sha256"] for f in item["files"]] == [hashlib.sha256(bytes(most)).hexdigest()]


async def test_what_waits_is_accepted_after_48_scaled_hours(seller: Seller) -> None:
    await seller.sandbox.knobs(claim_auto_accept_s=30)
    made = await claim(seller, await delivered(seller), 1)

    async def accepted() -> bool:
        return await statuses(seller, made) == ["Accepted"]

    await eventually(accepted, 3)
    answer = await seller.call("GET", CLAIMS, claimIds=made["id"])
    item = answer.json["content"][0]["items"][0]["claimItems"][0]
    assert (item["autoAccepted"], item["acceptedBySeller"]) == (True, False)


async def test_five_claim_writes_a_minute(seller: Seller) -> None:
    made = await claim(seller, await delivered(seller), 1)
    answers = [await approve(seller, made, item_ids(made)) for _ in range(6)]
    assert [answer.status for answer in answers] == [200, 400, 400, 400, 400, 429]


async def test_settlements_exist_after_delivery(seller: Seller) -> None:
    path = f"finance/che/sellers/{seller.id}/settlements"
    now = int(time.time() * 1000)
    dates: dict[str, Any] = {"startDate": now - DAY_MS, "endDate": now + DAY_MS}
    made = await seller.order(lines=[{"quantity": 2, "lineSellerDiscount": "5"}])
    assert (await seller.call("GET", path, transactionType="Sale", **dates)).json["content"] == []
    package = await seller.move(made, "Delivered")
    await seller.move(made, "Delivered")
    [row] = (await seller.call("GET", path, transactionType="Sale", **dates)).json["content"]
    assert (str(row["credit"]), str(row["commissionAmount"])) == ("139.5", "18.135")
    assert (str(row["sellerRevenue"]), row["currency"]) == ("121.365", "SAR")
    assert row["orderNumber"] == package["orderNumber"]
    turkish = await seller.call(
        "GET", path, headers={"Accept-Language": "tr"}, transactionType="Sale", **dates
    )
    assert turkish.json["content"][0]["transactionType"] == "Satış"
    returned = await claim(seller, package, 1)
    await approve(seller, returned, item_ids(returned))
    [row] = (await seller.call("GET", path, transactionType="Return", **dates)).json["content"]
    assert str(row["debt"]) == "69.75"


async def test_what_finance_refuses(seller: Seller) -> None:
    path = f"finance/che/sellers/{seller.id}/settlements"
    good: dict[str, Any] = {"transactionType": "Sale", "startDate": 0, "endDate": 15 * DAY_MS}
    assert (await seller.call("GET", path, **good)).status == 200
    for wrong in (
        {"endDate": 15 * DAY_MS + 1},
        {"transactionType": "Sale,Return"},
        {"transactionType": "PaymentOrder"},
        {"size": 100},
        {"startDate": ""},
    ):
        assert (await seller.call("GET", path, **{**good, **wrong})).status == 400


async def test_a_payment_order_and_the_cargo_invoice_behind_it(seller: Seller) -> None:
    package = await delivered(seller, lines=[{"quantity": 2, "lineSellerDiscount": "5"}])
    order = await seller.sandbox.operate("POST", f"/finance/{seller.id}/pay")
    assert order["credit"] == "106.365"
    now = int(time.time() * 1000)
    dates: dict[str, Any] = {"startDate": now - DAY_MS, "endDate": now + DAY_MS}
    base = f"finance/che/sellers/{seller.id}"
    sales = await seller.call("GET", f"{base}/settlements", transactionType="Sale", **dates)
    assert sales.json["content"][0]["paymentOrderId"] == order["payment_order_id"]
    kind: dict[str, Any] = {"transactionType": "DeductionInvoices", **dates}
    [invoice] = (await seller.call("GET", f"{base}/otherfinancials", **kind)).json["content"]
    items = await seller.call("GET", f"{base}/cargo-invoice/{invoice['id']}/items")
    [item] = items.json["content"]
    assert (item["orderNumber"], str(item["amount"])) == (package["orderNumber"], "15.0")
    assert (await seller.call("GET", f"{base}/cargo-invoice/1/items")).status == 404
