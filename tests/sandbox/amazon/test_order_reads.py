import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.sandbox.amazon.harness import MARKETPLACE, Sandbox, Seller
from tests.sandbox.amazon.waiting import eventually

ORDERS = "/orders/2026-01-01/orders"
V0 = "/orders/v0/orders"
EVERYTHING = (
    "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,"
    "FULFILLMENT_ORDERS"
)
LINES = [
    {"sku": "SKU-1", "quantity": 2, "discount": "11.50", "shipping": "9.99"},
    {"sku": "SKU-2", "quantity": 1},
]


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


async def visible(seller: Seller, order: Any, included: str = EVERYTHING) -> Any:
    return await seller.read(order, included)


async def test_one_order_is_read_in_both_spellings(seller: Seller) -> None:
    order = await seller.order(lines=LINES, cod=True)
    new = await visible(seller, order)
    old = (await seller.good("GET", f"{V0}/{order['order_id']}"))["payload"]
    items = (await seller.good("GET", f"{V0}/{order['order_id']}/orderItems"))["payload"]
    assert new["orderId"] == old["AmazonOrderId"] == items["AmazonOrderId"] == order["order_id"]
    assert new["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert old["OrderStatus"] == "Unshipped"
    # 2 x 115.00 + 57.50 - 11.50 + 9.99 + 12.00 for cash on delivery
    assert new["proceeds"]["grandTotal"] == {"amount": "297.99", "currencyCode": "SAR"}
    assert old["OrderTotal"] == {"Amount": "297.99", "CurrencyCode": "SAR"}
    assert new["orderItems"][0]["product"]["price"]["unitPrice"]["amount"] == "115.00"
    assert items["OrderItems"][0]["ItemPrice"]["Amount"] == "230.00"
    assert items["OrderItems"][0]["PromotionDiscount"]["Amount"] == "11.50"
    assert old["PaymentMethod"] == "COD"
    assert new["payment"]["paymentExecutions"][0]["paymentMethod"] == "CashOnDelivery"


async def test_breakdowns_add_up_with_vat_inside_and_beside(seller: Seller) -> None:
    order = await seller.order(lines=LINES)
    for reading, kinds in (
        ("included", {"ITEM", "SHIPPING", "DISCOUNT"}),
        ("separate", {"ITEM", "SHIPPING", "DISCOUNT", "TAX"}),
    ):
        await seller.sandbox.knobs(proceeds_tax=reading)
        seen = await visible(seller, order)
        for part in (seen["proceeds"], *(item["proceeds"] for item in seen["orderItems"])):
            total = (part.get("grandTotal") or part["proceedsTotal"])["amount"]
            rows = [Decimal(row["subtotal"]["amount"]) for row in part["breakdowns"]]
            assert sum(rows) == Decimal(total)
        assert {row["type"] for row in seen["proceeds"]["breakdowns"]} == kinds


async def test_without_included_data_there_is_no_money_and_no_buyer(seller: Seller) -> None:
    order = await seller.order(lines=LINES)
    seen = await visible(seller, order, "")
    assert set(seen) == {
        "orderId", "createdTime", "lastUpdatedTime", "programs", "salesChannel", "orderItems"
    }  # fmt: skip
    assert "price" not in seen["orderItems"][0]["product"]
    whole = await visible(seller, order)
    assert whole["recipient"]["deliveryAddress"]["countryCode"] == "SA"
    assert whole["buyer"]["buyerEmail"].endswith("@marketplace.amazon.sa")
    answer = await seller.call("GET", f"{ORDERS}/{order['order_id']}", includedData="BUYER,NONE")
    assert (answer.status, answer.code) == (400, "InvalidInput")


async def test_pending_orders_have_no_prices_and_no_address(seller: Seller) -> None:
    order = await seller.order(lines=LINES, status="PENDING")
    seen = await visible(seller, order)
    assert seen["fulfillment"]["fulfillmentStatus"] == "PENDING"
    assert not {"proceeds", "recipient", "buyer", "payment"} & set(seen)
    items = (await seller.good("GET", f"{V0}/{order['order_id']}/orderItems"))["payload"]
    assert "ItemPrice" not in items["OrderItems"][0]
    await seller.sandbox.knobs(pending_prices=True)
    assert (await visible(seller, order))["proceeds"]["grandTotal"]["amount"] == "285.99"
    await seller.operate(order, "move")

    async def paid() -> bool:
        now = await visible(seller, order)
        return bool(now["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED")

    await eventually(paid)


async def test_fba_orders_show_no_buyer_mail_and_no_packages(seller: Seller) -> None:
    order = await seller.order(channel="AFN", lines=[{"sku": "SKU-1"}])
    seen = await visible(seller, order)
    assert seen["fulfillment"]["fulfilledBy"] == "AMAZON"
    assert "buyerEmail" not in seen["buyer"]
    assert "packages" not in seen


async def test_changes_are_seen_after_the_lag(seller: Seller, sandbox: Sandbox) -> None:
    await sandbox.knobs(visibility_lag_s=4000)  # two seconds
    order = await seller.order()
    path = f"{ORDERS}/{order['order_id']}"
    early = await seller.call("GET", path)
    assert (early.status, early.code) == (404, "NotFound")
    page = await seller.good("GET", ORDERS, createdAfter=ago(600))
    assert page["orders"] == []
    await sandbox.knobs(lag_holds_for="lists")
    assert (await seller.call("GET", path)).status == 200


async def test_a_before_that_is_too_new_is_refused(seller: Seller, sandbox: Sandbox) -> None:
    await sandbox.knobs(visibility_lag_s=240_000)  # two minutes
    answer = await seller.call("GET", ORDERS, createdAfter=ago(600), createdBefore=ago(60))
    assert (answer.status, answer.code) == (400, "InvalidInput")
    good = await seller.good("GET", ORDERS, createdAfter=ago(600), createdBefore=ago(130))
    assert good["orders"] == []
    old = await seller.call(
        "GET", V0, MarketplaceIds=MARKETPLACE, CreatedAfter=ago(600), CreatedBefore=ago(60)
    )
    assert (old.status, old.code) == (400, "InvalidInput")


async def test_exactly_one_family_of_times(seller: Seller) -> None:
    tries: tuple[dict[str, Any], ...] = (
        {},
        {"createdAfter": ago(60), "lastUpdatedAfter": ago(60)},
        {"createdAfter": ago(60), "lastUpdatedBefore": ago(10)},
        {"createdAfter": "yesterday"},
        {"createdAfter": ago(10), "createdBefore": ago(60)},
    )
    for params in tries:
        answer = await seller.call("GET", ORDERS, **params)
        assert (answer.status, answer.code) == (400, "InvalidInput"), params


async def test_pages_hold_every_order_once(seller: Seller) -> None:
    placed = {(await seller.order())["order_id"] for _ in range(7)}
    await eventually(lambda: _count(seller, 7))
    seen: list[str] = []
    token = None
    params: dict[str, Any] = {"lastUpdatedAfter": ago(600), "maxResultsPerPage": 3}
    while True:
        more: dict[str, Any] = {} if token is None else {"paginationToken": token}
        page = await seller.good("GET", ORDERS, **params, **more)
        seen += [order["orderId"] for order in page["orders"]]
        token = page.get("pagination", {}).get("nextToken")
        if token is None:
            break
        # A token belongs to its filters.
        refused = await seller.call(
            "GET", ORDERS, lastUpdatedAfter=ago(500), maxResultsPerPage=3, paginationToken=token
        )
        assert (refused.status, refused.code) == (400, "InvalidInput")
    assert len(seen) == 7
    assert set(seen) == placed


async def _count(seller: Seller, wanted: int) -> bool:
    page = await seller.good("GET", ORDERS, createdAfter=ago(600))
    return len(page["orders"]) == wanted


async def test_a_page_token_of_v0_overrides_the_filters_and_dies(
    seller: Seller, sandbox: Sandbox
) -> None:
    for _ in range(3):
        await seller.order()
    await eventually(lambda: _count(seller, 3))
    params: dict[str, Any] = {"MarketplaceIds": MARKETPLACE}
    first = await seller.good("GET", V0, **params, CreatedAfter=ago(600), MaxResultsPerPage=2)
    token = first["payload"]["NextToken"]
    assert len(first["payload"]["Orders"]) == 2
    second = await seller.good("GET", V0, **params, NextToken=token)
    assert len(second["payload"]["Orders"]) == 1
    assert "NextToken" not in second["payload"]
    await sandbox.knobs(orders_token_life_s=0)
    await asyncio.sleep(0.01)
    late = await seller.call("GET", V0, **params, NextToken=token)
    assert (late.status, late.code) == (400, "InvalidInput")


async def test_filters(seller: Seller) -> None:
    mine = await seller.order(easy_ship=True)
    theirs = await seller.order(channel="AFN", lines=[{"sku": "SKU-1"}])
    await eventually(lambda: _count(seller, 2))

    async def found(**params: str) -> list[str]:
        page = await seller.good("GET", ORDERS, createdAfter=ago(600), **params)
        return [order["orderId"] for order in page["orders"]]

    assert await found(fulfilledBy="MERCHANT") == [mine["order_id"]]
    assert await found(fulfilledBy="AMAZON") == [theirs["order_id"]]
    assert await found(fulfillmentStatuses="CANCELLED") == []
    old = await seller.good(
        "GET", V0, MarketplaceIds=MARKETPLACE, AmazonOrderIds=theirs["order_id"]
    )
    assert [each["AmazonOrderId"] for each in old["payload"]["Orders"]] == [theirs["order_id"]]
    easy = await seller.good(
        "GET", V0, MarketplaceIds=MARKETPLACE, CreatedAfter=ago(600),
        EasyShipShipmentStatuses="PendingSchedule",
    )  # fmt: skip
    assert [each["AmazonOrderId"] for each in easy["payload"]["Orders"]] == [mine["order_id"]]


async def test_personal_data_of_v0_needs_a_restricted_token(seller: Seller, other: Seller) -> None:
    order = await seller.order()
    await visible(seller, order)
    path = f"{V0}/{order['order_id']}"
    plain = (await seller.good("GET", path))["payload"]
    assert "ShippingAddress" not in plain
    assert (await seller.good("GET", f"{path}/address"))["payload"].keys() == {"AmazonOrderId"}
    resources = [{"method": "GET", "path": path, "dataElements": ["shippingAddress"]}]
    made = await seller.good(
        "POST", "/tokens/2021-03-01/restrictedDataToken", {"restrictedResources": resources}
    )
    token = made["restrictedDataToken"]
    opened = (await seller.good("GET", path, token=token))["payload"]
    assert opened["ShippingAddress"]["CountryCode"] == "SA"
    assert "BuyerInfo" not in opened
    elsewhere = await seller.call("GET", f"{path}/address", token=token)
    assert (elsewhere.status, elsewhere.code) == (403, "Unauthorized")
    foreign = await other.call("GET", path)
    assert foreign.status == 404
