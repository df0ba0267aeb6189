"""Writing back, and reading whether it stands."""

import json
from typing import Any

import pytest
from aiohttp import web

from canonical.actions import (
    AcceptParcel,
    Action,
    ActionKind,
    AttachInvoice,
    CancelLines,
    ChangeCarrier,
    DeliverOtherwise,
    ReadyParcel,
    ShipParcel,
    SplitParcel,
)
from canonical.commands import ShipLine
from channels.errors import AmbiguousError, RefusedError, ThrottledError
from channels.port import Seen
from channels.trendyol import ABILITIES
from channels.trendyol.requests import ParcelAction
from channels.trendyol.seen import seen
from channels.trendyol.wire import Package, read_package
from tests.channels.servers import Answer, CountingLimiter, Server, answers, cuts, serving, sleeps
from tests.channels.trendyol.samples import as_bytes, channel, opened, package

ORDER, PARCEL, LINE = "10600123456", "3300123456", "7392373001"
ABOUT = {"order_id": ORDER, "parcel_id": PARCEL}
TWO = (ShipLine(line_id=LINE, quantity=2),)
ONE = (ShipLine(line_id=LINE, quantity=1),)

ACCEPT = AcceptParcel(**ABOUT, lines=TWO)
READY = ReadyParcel(**ABOUT, invoice_number="INV-1", lines=TWO)
CANCEL_ONE = CancelLines(**ABOUT, lines=ONE)
CANCEL_ALL = CancelLines(**ABOUT, lines=TWO)
SHIP = ShipParcel(**ABOUT, carrier="DHLMP", tracking_number="SMSA290012345")
SPLIT_UNITS = SplitParcel(**ABOUT, groups=(ONE,))
SPLIT_LINES = SplitParcel(**ABOUT, groups=(TWO,), whole_lines=True)
CARRIER = ChangeCarrier(**ABOUT, carrier="Aramex")
LINK = "https://inv.example.sa/1.pdf"
INVOICE = AttachInvoice(**ABOUT, link=LINK)
OTHERWISE = DeliverOtherwise(**ABOUT, tracking="https://t.example/1")
CALLED = DeliverOtherwise(**ABOUT, tracking="+966500000000")

REFUSAL = {
    "exception": "TrendyolBusinessException",
    "errors": [{"key": "shipment.package.not.updatable", "message": "Package is cancelled"}],
}


def writes_and_reads(write: Any, *packages: dict[str, Any]) -> Answer:
    """Answers PUT with `write`, and reads with the order's packages."""
    put = write if callable(write) else answers(write)

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method in ("PUT", "POST"):
            return await put(request)
        return web.json_response({"content": list(packages), "totalPages": 1})

    return answer


def refused() -> web.Response:
    return web.json_response(REFUSAL, status=400)


async def performed(
    action: Action, answer: Answer, limiter: CountingLimiter | None = None, **more: Any
) -> Server:
    async with serving(answer) as server, opened(server.url, limiter, **more) as one:
        await one.perform(action)
    return server


@pytest.mark.parametrize(
    ("action", "below", "sent", "operation", "urgent"),
    [
        (
            ACCEPT,
            "",
            {"lines": [{"lineId": 7392373001, "quantity": 2}], "params": {}, "status": "Picking"},
            "package_status",
            True,
        ),
        (
            READY,
            "",
            {
                "lines": [{"lineId": 7392373001, "quantity": 2}],
                "params": {"invoiceNumber": "INV-1"},
                "status": "Invoiced",
            },
            "package_status",
            False,
        ),
        (
            CANCEL_ONE,
            "/items/unsupplied",
            {
                "lines": [{"lineId": 7392373001, "quantity": 1}],
                "reasonId": 500,
                "shouldKeepPreviousStatus": True,
            },
            "unsupplied",
            True,
        ),
        (
            SHIP,
            "/tracking-details",
            {"cargoSenderNumber": "SMSA290012345", "providerCode": "DHLMP"},
            "tracking_details",
            False,
        ),
    ],
    ids=["accept", "ready", "cancel", "ship"],
)
async def test_what_is_sent(
    action: Action, below: str, sent: dict[str, Any], operation: str, urgent: bool
) -> None:
    limiter = CountingLimiter()
    server = await performed(action, answers(web.Response()), limiter, seller_ships=True)
    (call,) = server.came
    assert call.method == "PUT"
    assert call.path == f"/integration/order/sellers/900123/shipment-packages/{PARCEL}{below}"
    assert json.loads(call.body) == sent
    assert limiter.reserved == [("main", operation, urgent)]


@pytest.mark.parametrize(
    ("action", "method", "below", "sent", "operation"),
    [
        (
            SPLIT_UNITS,
            "POST",
            f"order/sellers/900123/shipment-packages/{PARCEL}/split-packages",
            {
                "splitPackages": [
                    {"packageDetails": [{"orderLineId": 7392373001, "quantities": 1}]}
                ],
                "shouldKeepPreviousStatus": True,
            },
            "split",
        ),
        (
            SPLIT_LINES,
            "POST",
            f"order/sellers/900123/shipment-packages/{PARCEL}/split",
            {"orderLineIds": [7392373001]},
            "split",
        ),
        (
            CARRIER,
            "PUT",
            f"order/sellers/900123/shipment-packages/{PARCEL}/cargo-providers",
            {"cargoProvider": "Aramex"},
            "cargo_provider",
        ),
        (
            INVOICE,
            "POST",
            "sellers/900123/seller-invoice-links",
            {"invoiceLink": LINK, "shipmentPackageId": 3300123456},
            "invoice_link",
        ),
        (
            OTHERWISE,
            "PUT",
            f"order/sellers/900123/shipment-packages/{PARCEL}/alternative-delivery",
            {"isPhoneNumber": False, "trackingInfo": "https://t.example/1", "params": {}},
            "alternative_delivery",
        ),
        (
            CALLED,
            "PUT",
            f"order/sellers/900123/shipment-packages/{PARCEL}/alternative-delivery",
            {"isPhoneNumber": True, "trackingInfo": "+966500000000", "params": {}},
            "alternative_delivery",
        ),
    ],
    ids=["units", "lines", "carrier", "invoice", "link", "phone"],
)
async def test_what_is_sent_beyond_the_everyday(
    action: Action, method: str, below: str, sent: dict[str, Any], operation: str
) -> None:
    limiter = CountingLimiter()
    server = await performed(
        action, answers(web.Response(status=201)), limiter, alternative_delivery=True
    )
    (call,) = server.came
    assert (call.method, call.path) == (method, f"/integration/{below}")
    assert json.loads(call.body) == sent
    assert [name for _, name, _ in limiter.reserved] == [operation]


def refuses(status: int, key: str) -> web.Response:
    return web.json_response({"errors": [{"key": key, "message": "no"}]}, status=status)


@pytest.mark.parametrize("key", ["CPE001", "CPE002", "CPE003", "CPE004", "CPE005", "CPE006"])
async def test_each_refusal_of_a_carrier_is_told_by_its_code(key: str) -> None:
    with pytest.raises(RefusedError) as error:
        await performed(
            CARRIER, writes_and_reads(refuses(409, key), package(cargoProviderName="SPL"))
        )
    assert error.value.code == key
    assert error.value.order_id == ORDER


@pytest.mark.parametrize(
    ("action", "status", "now"),
    [
        (CARRIER, 409, package(cargoProviderName="ARAMEX")),
        (INVOICE, 409, package(invoiceLink=LINK)),
        (SPLIT_UNITS, 400, package(status="UnPacked")),
        (OTHERWISE, 400, package(status="Shipped")),
    ],
    ids=["carrier", "invoice", "split", "otherwise"],
)
async def test_a_conflict_with_what_is_already_so_is_success(
    action: Action, status: int, now: dict[str, Any]
) -> None:
    answer = writes_and_reads(refuses(status, "exists"), now)
    server = await performed(action, answer, alternative_delivery=True)
    assert [c.method for c in server.came][1] == "GET"


@pytest.mark.parametrize(
    ("action", "now"),
    [
        (INVOICE, package(invoiceLink="https://inv.example.sa/other.pdf")),
        (INVOICE, package()),
        (SPLIT_UNITS, package()),
        (OTHERWISE, package()),
        (SHIP, package(status="Delivered", cargoSenderNumber="other")),
    ],
    ids=["another link", "link used elsewhere", "split", "otherwise", "delivered"],
)
async def test_a_conflict_with_something_else_is_refused(
    action: Action, now: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError):
        await performed(
            action, writes_and_reads(refuses(409, "exists"), now), alternative_delivery=True
        )


@pytest.mark.parametrize(
    ("reason", "number"),
    [("out_of_stock", 500), ("damaged", 501), ("wrong_price", 502), ("other", 504)],
)
async def test_each_reason_has_its_number(reason: Any, number: int) -> None:
    action = CancelLines(**ABOUT, lines=ONE, reason=reason)
    server = await performed(action, answers(web.Response()))
    assert json.loads(server.came[0].body)["reasonId"] == number


async def test_an_invoice_without_number_sends_none() -> None:
    action = ReadyParcel(**ABOUT, lines=TWO)
    server = await performed(action, answers(web.Response()))
    assert json.loads(server.came[0].body)["params"] == {}


async def test_without_lines_the_package_is_read_first() -> None:
    bare = AcceptParcel(**ABOUT)
    server = await performed(bare, writes_and_reads(web.Response(), package()))
    read, write = server.came
    assert (read.method, write.method) == ("GET", "PUT")
    assert json.loads(write.body)["lines"] == [{"lineId": 7392373001, "quantity": 2}]

    server = await performed(bare, writes_and_reads(web.Response(), package(status="Picking")))
    assert [c.method for c in server.came] == ["GET"]

    with pytest.raises(RefusedError, match="does not show package") as error:
        await performed(bare, writes_and_reads(web.Response()))
    assert error.value.order_id == ORDER


async def test_an_action_that_the_account_lacks_is_refused_before_it_leaves() -> None:
    assert ActionKind.DELIVER_OTHERWISE not in ABILITIES.actions
    async with serving(answers(web.Response())) as server, opened(server.url) as one:
        with pytest.raises(RefusedError) as error:
            await one.perform(OTHERWISE)
    assert error.value.code == "action.not.offered"
    assert server.came == []


@pytest.mark.parametrize("answer", [cuts, sleeps], ids=["cut", "silence"])
async def test_a_lost_answer_is_ambiguous(answer: Answer) -> None:
    async with serving(answer) as server:
        one = channel(base_url=server.url, read=0.2)
        with pytest.raises(AmbiguousError) as error:
            await one.perform(ACCEPT)
        await one.close()
    assert error.value.order_id == ORDER
    assert len(server.came) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_fault_after_a_write_is_ambiguous(status: int) -> None:
    with pytest.raises(AmbiguousError):
        await performed(ACCEPT, answers(web.Response(status=status)))


async def test_a_refusal_for_quota_is_throttled_even_after_a_write() -> None:
    limiter = CountingLimiter()
    full = web.json_response({"error": "too.many.requests", "message": "slow"}, status=429)
    with pytest.raises(ThrottledError):
        await performed(ACCEPT, answers(full), limiter)
    assert [operation for _, operation, _ in limiter.corrected] == ["package_status"]


@pytest.mark.parametrize(
    ("action", "now"),
    [
        (ACCEPT, package(status="Picking")),
        (ACCEPT, package(status="Invoiced")),
        (READY, package(status="Shipped")),
        (CANCEL_ALL, package(status="UnSupplied")),
    ],
)
async def test_a_refused_repeat_of_what_stands_is_success(
    action: Action, now: dict[str, Any]
) -> None:
    server = await performed(action, writes_and_reads(refused(), now))
    assert [c.method for c in server.came] == ["PUT", "GET"]


@pytest.mark.parametrize(
    ("action", "now"),
    [
        (ACCEPT, package(status="Cancelled")),
        (READY, package(status="Created")),
        (CANCEL_ONE, package()),
    ],
)
async def test_a_refusal_of_what_does_not_stand_says_why(
    action: Action, now: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError, match="Package is cancelled") as error:
        await performed(action, writes_and_reads(refused(), now))
    assert error.value.code == "shipment.package.not.updatable"
    assert error.value.order_id == ORDER


async def test_a_lost_answer_is_read_back() -> None:
    async with (
        serving(writes_and_reads(cuts, package(status="Picking"))) as server,
        opened(server.url) as one,
    ):
        with pytest.raises(AmbiguousError):
            await one.perform(ACCEPT)
        assert await one.read_back(ACCEPT) is Seen.APPLIED
        assert await one.read_back(READY) is Seen.NOT_APPLIED
    assert [c.method for c in server.came] == ["PUT", "GET", "GET"]


def parsed(**changes: Any) -> Package:
    return read_package(as_bytes(package(**changes)), "main")


def named(name: str, **changes: Any) -> Package:
    return read_package(as_bytes(package(name, **changes)), "main")


def history(*statuses: str) -> list[dict[str, Any]]:
    return [{"createdDate": 1795509011000 + n, "status": s} for n, s in enumerate(statuses)]


REMAINS, REST = named("partly_cancelled_remains"), named("partly_cancelled_successor")
WHOLE_REST = read_package(
    as_bytes({**package("partly_cancelled_successor"), "lines": package()["lines"]}), "main"
)
LINE_GONE = parsed(
    lines=[{**package()["lines"][0], "orderLineItemStatusName": "UnSupplied"}],
)


@pytest.mark.parametrize(
    ("action", "packages", "expected"),
    [
        (ACCEPT, [], Seen.UNCLEAR),
        (ACCEPT, [REST], Seen.UNCLEAR),
        (ACCEPT, [parsed()], Seen.NOT_APPLIED),
        (ACCEPT, [parsed(status="Delivered")], Seen.APPLIED),
        (ACCEPT, [parsed(status="ReadyToShip")], Seen.UNCLEAR),
        (ACCEPT, [parsed(status="Cancelled")], Seen.NOT_APPLIED),
        (
            ACCEPT,
            [parsed(status="Cancelled", packageHistories=history("Created", "Picking"))],
            Seen.APPLIED,
        ),
        (READY, [parsed(status="Picking")], Seen.NOT_APPLIED),
        (READY, [parsed(status="Invoiced")], Seen.APPLIED),
        (READY, [parsed(status="Invoiced", invoiceNumber="INV-1")], Seen.APPLIED),
        (READY, [parsed(status="Invoiced", invoiceNumber="INV-9")], Seen.UNCLEAR),
        (CANCEL_ONE, [parsed()], Seen.NOT_APPLIED),
        (CANCEL_ONE, [LINE_GONE], Seen.APPLIED),
        (CANCEL_ONE, [parsed(status="ReadyToShip")], Seen.UNCLEAR),
        (CANCEL_ONE, [REMAINS, REST], Seen.APPLIED),
        (CANCEL_ALL, [REMAINS, REST], Seen.UNCLEAR),
        (CANCEL_ONE, [REMAINS, WHOLE_REST], Seen.UNCLEAR),
        (CANCEL_ALL, [parsed(status="UnSupplied")], Seen.APPLIED),
        (CANCEL_ONE, [parsed(status="UnPacked")], Seen.UNCLEAR),
        (SPLIT_UNITS, [parsed()], Seen.NOT_APPLIED),
        (SPLIT_UNITS, [parsed(status="UnPacked")], Seen.APPLIED),
        (SPLIT_UNITS, [parsed(status="ReadyToShip")], Seen.UNCLEAR),
        (CARRIER, [parsed(cargoProviderName="J&T")], Seen.NOT_APPLIED),
        (CARRIER, [parsed(cargoProviderName="")], Seen.NOT_APPLIED),
        (INVOICE, [parsed()], Seen.NOT_APPLIED),
        (INVOICE, [parsed(invoiceLink=LINK)], Seen.APPLIED),
        (OTHERWISE, [parsed(status="Delivered")], Seen.APPLIED),
        (SHIP, [parsed(cargoSenderNumber="SMSA290012345")], Seen.APPLIED),
        (SHIP, [parsed(status="Picking")], Seen.NOT_APPLIED),
        (SHIP, [parsed(status="Shipped", cargoSenderNumber="other")], Seen.UNCLEAR),
    ],
)
def test_what_the_packages_tell(
    action: ParcelAction, packages: list[Package], expected: Seen
) -> None:
    assert seen(action, packages) is expected
