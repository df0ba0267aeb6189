import asyncio
import json
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.amazon.expectation import expectation
from sandbox.amazon.expectation import sellers as sellers_of
from tests.sandbox.amazon.aws import Aws, Queue
from tests.sandbox.amazon.harness import MARKETPLACE, Sandbox, Seller, accounts_file
from tests.sandbox.amazon.test_feeds import XML, envelope, failure
from tests.sandbox.amazon.waiting import eventually

FAST = {name: [0.05, 0.3] for name in ("pending_s", "cancel_s", "ship_s", "deliver_s", "return_s")}
KINDS = {
    "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2",
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
    "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL",
    "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA",
    "invoice_xml",
    "invoice_pdf",
}


async def serve(seller: Seller) -> None:
    """Does the seller's part of every order that waits for it, once."""
    for order in await seller.sandbox.operate("GET", f"/orders/{seller.id}"):
        if order["channel"] != "MFN" or order["status"] != "UNSHIPPED":
            continue
        if any(item["cancel_request"] for item in order["items"]):
            body = envelope(seller, "OrderAcknowledgement", failure(order))
            await seller.feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", body, XML)
        elif order["fate"]["buyer_asks_cancel"]:
            continue
        elif not order["easy_ship"]:
            await seller.confirm(order)
        elif order["schedule"] is None:
            row = {"amazonOrderId": order["order_id"]}
            wanted = {
                "marketplaceId": MARKETPLACE,
                "labelFormat": "PDF",
                "orderScheduleDetailsList": [row],
            }
            await seller.good("POST", "/easyShip/2022-03-23/packages/bulk", wanted)


async def test_traffic_is_finished_when_the_sellers_do_their_part(
    directory: Path, aws: Aws
) -> None:
    bucket = "traffic-documents"
    place = {"LocationConstraint": "eu-west-1"}
    aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    accounts = accounts_file(directory, 2, document_bucket=bucket)
    sandbox = await Sandbox.start(
        directory / "data", accounts, "--time-scale", "1000", "--aws-endpoint", aws.url,
        "--knob", "token_life_s=3600000",
    )  # fmt: skip
    try:
        sellers = [Seller(sandbox, place) for place in range(2)]
        queue = await aws.queue()
        for seller in sellers:
            assert (await seller.subscribe(queue, "ORDER_CHANGE")).status == 200
        plan = {
            "orders": 60,
            "per_second": 40,
            "lost_hook_share": 0.2,
            "share_refused": 0.1,
            **FAST,
        }
        await sandbox.operate("POST", "/traffic", plan)

        async def finished() -> Any:
            for seller in sellers:
                await serve(seller)
            progress = await sandbox.operate("GET", "/traffic")
            return progress if not progress["plans"][0]["documentsDue"] else None

        progress = await eventually(finished, 40)
        assert (progress["finished"], progress["open"]) == (60, 0)
        assert progress["cancelled"] > 0
        assert progress["returned"] > 0

        async def documented() -> bool:
            ledgers = [await seller.ledger() for seller in sellers]
            return all({each["kind"] for each in one["documents"]} == KINDS for one in ledgers)

        await eventually(documented)
        for seller in sellers:
            _check(await seller.ledger())
        assert (
            len({*(await seller.ledger())["orders"]} & {*(await sellers[0].ledger())["orders"]})
            > 20
        )
        await _check_notifications(sellers, queue)
        _check_expectation(await sandbox.operate("GET", "/ledger"))
    finally:
        await sandbox.stop()


def _check_expectation(ledger: Any) -> None:
    """The judge's reading of the ledger, by figures of its own."""
    names = {seller: f"account {seller}" for seller in sellers_of(ledger)}
    expected = expectation(ledger, names)
    assert len(expected.orders) == 60 == sum(sellers_of(ledger).values())
    assert expected.throttled_calls == 0
    assert all(order.finished for order in expected.orders.values())
    for (account, order_id), order in expected.orders.items():
        told = ledger["accounts"][account.removeprefix("account ")]["orders"][order_id]
        extra = sum(Decimal(x["shipping"]) + Decimal(x["codFee"]) for x in told["lines"])
        assert order.payable == order.sum_of("payable") + extra
    states = Counter(order.state for order in expected.orders.values())
    assert set(states) == {"shipped", "delivered", "cancelled"}
    parcels = [parcel for order in expected.orders.values() for parcel in order.parcels]
    # A refused one is no return: the seller learns of those by reports.
    assert "delivery_failed" in {parcel.state for parcel in parcels}
    for_information = {order.for_information for order in expected.orders.values()}
    assert for_information == {True, False}
    acts = {write.what for order in expected.orders.values() for write in order.writes}
    assert acts == {"ship", "ready", "cancel_lines"}


def _check(ledger: Any) -> None:
    orders = list(ledger["orders"].values())
    kinds = Counter((order["channel"], order["easyShip"]) for order in orders)
    assert set(kinds) == {("AFN", False), ("MFN", False), ("MFN", True)}
    assert {order["outcome"] for order in orders} <= {"delivered", "cancelled", "returned"}
    for order in orders:
        total = sum((Decimal(line["total"]) for line in order["lines"]), Decimal(0))
        assert Decimal(order["total"]) == total
        statuses = [step["status"] for step in order["history"]]
        assert len(statuses) == len(set(statuses))
        for line in order["lines"]:
            assert line["shipped"] + line["cancelled"] == line["quantity"]
    [settlement] = [each for each in ledger["documents"] if "settlementId" in each]
    assert Decimal(settlement["sum"]) == Decimal(settlement["stated"])
    assert all(calls["throttled"] == 0 for calls in ledger["calls"].values())


async def _check_notifications(sellers: list[Seller], queue: Queue) -> None:
    async def quiet() -> Any:
        counts = [(await seller.ledger())["notifications"] for seller in sellers]
        return counts if not any(each["pending"] for each in counts) else None

    counts = await eventually(quiet, 20)
    sent = sum(each["delivered"] + each["duplicated"] for each in counts)
    for each in counts:
        assert each["lost"] >= each["events"] * 0.15
        assert each["delivered"] == each["events"] - each["lost"]
        assert each["duplicated"] > 0
        assert each["undeliverable"] == 0
    await queue.has(lambda bodies: len(bodies) == sent, 20)


async def test_the_demonstration_is_what_the_sandbox_takes(directory: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.amazon.demo", "--port", "8109"),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    said = json.loads(out)
    accounts = directory / "accounts.json"
    accounts.write_text(json.dumps(said["sellers"]))
    sandbox = await Sandbox.start(directory / "data", accounts)
    try:
        health = await sandbox.operate("GET", "/health")
        assert health["sellers"] == sorted(each["seller"] for each in said["accounts"])
        for account in said["accounts"]:
            options = account["options"]
            answer = await sandbox.token(
                grant_type="refresh_token",
                refresh_token=options["refresh_token"],
                client_id=options["client_id"],
                client_secret=options["client_secret"],
            )
            assert (answer.status, answer.json["expires_in"]) == (200, 3600)
        skus = {product["sku"] for each in said["sellers"] for product in each["catalog"]}
        assert skus == {each["channel_sku"] for each in said["listings"]}
        for plan in said["plans"].values():
            await sandbox.operate("POST", "/traffic", {"orders": 1, **plan})
    finally:
        await sandbox.stop()
