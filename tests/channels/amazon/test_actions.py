"""Writing back: shipments, pickups, cancellations; and what is done when an answer was lost."""

import json
from typing import Any

import pytest
from aiohttp import web

from canonical.actions import CancelLines, ReadyParcel, ShipParcel, SplitParcel
from canonical.commands import ShipLine
from channels.errors import AmbiguousError, RefusedError, ThrottledError
from channels.port import Seen
from tests.channels.amazon.samples import (
    MUG,
    ORDER_ID,
    TEA,
    Handler,
    by_amazon,
    calls,
    case,
    channel,
    fault,
    fulfilled,
    item,
    market,
    opened,
    order,
    package,
    says,
)
from tests.channels.servers import Server, cuts

TWO = (ShipLine(line_id=TEA, quantity=2),)
ONE = (ShipLine(line_id=TEA, quantity=1),)
ABOUT = {"order_id": ORDER_ID, "parcel_id": "rest"}
SHIP = ShipParcel(**ABOUT, carrier="SMSA", tracking_number="SMSA1", lines=TWO)
READY = ReadyParcel(**ABOUT, lines=TWO)
CANCEL = CancelLines(**ABOUT, lines=TWO)
H04 = ShipParcel(
    order_id="408-1000004-0000001",
    parcel_id="rest",
    carrier="SMSA",
    tracking_number="290012345678",
    lines=(ShipLine(line_id=MUG, quantity=2),),
)
SHIPPED = order("SHIPPED", orderItems=[item(**fulfilled(2, 0))], packages=[package()])
NOTHING_LEFT = (400, json.loads(case("H04b")))


async def test_a_shipment_is_confirmed_with_its_own_reference_as_text() -> None:
    routes = ("POST", "/shipmentConfirmation", says(None))
    async with market(routes) as server, opened(server, carriers={"DHL": "DHL"}) as one:
        await one.perform(SHIP)
        await one.perform(SHIP.model_copy(update={"carrier": "DHL", "number": 2}))
    first, second = (json.loads(c.body)["packageDetail"] for c in calls(server, "/shipment"))
    assert first["packageReferenceId"] == "1"
    assert (first["carrierCode"], first["carrierName"]) == ("Other", "SMSA")
    assert first["orderItems"] == [{"orderItemId": TEA, "quantity": 2}]
    assert (second["packageReferenceId"], second["carrierCode"]) == ("2", "DHL")


async def test_h04_what_is_sent_has_the_shape_of_the_case() -> None:
    routes = ("POST", "/shipmentConfirmation", says(None))
    async with market(routes) as server, opened(server) as one:
        await one.perform(H04)
    (call,) = calls(server, "/shipment")
    sent, wanted = json.loads(call.body), json.loads(case("H04a"))
    sent["packageDetail"]["shipDate"] = wanted["packageDetail"]["shipDate"]
    assert sent == wanted


async def test_h04_an_answer_that_was_lost_is_ambiguous_and_found_by_a_read() -> None:
    routes = (
        ("POST", "/shipmentConfirmation", cuts),
        ("GET", "/orders/2026", says(json.loads(case("H04c")))),
    )
    async with market(*routes) as server, opened(server) as one:
        with pytest.raises(AmbiguousError):
            await one.perform(H04)
        assert await one.read_back(H04) is Seen.APPLIED
    assert len(calls(server, "/shipmentConfirmation")) == 1


async def test_h04_a_repeat_that_is_refused_comes_to_the_same_end() -> None:
    routes = (
        ("POST", "/shipmentConfirmation", says(NOTHING_LEFT)),
        ("GET", "/orders/2026", says(json.loads(case("H04c")))),
    )
    async with market(*routes) as server, opened(server) as one:
        await one.perform(H04)
    assert len(calls(server, "/shipmentConfirmation")) == 1


async def test_h04_a_repeat_that_is_refused_before_the_first_is_visible_waits_for_it() -> None:
    before = {"order": order(orderId="408-1000004-0000001", orderItems=[item(MUG)])}
    routes = (
        ("POST", "/shipmentConfirmation", says(NOTHING_LEFT)),
        ("GET", "/orders/2026", says(before, json.loads(case("H04c")))),
    )
    async with market(*routes) as server, opened(server) as one:
        await one.perform(H04)
    assert len(calls(server, "/orders/2026")) == 2


async def test_h04_a_refusal_without_the_tracking_stands_in_amazons_words() -> None:
    routes = (
        ("POST", "/shipmentConfirmation", says(NOTHING_LEFT)),
        ("GET", "/orders/2026", says({"order": order()})),
    )
    async with market(*routes) as server, opened(server) as one:
        with pytest.raises(RefusedError, match="PackageToUpdateNotFound"):
            await one.perform(SHIP)


async def test_a_repeat_that_edits_the_package_is_success() -> None:
    routes = ("POST", "/shipmentConfirmation", says(None))
    async with market(routes) as server, opened(server) as one:
        await one.perform(SHIP)
        await one.perform(SHIP)
    references = {
        json.loads(c.body)["packageDetail"]["packageReferenceId"] for c in calls(server, "/ship")
    }
    assert references == {"1"}


@pytest.mark.parametrize(
    ("shown", "seen"),
    [
        (SHIPPED, Seen.APPLIED),
        (order(), Seen.NOT_APPLIED),
        # Shipped, but not by this.
        (order("SHIPPED", orderItems=[item(**fulfilled(2, 0))]), Seen.UNCLEAR),
        (
            order(
                "SHIPPED",
                orderItems=[item(**fulfilled(2, 0))],
                packages=[package(tracking="ANOTHER")],
            ),
            Seen.UNCLEAR,
        ),
    ],
)
async def test_reading_back_a_shipment(shown: dict[str, Any], seen: Seen) -> None:
    routes = ("GET", "/orders/2026", says({"order": shown}))
    async with market(routes) as server, opened(server) as one:
        assert await one.read_back(SHIP) is seen


async def test_no_shipment_leaves_without_a_tracking_number() -> None:
    async with market() as server, opened(server) as one:
        with pytest.raises(RefusedError) as refused:
            await one.perform(SHIP.model_copy(update={"tracking_number": " "}))
    assert refused.value.code == "tracking.missing"
    assert server.came == []


SLOTS = {
    "amazonOrderId": ORDER_ID,
    "timeSlots": [
        {"slotId": "late", "startTime": "2026-11-26T10:00:00+03:00", "handoverMethod": "PICKUP"},
        {"slotId": "early", "startTime": "2026-11-25T10:00:00+03:00", "handoverMethod": "PICKUP"},
        {"slotId": "bring", "startTime": "2026-11-24T10:00:00+03:00", "handoverMethod": "DROPOFF"},
    ],
}
UNSCHEDULED = (404, fault("ResourceNotFound"))
SCHEDULED = {"packageStatus": "ReadyForPickup", "scheduledPackageId": {"amazonOrderId": ORDER_ID}}


async def scheduled(*, package: Handler, schedule: Handler, slots: Handler | None = None) -> Server:
    routes = (
        ("GET", "/easyShip/2022-03-23/package", package),
        ("POST", "/easyShip/2022-03-23/timeSlot", slots or says(SLOTS)),
        ("POST", "/easyShip/2022-03-23/package", schedule),
    )
    async with market(*routes) as server, opened(server) as one:
        await one.perform(READY)
    return server


async def test_easy_ship_schedules_the_earliest_pickup_and_confirms_nothing() -> None:
    server = await scheduled(package=says(UNSCHEDULED), schedule=says(SCHEDULED))
    (call,) = calls(server, "/package", "POST")
    sent = json.loads(call.body)
    assert sent["packageDetails"]["packageTimeSlot"]["slotId"] == "early"
    assert sent["amazonOrderId"] == ORDER_ID
    assert calls(server, "/shipmentConfirmation") == []


async def test_a_pickup_that_is_scheduled_already_is_not_scheduled_again() -> None:
    server = await scheduled(package=says(SCHEDULED), schedule=says(SCHEDULED))
    assert calls(server, "/package", "POST") == []
    exists = (400, fault("ScheduledPackageAlreadyExists"))
    server = await scheduled(package=says(UNSCHEDULED), schedule=says(exists))
    assert len(calls(server, "/package", "POST")) == 1


async def test_a_slot_that_is_gone_meanwhile_is_replaced_by_another() -> None:
    gone = (400, fault("TimeSlotNotAvailable"))
    server = await scheduled(package=says(UNSCHEDULED), schedule=says(gone, SCHEDULED))
    assert len(calls(server, "/timeSlot")) == 2


async def test_without_any_slot_a_person_is_told() -> None:
    with pytest.raises(RefusedError, match="no time slot"):
        await scheduled(
            package=says(UNSCHEDULED),
            schedule=says(SCHEDULED),
            slots=says({"amazonOrderId": ORDER_ID, "timeSlots": []}),
        )


async def test_reading_back_a_pickup() -> None:
    for answer, seen in ((SCHEDULED, Seen.APPLIED), (UNSCHEDULED, Seen.NOT_APPLIED)):
        routes = ("GET", "/easyShip/", says(answer))
        async with market(routes) as server, opened(server) as one:
            assert await one.read_back(READY) is seen


def result(*complaints: str, accepted: int = 1) -> str:
    counts = f"records processed\t\t1\n\tNumber of records successful\t\t{accepted}\n\n"
    head = f"Feed Processing Summary:\n\tNumber of {counts}"
    names = "original-record-number\tsku\terror-code\terror-type\terror-message\n"
    return head + (names + "\n".join(complaints) if complaints else "")


async def cancelled(
    shown: dict[str, Any], feed: dict[str, Any], told: str = "", action: CancelLines = CANCEL
) -> Server:
    url = ""

    async def made(request: web.Request) -> web.StreamResponse:
        answer = {"feedDocumentId": "d1", "url": f"{url}/upload"}
        return web.json_response(answer, status=201)

    async def found(request: web.Request) -> web.StreamResponse:
        return web.json_response({"feedDocumentId": "d2", "url": f"{url}/result"})

    async def text(request: web.Request) -> web.StreamResponse:
        return web.Response(text=told)

    routes: tuple[tuple[str, str, Handler], ...] = (
        ("GET", "/orders/", says({"order": shown})),
        ("POST", "/documents", made),
        ("GET", "/documents/", found),
        ("PUT", "/upload", says({})),
        ("GET", "/result", text),
        ("POST", "/feeds/2021-06-30/feeds", says((202, {"feedId": "f1"}))),
        ("GET", "/feeds/2021-06-30/feeds/f1", says({"feedId": "f1", **feed})),
    )
    async with market(*routes) as server, opened(server) as one:
        url = server.url
        await one.perform(action)
    return server


DONE = {"processingStatus": "DONE", "resultFeedDocumentId": "d2"}


async def test_cancelling_follows_the_feed_to_its_result() -> None:
    server = await cancelled(order(), DONE, result())
    assert len(calls(server, "/feeds/2021-06-30/feeds", "POST")) == 1
    assert len(calls(server, "/result")) == 1


async def test_what_the_buyer_asked_for_is_cancelled_in_his_name() -> None:
    asked = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "mistake"}}
    server = await cancelled(order(orderItems=[item(cancellation=asked)]), DONE, result())
    (upload,) = calls(server, "/upload")
    assert b"BuyerCanceled" in upload.body


async def test_done_is_not_success_where_the_result_complains() -> None:
    with pytest.raises(RefusedError, match="18052 Order was shipped"):
        await cancelled(order(), DONE, result("1\t\t18052\tError\tOrder was shipped", accepted=0))
    with pytest.raises(RefusedError, match="none of 1 records"):
        await cancelled(order(), DONE, result(accepted=0))
    server = await cancelled(order(), DONE, result("1\t\t99\tWarning\tlate"))
    assert calls(server, "/result")


async def test_a_feed_that_failed_is_a_refusal() -> None:
    with pytest.raises(RefusedError, match="FATAL"):
        await cancelled(order(), {"processingStatus": "FATAL"})


async def test_units_of_an_item_cannot_be_cancelled() -> None:
    action = CANCEL.model_copy(update={"lines": ONE})
    with pytest.raises(RefusedError, match="whole order items"):
        await cancelled(order(), DONE, result(), action)


async def test_what_is_cancelled_or_shipped_already_needs_no_feed() -> None:
    server = await cancelled(order("CANCELLED"), DONE)
    assert calls(server, "/feeds/") == []
    with pytest.raises(RefusedError, match="nothing of item"):
        await cancelled(SHIPPED, DONE)


async def test_nothing_of_what_amazon_fulfils_is_cancelled_by_us() -> None:
    with pytest.raises(RefusedError, match="Amazon fulfils"):
        await cancelled(by_amazon(), DONE)


@pytest.mark.parametrize(
    ("shown", "feeds", "seen"),
    [
        (order("CANCELLED"), [], Seen.APPLIED),
        (order(), [{"feedId": "f0", "processingStatus": "DONE"}], Seen.NOT_APPLIED),
    ],
)
async def test_reading_back_a_cancellation(
    shown: dict[str, Any], feeds: list[dict[str, str]], seen: Seen
) -> None:
    routes = (
        ("GET", "/orders/", says({"order": shown})),
        ("GET", "/feeds/2021-06-30/feeds", says({"feeds": feeds})),
    )
    async with market(*routes) as server, opened(server) as one:
        assert await one.read_back(CANCEL) is seen


async def test_while_a_feed_is_worked_on_nobody_knows_yet() -> None:
    feeds = {"feeds": [{"feedId": "f1", "processingStatus": "IN_PROGRESS"}]}
    routes = (
        ("GET", "/orders/", says({"order": order()})),
        ("GET", "/feeds/2021-06-30/feeds", says(feeds)),
    )
    async with market(*routes) as server, opened(server) as one:
        with pytest.raises(ThrottledError, match="f1 is still being worked on"):
            await one.read_back(CANCEL)


async def test_what_amazon_does_not_know_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(RefusedError, match="no such action"):
        await channel().perform(SplitParcel(**ABOUT, groups=(ONE,)))


async def test_any_other_refusal_is_told_without_waiting_for_the_lag() -> None:
    routes = (
        ("POST", "/shipmentConfirmation", says((400, fault("InvalidInput", "Bad carrier")))),
        ("GET", "/orders/2026", says({"order": order()})),
    )
    async with market(*routes) as server, opened(server, time_scale=1) as one:
        with pytest.raises(RefusedError, match="Bad carrier"):
            await one.perform(SHIP)
    assert len(calls(server, "/orders/2026")) == 1
