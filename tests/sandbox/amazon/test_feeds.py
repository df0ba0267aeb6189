import json
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from tests.sandbox.amazon.harness import MARKETPLACE, Sandbox, Seller
from tests.sandbox.amazon.models import check_file
from tests.sandbox.amazon.waiting import eventually

FEEDS = "/feeds/2021-06-30"
XML = "text/xml; charset=UTF-8"
FLAT = "text/tab-separated-values; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
LISTING = "/listings/2021-08-01/items"


def envelope(seller: Seller, kind: str, *messages: str) -> bytes:
    numbered = "".join(
        f"<Message><MessageID>{place}</MessageID>{message}</Message>"
        for place, message in enumerate(messages, start=1)
    )
    return (
        "<AmazonEnvelope><Header><DocumentVersion>1.01</DocumentVersion>"
        f"<MerchantIdentifier>{seller.id}</MerchantIdentifier></Header>"
        f"<MessageType>{kind}</MessageType>{numbered}</AmazonEnvelope>"
    ).encode()


def failure(order: Any, reason: str = "BuyerCanceled") -> str:
    items = "".join(
        f"<Item><AmazonOrderItemCode>{item['item_id']}</AmazonOrderItemCode>"
        f"<CancelReason>{reason}</CancelReason></Item>"
        for item in order["items"]
    )
    return (
        f"<OrderAcknowledgement><AmazonOrderID>{order['order_id']}</AmazonOrderID>"
        f"<StatusCode>Failure</StatusCode>{items}</OrderAcknowledgement>"
    )


def adjustment(order: Any, amount: str) -> str:
    return (
        f"<OrderAdjustment><AmazonOrderID>{order['order_id']}</AmazonOrderID><AdjustedItem>"
        f"<AmazonOrderItemCode>{order['items'][0]['item_id']}</AmazonOrderItemCode>"
        "<AdjustmentReason>CustomerReturn</AdjustmentReason><ItemPriceAdjustments><Component>"
        f'<Type>Principal</Type><Amount currency="SAR">{amount}</Amount></Component>'
        "</ItemPriceAdjustments></AdjustedItem></OrderAdjustment>"
    )


async def result(seller: Seller, feed: Any) -> bytes:
    return await seller.download(f"{FEEDS}/documents/{feed['resultFeedDocumentId']}")


async def counts(seller: Seller, feed: Any) -> tuple[str, str]:
    root = ElementTree.fromstring(await result(seller, feed))  # noqa: S314 - our own
    summary = ".//ProcessingSummary/"
    return (
        root.findtext(f"{summary}MessagesSuccessful", ""),
        root.findtext(f"{summary}MessagesWithError", ""),
    )


async def test_a_buyer_s_wish_is_answered_by_the_feed(seller: Seller) -> None:
    order = await seller.order(lines=[{"sku": "SKU-1"}, {"sku": "SKU-2", "quantity": 2}])
    await seller.operate(order, "ask_cancel", reason="Found a better price")
    kind = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
    feed = await seller.feed(kind, envelope(seller, "OrderAcknowledgement", failure(order)), XML)
    assert feed["processingStatus"] == "DONE"
    assert await counts(seller, feed) == ("1", "0")
    real = await seller.real(order)
    assert real["status"] == "CANCELLED"

    async def seen() -> Any:
        read = await seller.read(order, "CANCELLATION,FULFILLMENT")
        return read if read["fulfillment"]["fulfillmentStatus"] == "CANCELLED" else None

    cancellation = (await eventually(seen))["orderItems"][0]["cancellation"]
    assert cancellation["cancellationRequest"]["cancelReason"] == "Found a better price"
    assert cancellation["cancellationExecution"]["cancelledBy"] == "SELLER"


async def test_done_is_not_success(seller: Seller) -> None:
    good, fba = await seller.order(), await seller.order(channel="AFN", lines=[{"sku": "SKU-1"}])
    unknown = {**good, "order_id": "408-0000000-0000000"}
    body = envelope(
        seller, "OrderAcknowledgement", failure(fba), failure(unknown), failure(good, "Bored"),
        failure(good), failure(good),
    )  # fmt: skip
    feed = await seller.feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", body, XML)
    assert feed["processingStatus"] == "DONE"
    assert await counts(seller, feed) == ("1", "4")
    assert (await seller.real(good))["status"] == "CANCELLED"
    assert (await seller.real(fba))["status"] == "UNSHIPPED"
    writes = {
        write["orderId"]: (write["applied"], write["repeated"], write["refused"])
        for write in (await seller.ledger())["writes"]
        if write["operation"] == "feeds.cancel"
    }
    assert writes == {good["order_id"]: (1, 1, 1), fba["order_id"]: (0, 0, 1)}


async def test_items_are_cancelled_by_the_flat_file(seller: Seller) -> None:
    order = await seller.order(lines=[{"sku": "SKU-1"}, {"sku": "SKU-2"}])
    first, second = order["items"]
    rows = [
        "order-id\tamazon-order-item-code\tcancellation-reason-code",
        f"{order['order_id']}\t{first['item_id']}\tNoInventory",
    ]
    kind = "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA"
    feed = await seller.feed(kind, "\n".join(rows).encode(), FLAT)
    assert b"Number of records successful\t\t1" in await result(seller, feed)
    assert (await seller.real(order))["status"] == "UNSHIPPED"
    items = [{"orderItemId": second["item_id"], "quantity": 1}]
    assert (await seller.confirm(order, orderItems=items)).status == 204
    assert (await seller.real(order))["status"] == "SHIPPED"
    line = (await seller.ledger())["orders"][order["order_id"]]["lines"][0]
    assert (line["cancelled"], line["shipped"]) == (1, 0)


async def test_success_changes_nothing(seller: Seller) -> None:
    order = await seller.order()
    message = (
        f"<OrderAcknowledgement><AmazonOrderID>{order['order_id']}</AmazonOrderID>"
        "<StatusCode>Success</StatusCode></OrderAcknowledgement>"
    )
    body = envelope(seller, "OrderAcknowledgement", message)
    feed = await seller.feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", body, XML)
    assert await counts(seller, feed) == ("1", "0")
    assert (await seller.real(order))["status"] == "UNSHIPPED"


async def test_refunds_up_to_what_was_paid(seller: Seller) -> None:
    order = await seller.order(lines=[{"sku": "SKU-1", "quantity": 2}])
    kind = "POST_PAYMENT_ADJUSTMENT_DATA"
    early = await seller.feed(
        kind, envelope(seller, "OrderAdjustment", adjustment(order, "10.00")), XML
    )
    assert await counts(seller, early) == ("0", "1")
    await seller.confirm(order)
    body = envelope(
        seller, "OrderAdjustment", adjustment(order, "115.00"), adjustment(order, "115.01"),
        adjustment(order, "many"),
    )  # fmt: skip
    feed = await seller.feed(kind, body, XML)
    assert await counts(seller, feed) == ("1", "2")
    ledger = (await seller.ledger())["orders"][order["order_id"]]
    assert Decimal(ledger["refunded"]) == Decimal("115.00")


async def test_files_that_make_no_sense_are_fatal(seller: Seller) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><AmazonEnvelope>&e;</AmazonEnvelope>'
    for kind, body, content_type in (
        ("POST_ORDER_ACKNOWLEDGEMENT_DATA", b"<AmazonEnvelope>", XML),
        ("POST_ORDER_ACKNOWLEDGEMENT_DATA", bomb, XML),
        ("POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA", b"order-id\n1\n", FLAT),
        ("POST_INVENTORY_AVAILABILITY_DATA", b"<AmazonEnvelope/>", XML),
        ("UPLOAD_VAT_INVOICE", b"%PDF-1.4", "application/pdf"),
    ):
        feed = await seller.feed(kind, body, content_type)
        assert feed["processingStatus"] == "FATAL", kind
        assert await result(seller, feed)


async def test_an_upload_needs_its_content_type_and_its_time(
    seller: Seller, sandbox: Sandbox
) -> None:
    made = await seller.good("POST", f"{FEEDS}/documents", {"contentType": XML})
    wrong = await sandbox.send(
        "PUT", made["url"], data=b"<a/>", headers={"Content-Type": "text/plain"}
    )
    assert (wrong.status, b"SignatureDoesNotMatch" in wrong.body) == (403, True)
    body = {
        "feedType": "POST_ORDER_ACKNOWLEDGEMENT_DATA",
        "marketplaceIds": [MARKETPLACE],
        "inputFeedDocumentId": made["feedDocumentId"],
    }
    early = await seller.call("POST", f"{FEEDS}/feeds", body)
    assert (early.status, early.code) == (400, "InvalidInput")
    await sandbox.knobs(presigned_life_s=0, presigned_least_s=0)
    late = await seller.good("POST", f"{FEEDS}/documents", {"contentType": XML})
    answer = await sandbox.send("PUT", late["url"], data=b"<a/>", headers={"Content-Type": XML})
    assert (answer.status, b"expired" in answer.body) == (403, True)


async def test_feeds_wait_in_the_queue_and_can_be_cancelled_there(
    seller: Seller, sandbox: Sandbox
) -> None:
    await sandbox.knobs(feed_steps_s=[20_000, 20_000])
    made = await seller.good("POST", f"{FEEDS}/documents", {"contentType": XML})
    await sandbox.send("PUT", made["url"], data=b"<a/>", headers={"Content-Type": XML})
    body = {
        "feedType": "POST_ORDER_ACKNOWLEDGEMENT_DATA",
        "marketplaceIds": [MARKETPLACE],
        "inputFeedDocumentId": made["feedDocumentId"],
    }
    feed_id = (await seller.good("POST", f"{FEEDS}/feeds", body))["feedId"]
    path = f"{FEEDS}/feeds/{feed_id}"
    assert (await seller.good("GET", path))["processingStatus"] == "IN_QUEUE"
    await seller.good("DELETE", path)
    assert (await seller.good("GET", path))["processingStatus"] == "CANCELLED"
    assert (await seller.call("DELETE", path)).status == 400
    listed = await seller.good("GET", f"{FEEDS}/feeds", feedTypes=body["feedType"])
    assert [each["feedId"] for each in listed["feeds"]] == [feed_id]


def listing_message(number: int, sku: str, *patches: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": number,
        "sku": sku,
        "operationType": "PATCH",
        "productType": "PRODUCT",
        "patches": list(patches),
    }


def quantity(count: int) -> dict[str, Any]:
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": count}]
    return {"op": "replace", "path": "/attributes/fulfillment_availability", "value": value}


def price(amount: float) -> dict[str, Any]:
    value = [
        {
            "marketplace_id": MARKETPLACE,
            "currency": "SAR",
            "our_price": [{"schedule": [{"value_with_tax": amount}]}],
        }
    ]
    return {"op": "replace", "path": "/attributes/purchasable_offer", "value": value}


async def test_stock_and_prices_by_the_listings_feed(seller: Seller) -> None:
    body = {
        "header": {"sellerId": seller.id, "version": "2.0", "issueLocale": "en_US"},
        "messages": [
            listing_message(1, "SKU-1", quantity(7), price(99.5)),
            listing_message(2, "SKU-2", quantity(-1)),
            listing_message(3, "SKU-9", quantity(1)),
        ],
    }
    check_file("listings-feed-schema-v2", body)
    feed = await seller.feed("JSON_LISTINGS_FEED", json.dumps(body).encode(), JSON)
    assert feed["processingStatus"] == "DONE"
    report = json.loads(await result(seller, feed))
    check_file("listings-feed-processing-report-schema-v2", report)
    assert report["summary"]["messagesAccepted"] == 1
    assert [issue["messageId"] for issue in report["issues"]] == [2, 3]

    async def priced() -> bool:
        return bool((await seller.ledger())["offers"]["SKU-1"]["price"] == "99.5")

    await eventually(priced)
    offer = (await seller.ledger())["offers"]["SKU-1"]
    # The quantity of one message is in force before its price.
    assert [(change["quantity"], change["price"]) for change in offer["changes"]] == [
        (7, None),
        (None, "99.5"),
    ]
    assert offer["fba"]["fulfillable"] == 50


async def test_an_unreadable_listings_feed_has_one_issue(seller: Seller) -> None:
    feed = await seller.feed("JSON_LISTINGS_FEED", b"{", JSON)
    report = json.loads(await result(seller, feed))
    assert [issue["code"] for issue in report["issues"]] == ["4002001"]


async def test_listings_feeds_have_a_limit_of_their_own(seller: Seller, sandbox: Sandbox) -> None:
    await sandbox.knobs(listings_feeds_per_5_min=1)
    made = await seller.good("POST", f"{FEEDS}/documents", {"contentType": JSON})
    await sandbox.send("PUT", made["url"], data=b"{}", headers={"Content-Type": JSON})
    body = {
        "feedType": "JSON_LISTINGS_FEED",
        "marketplaceIds": [MARKETPLACE],
        "inputFeedDocumentId": made["feedDocumentId"],
    }
    assert (await seller.call("POST", f"{FEEDS}/feeds", body)).status == 202
    assert (await seller.call("POST", f"{FEEDS}/feeds", body)).status == 429


async def test_one_listing_is_patched(seller: Seller) -> None:
    path = f"{LISTING}/{seller.id}/SKU-2"
    query: dict[str, Any] = {"marketplaceIds": MARKETPLACE}
    body = {"productType": "PRODUCT", "patches": [quantity(3)]}
    assert (await seller.good("PATCH", path, body, **query))["status"] == "ACCEPTED"
    item = await seller.good("GET", path, **query)
    assert item["fulfillmentAvailability"][0]["quantity"] == 3
    fba = quantity(3)
    fba["value"][0]["fulfillment_channel_code"] = "AMAZON_EU"
    bad = await seller.good("PATCH", path, {"productType": "PRODUCT", "patches": [fba]}, **query)
    assert (bad["status"], len(bad["issues"])) == ("INVALID", 1)
    foreign = await seller.call("PATCH", f"{LISTING}/A2NOBODY0000/SKU-2", body, **query)
    assert foreign.status == 403
