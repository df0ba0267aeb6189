import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.sandbox.amazon.aws import Aws, Queue
from tests.sandbox.amazon.harness import APPLICATION, Sandbox, Seller, accounts_file
from tests.sandbox.amazon.waiting import eventually

DESTINATIONS = "/notifications/v1/destinations"
SUBSCRIPTIONS = "/notifications/v1/subscriptions"


def directive(*types: str) -> dict[str, Any]:
    return {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": list(types)}}


async def test_one_destination_per_queue_and_one_subscription_per_type(
    seller: Seller, other: Seller, queue: Queue
) -> None:
    grantless = await seller.grantless()
    body = {"name": "q", "resourceSpecification": {"sqs": {"arn": queue.arn}}}
    with_seller_token = await seller.call("POST", DESTINATIONS, body)
    assert with_seller_token.status == 403
    made = (await seller.good("POST", DESTINATIONS, body, token=grantless))["payload"]
    again = await seller.call("POST", DESTINATIONS, body, token=grantless)
    assert (again.status, again.code) == (409, "StateConflict")
    one = f"{DESTINATIONS}/{made['destinationId']}"
    assert (await seller.good("GET", one, token=grantless))["payload"] == made
    wanted = {"payloadVersion": "1.0", "destinationId": made["destinationId"]}
    path = f"{SUBSCRIPTIONS}/ORDER_CHANGE"
    assert (await seller.call("POST", path, wanted, token=grantless)).status == 403
    mine = (await seller.good("POST", path, wanted))["payload"]
    second = await seller.call("POST", path, wanted)
    assert (second.status, second.code) == (409, "StateConflict")
    theirs = (await other.good("POST", path, wanted))["payload"]
    assert (await seller.good("GET", path))["payload"] == mine
    listed = await seller.good("GET", SUBSCRIPTIONS, notificationTypes="ORDER_CHANGE")
    assert listed["payload"]["subscriptions"] == [mine]
    by_id = f"{path}/{mine['subscriptionId']}"
    assert (await seller.good("GET", by_id, token=grantless))["payload"] == mine
    assert (await seller.call("GET", by_id)).status == 403
    in_use = await seller.call("DELETE", one, token=grantless)
    assert (in_use.status, in_use.code) == (409, "StateConflict")
    for subscription in (mine, theirs):
        gone = f"{path}/{subscription['subscriptionId']}"
        await seller.good("DELETE", gone, token=grantless)
    assert (await seller.call("GET", path)).status == 404
    await seller.good("DELETE", one, token=grantless)
    assert (await seller.call("GET", one, token=grantless)).status == 404


async def test_bad_subscriptions_are_refused(seller: Seller, queue: Queue) -> None:
    for kind, version, more in (
        ("LISTINGS_ITEM_STATUS_CHANGE", "1.0", {}),  # to EventBridge only
        ("ORDER_STATUS_CHANGE", "1.0", {}),  # removed
        ("ORDER_CHANGE", "2.0", {}),
        ("REPORT_PROCESSING_FINISHED", "1.0", {}),
        ("ORDER_CHANGE", "1.0", {"processingDirective": directive("Everything")}),
    ):
        answer = await seller.subscribe(queue, kind, version, **more)
        assert (answer.status, answer.code) == (400, "InvalidInput"), kind
    path = f"{SUBSCRIPTIONS}/ORDER_CHANGE"
    body = {"payloadVersion": "1.0", "destinationId": "none"}
    assert (await seller.call("POST", path, body)).status == 404
    arn = {"name": "q", "resourceSpecification": {"sqs": {"arn": "arn:aws:sns:eu-west-1:1:q"}}}
    answer = await seller.call("POST", DESTINATIONS, arn, token=await seller.grantless())
    assert (answer.status, answer.code) == (400, "InvalidInput")


async def test_an_order_is_told_of_in_pascal_case(seller: Seller, queue: Queue) -> None:
    assert (await seller.subscribe(queue, "ORDER_CHANGE")).status == 200
    order = await seller.order(easy_ship=True, status="PENDING")
    await seller.operate(order, "move")
    await seller.operate(order, "ask_cancel", reason="Found a better price")
    changes = await queue.has(lambda _: queue.orders(order["order_id"])[2:] and queue)
    by_type = {
        (each["OrderChangeType"], each["Summary"]["OrderStatus"]): each
        for each in changes.orders(order["order_id"])
    }
    assert set(by_type) == {
        ("OrderStatusChange", "Pending"),
        ("OrderStatusChange", "Unshipped"),
        ("BuyerRequestedChange", "Unshipped"),
    }
    asked = by_type["BuyerRequestedChange", "Unshipped"]
    assert asked["Summary"]["OrderItems"][0]["IsBuyerRequestedCancel"] is True
    assert asked["Summary"]["ShippingPrograms"] == ["EasyShip"]
    metadata = queue.bodies[0]["NotificationMetadata"]
    assert metadata["ApplicationId"] == APPLICATION
    assert by_type["OrderStatusChange", "Pending"]["Summary"]["DestinationPostalCode"] is None


async def test_an_event_filter_lets_only_its_types_through(seller: Seller, queue: Queue) -> None:
    wanted = directive("BuyerRequestedChange")
    answer = await seller.subscribe(queue, "ORDER_CHANGE", processingDirective=wanted)
    assert answer.json["payload"]["processingDirective"] == wanted
    order = await seller.order()
    await seller.operate(order, "ask_cancel")
    await queue.has(lambda bodies: len(bodies) == 1)
    assert queue.orders(order["order_id"])[0]["OrderChangeType"] == "BuyerRequestedChange"
    assert (await seller.ledger())["notifications"]["events"] == 1


async def test_reports_and_feeds_are_told_of_in_camel_case(seller: Seller, queue: Queue) -> None:
    for kind in ("REPORT_PROCESSING_FINISHED", "FEED_PROCESSING_FINISHED"):
        assert (await seller.subscribe(queue, kind, "2020-09-04")).status == 200
    order = await seller.order()
    await seller.read(order)
    report = await seller.report("GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL")
    feed = await seller.feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", b"<no/>", "text/xml")
    bodies = await queue.has(lambda found: found if len(found) == 2 else None)
    told = {body["notificationType"]: body["payload"] for body in bodies}
    finished = told["REPORT_PROCESSING_FINISHED"]["reportProcessingFinishedNotification"]
    assert finished["reportId"] == report["reportId"]
    assert finished["reportDocumentId"] == report["reportDocumentId"]
    ended = told["FEED_PROCESSING_FINISHED"]["feedProcessingFinishedNotification"]
    assert (ended["feedId"], ended["processingStatus"]) == (feed["feedId"], "FATAL")


async def test_stock_of_amazon_is_told_of_without_metadata(seller: Seller, queue: Queue) -> None:
    kind = "FBA_INVENTORY_AVAILABILITY_CHANGES"
    assert (await seller.subscribe(queue, kind)).status == 200
    await seller.order(channel="AFN", lines=[{"sku": "SKU-1", "quantity": 2}])
    [body] = await queue.has(lambda found: found)
    assert "NotificationMetadata" not in body
    [market] = body["Payload"]["FulfillmentInventoryByMarketplace"]
    stock = market["FulfillmentInventory"]
    assert stock["Fulfillable"] == 48
    assert stock["ReservedQuantityBreakdown"]["PendingCustomerOrder"] == 2


async def test_duplicates_reordering_and_loss_are_seeded_and_counted(
    seller: Seller, queue: Queue, sandbox: Sandbox
) -> None:
    await sandbox.knobs(
        notification_duplicate_share=0.25,
        notification_reorder_share=0.25,
        notification_lost_share=0.2,
        notification_hold_s=[0.3, 0.6],
    )
    assert (await seller.subscribe(queue, "ORDER_CHANGE")).status == 200
    for _ in range(40):
        await seller.order()

    async def quiet() -> Any:
        counts = (await seller.ledger())["notifications"]
        return counts if counts["events"] == 40 and not counts["pending"] else None

    counts = await eventually(quiet, 20)
    assert counts["lost"] == 8
    assert counts["delivered"] == 32
    assert counts["reordered"] > 0
    assert counts["failed"] == 0
    await queue.has(lambda bodies: len(bodies) == counts["delivered"] + counts["duplicated"])
    facts = Counter(
        body["Payload"]["OrderChangeNotification"]["AmazonOrderId"] for body in queue.bodies
    )
    ids = Counter(body["NotificationMetadata"]["NotificationId"] for body in queue.bodies)
    assert len(facts) == 32
    assert sum(facts.values()) - 32 == counts["duplicated"] > 0
    assert max(facts.values()) <= 10
    # Copies are partly the same message, partly another one about the same fact.
    assert len(facts) < len(ids) < len(queue.bodies)


async def test_queues_that_do_not_let_amazon_in_get_nothing(seller: Seller, aws: Aws) -> None:
    closed = await aws.queue(policy=None)
    assert (await seller.subscribe(closed, "ORDER_CHANGE")).status == 200
    await seller.order()

    async def counted() -> bool:
        return bool((await seller.ledger())["notifications"]["undeliverable"] == 1)

    await eventually(counted)
    assert await closed.poll() == []


async def test_fifo_queues_get_nothing(seller: Seller, aws: Aws) -> None:
    fifo = await aws.queue(name=f"q-{seller.place}.fifo")
    assert (await seller.subscribe(fifo, "ORDER_CHANGE")).status == 200
    await seller.order()

    async def counted() -> bool:
        return bool((await seller.ledger())["notifications"]["undeliverable"] == 1)

    await eventually(counted)


async def test_a_queue_that_comes_late_gets_everything(seller: Seller, aws: Aws) -> None:
    late = await aws.queue()
    await _delete(late)
    assert (await seller.subscribe(late, "ORDER_CHANGE")).status == 200
    order = await seller.order()

    async def failed() -> bool:
        return bool((await seller.ledger())["notifications"]["failed"] >= 1)

    await eventually(failed)
    again = await aws.queue(name=late.arn.rpartition(":")[2])
    await again.has(lambda _: again.orders(order["order_id"]))


async def _delete(queue: Queue) -> None:
    queue.client.delete_queue(QueueUrl=queue.url)


async def test_what_was_not_sent_yet_outlives_a_kill(directory: Path, aws: Aws) -> None:
    queue, accounts = await aws.queue(), accounts_file(directory, 1)
    data, options = directory / "data", ("--time-scale", "40", "--aws-endpoint", aws.url)
    sandbox = await Sandbox.start(data, accounts, *options)
    seller = Seller(sandbox, 0)
    # Two minutes are three seconds here: nothing is sent before the kill.
    await sandbox.knobs(notification_early_share=0, notification_duplicate_share=0)
    assert (await seller.subscribe(queue, "ORDER_CHANGE")).status == 200
    placed = {(await seller.order())["order_id"] for _ in range(5)}
    assert (await seller.ledger())["notifications"]["pending"] == 5
    await sandbox.stop(hard=True)
    again = await Sandbox.start(data, accounts, *options)
    try:
        await queue.has(lambda bodies: len(bodies) == 5, 30)
        assert {order_id for order_id in placed if queue.orders(order_id)} == placed
    finally:
        await again.stop()


async def test_any_body_can_be_put_on_the_queue(seller: Seller, queue: Queue) -> None:
    assert (await seller.subscribe(queue, "ORDER_CHANGE")).status == 200
    body = {"seller": seller.id, "body": json.dumps(["what", "is", "this"]), "times": 2}
    await seller.sandbox.operate("POST", "/notifications/raw", body)
    await queue.has(lambda _: len(queue.texts) == 2)
    assert queue.texts[0] == '["what", "is", "this"]'
