"""Amazon's own models as the third voice: all their examples are read, and take what we send."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest

from canonical.actions import CancelLines, ReadyParcel, ShipParcel
from canonical.commands import ShipLine
from canonical.merge import merge
from channels.amazon import map_file
from channels.amazon.calls import parsed
from channels.amazon.easyship import Scheduled, _Slots
from channels.amazon.feeds import Feed
from channels.amazon.reports import Report
from channels.amazon.shipping import request_of
from channels.amazon.subscriptions import Destination, Subscription
from channels.errors import ContractError
from channels.wiretypes import WireModel
from tests.channels.amazon.samples import (
    MARKETPLACE,
    ORDER_ID,
    TEA,
    as_bytes,
    calls,
    market,
    model,
    opened,
    options,
    order,
    says,
)

LINES = (ShipLine(line_id=TEA, quantity=2),)
SHIP = ShipParcel(
    order_id=ORDER_ID, parcel_id="rest", carrier="SMSA", tracking_number="SMSA1", lines=LINES
)


def examples_of(name: str, operation: str, prefix: str = "2") -> Iterator[Any]:
    """Every payload of an operation's answers, in both places where models keep them."""
    for path in model(name)["paths"].values():
        for call in path.values():
            if isinstance(call, dict) and call.get("operationId") == operation:
                for status, answer in call["responses"].items():
                    if status.startswith(prefix):
                        yield from answer.get("examples", {}).values()
                        sandbox = answer.get("x-amzn-api-sandbox", {})
                        yield from (s["response"] for s in sandbox.get("static", []))


def judged(value: Any, name: str, definition: str) -> None:
    """Holds a value against a definition of a Swagger 2 model."""
    whole = model(name)
    schema = {"$ref": f"#/definitions/{definition}", "definitions": whole["definitions"]}
    jsonschema.Draft4Validator(schema).validate(value)


@pytest.mark.parametrize("operation", ["getOrder", "searchOrders"])
def test_every_example_of_an_order_maps_and_settles(operation: str) -> None:
    found = 0
    for example in examples_of("orders_2026-01-01.json", operation):
        for mapped in map_file(as_bytes(example), "main"):
            found += 1
            order_ = merge(None, mapped).order
            assert order_.lines
            for line in order_.lines:
                assert line.cancelled + line.shipped <= line.ordered
    assert found >= 3


@pytest.mark.parametrize(
    ("name", "status"),
    [("orders_2026-01-01.json", "400"), ("ordersV0.json", "400"), ("ordersV0.json", "2")],
)
def test_every_example_that_is_no_order_of_today_is_refused_with_a_sentence(
    name: str, status: str
) -> None:
    """Errors, and all that v0 answers: its orders have other names and may not slip through."""
    operations = {
        call["operationId"]
        for path in model(name)["paths"].values()
        for call in path.values()
        if isinstance(call, dict)
    }
    bodies = [b for o in operations for b in examples_of(name, o, status) if b]
    assert bodies
    for body in bodies:
        with pytest.raises(ContractError, match="the body does not fit"):
            map_file(as_bytes(body), "main")


@pytest.mark.parametrize(
    ("name", "operation", "wire", "key"),
    [
        ("reports_2021-06-30.json", "getReport", Report, ""),
        ("feeds_2021-06-30.json", "getFeed", Feed, ""),
        ("easyShip_2022-03-23.json", "getScheduledPackage", Scheduled, ""),
        ("easyShip_2022-03-23.json", "createScheduledPackage", Scheduled, ""),
        ("easyShip_2022-03-23.json", "listHandoverSlots", _Slots, ""),
        ("notifications.json", "getSubscription", Subscription, "payload"),
        ("notifications.json", "createDestination", Destination, "payload"),
    ],
)
def test_every_other_example_is_read(
    name: str, operation: str, wire: type[WireModel], key: str
) -> None:
    found = [e[key] if key else e for e in examples_of(name, operation)]
    assert found
    for value in found:
        assert parsed(wire, as_bytes(value), "main", operation)


def test_a_confirmed_shipment_is_one_that_the_model_takes() -> None:
    request = request_of(SHIP, options(), datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert request.body is not None
    body = json.loads(request.body)
    judged(body, "ordersV0.json", "ConfirmShipmentRequest")
    assert body["packageDetail"]["packageReferenceId"] == "1"
    assert body["marketplaceId"] == MARKETPLACE


async def test_what_else_we_send_is_what_the_models_take() -> None:
    slot = {"slotId": "s1", "startTime": "2026-11-25T10:00:00+03:00", "handoverMethod": "PICKUP"}
    nothing = says((404, {"errors": [{"code": "ResourceNotFound", "message": "none"}]}))
    routes = (
        ("GET", "/easyShip/", nothing),
        ("POST", "/timeSlot", says({"amazonOrderId": ORDER_ID, "timeSlots": [slot]})),
        ("POST", "/easyShip/2022-03-23/package", says({"packageStatus": "ReadyForPickup"})),
        ("GET", "/orders/", says({"order": order()})),
        ("GET", "/destinations", says({"payload": []})),
        ("POST", "/destinations", says({"payload": {"destinationId": "d1", "name": "souk"}})),
        ("GET", "/subscriptions/", says((404, {"errors": []}))),
        ("POST", "/subscriptions/", says({"payload": {"subscriptionId": "s1"}})),
        ("POST", "/reports", says((202, {"reportId": "r1"}))),
    )
    async with market(*routes) as server, opened(server) as one:
        await one.perform(ReadyParcel(order_id=ORDER_ID, parcel_id="rest", lines=LINES))
        await one.subscribe("")
        await one.reports.create(
            "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", datetime.now(UTC)
        )
    for part, name, definition in (
        ("/timeSlot", "easyShip_2022-03-23.json", "ListHandoverSlotsRequest"),
        ("2022-03-23/package", "easyShip_2022-03-23.json", "CreateScheduledPackageRequest"),
        ("/destinations", "notifications.json", "CreateDestinationRequest"),
        ("/subscriptions/", "notifications.json", "CreateSubscriptionRequest"),
        ("/reports", "reports_2021-06-30.json", "CreateReportSpecification"),
    ):
        sent = calls(server, part, "POST")
        assert sent, part
        for call in sent:
            judged(json.loads(call.body), name, definition)


async def test_a_cancelling_feed_is_submitted_as_the_model_wants_it() -> None:
    made: dict[str, str] = {}
    feed = {"feedId": "f1", "processingStatus": "DONE", "feedType": "x"}
    routes = [
        ("GET", "/orders/", says({"order": order()})),
        ("PUT", "/upload", says({})),
        ("POST", "/feeds/2021-06-30/feeds", says((202, {"feedId": "f1"}))),
        ("GET", "/feeds/2021-06-30/feeds", says(feed)),
    ]

    async def document(request: Any) -> Any:
        return await says((201, {"feedDocumentId": "doc1", "url": made["url"]}))(request)

    routes.append(("POST", "/documents", document))
    async with market(*routes) as server, opened(server) as one:
        made["url"] = f"{server.url}/upload"
        await one.perform(CancelLines(order_id=ORDER_ID, parcel_id="rest", lines=LINES))
    (created,) = calls(server, "/feeds/2021-06-30/feeds", "POST")
    judged(json.loads(created.body), "feeds_2021-06-30.json", "CreateFeedSpecification")
    (uploaded,) = calls(server, "/upload")
    (asked,) = calls(server, "/documents", "POST")
    judged(json.loads(asked.body), "feeds_2021-06-30.json", "CreateFeedDocumentSpecification")
    assert uploaded.headers["content-type"] == json.loads(asked.body)["contentType"]
    assert "x-amz-access-token" not in uploaded.headers
    assert uploaded.body.decode() == (
        "order-id\tamazon-order-item-code\tcancellation-reason-code\r\n"
        f"{ORDER_ID}\t{TEA}\tNoInventory\r\n"
    )
