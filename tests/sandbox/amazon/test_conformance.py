"""The operator's surface of docs/conformance.md: each word does what it says, seen at the API."""

import asyncio
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from tests.sandbox.amazon.aws import Queue
from tests.sandbox.amazon.harness import AGENT, MARKETPLACE, Sandbox, Seller
from tests.sandbox.amazon.test_order_reads import ago
from tests.sandbox.amazon.waiting import eventually

ORDERS = "/orders/2026-01-01/orders"


class Operator:
    def __init__(self, sandbox: Sandbox, seller: Seller) -> None:
        self.sandbox = sandbox
        self.seller = seller

    async def ask(self, path: str, expect: int = 200, **body: Any) -> Any:
        return await self.sandbox.operate("POST", f"/conformance{path}", body, expect)

    async def place(self, **asked: Any) -> Any:
        return await self.ask("/orders", seller=self.seller.id, **asked)

    async def change(self, told: Any, what: str, **more: Any) -> Any:
        return await self.ask(f"/orders/{self.seller.id}/{told['order_id']}", what=what, **more)

    async def fault(self, on: str, kind: str, **more: Any) -> None:
        await self.ask("/faults", seller=self.seller.id, on=on, kind=kind, **more)

    async def read(self, told: Any, **more: Any) -> Any:
        return await self.seller.call("GET", f"{ORDERS}/{told['order_id']}", **more)

    async def try_to_schedule(self, told: Any) -> Any:
        body = {
            "marketplaceId": MARKETPLACE,
            "labelFormat": "PDF",
            "orderScheduleDetailsList": [{"amazonOrderId": told["order_id"]}],
        }
        return await self.seller.call("POST", "/easyShip/2022-03-23/packages/bulk", body)

    async def schedule(self, told: Any) -> list[list[str]]:
        """Orders that were scheduled, and that were rejected."""
        answer = (await self.try_to_schedule(told)).json
        done = [x["scheduledPackageId"]["amazonOrderId"] for x in answer["scheduledPackages"]]
        return [done, [each["amazonOrderId"] for each in answer["rejectedOrders"]]]

    async def ledger(self) -> Any:
        return await self.sandbox.operate("GET", f"/conformance/ledger/{self.seller.id}")


@pytest.fixture
async def operator(sandbox: Sandbox, seller: Seller) -> Operator:
    operator = Operator(sandbox, seller)
    await operator.ask("/reset")
    await sandbox.knobs(token_life_s=7_200_000)
    return operator


async def test_orders_are_seen_at_once_and_told_as_they_are(operator: Operator) -> None:
    told = await operator.place(quantities=[2, 1], text="سوق 🐫 <&>")
    seen = (await operator.read(told, includedData="RECIPIENT,PROCEEDS,BUYER")).json["order"]
    assert [each["orderItemId"] for each in seen["orderItems"]] == [
        each["line_id"] for each in told["lines"]
    ]
    assert seen["proceeds"]["grandTotal"]["amount"] == told["payable"] == "287.50"
    assert seen["recipient"]["deliveryAddress"]["city"] == told["texts"]["city"] == "سوق 🐫 <&>"
    assert [each["state"] for each in told["parcels"]] == ["new"]


async def test_shapes(operator: Operator, other: Seller) -> None:
    large = await operator.place(shape="large_ids")
    assert int(large["lines"][0]["line_id"]) > 2**53
    unknown = await operator.place(shape="unknown_word")
    headers = {
        "x-amz-access-token": await operator.seller.token(),
        "User-Agent": AGENT,
    }
    raw = await operator.sandbox.send(
        "GET", f"{ORDERS}/{unknown['order_id']}?includedData=FULFILLMENT", headers=headers
    )
    assert raw.json["order"]["fulfillment"]["fulfillmentStatus"] == "AWAITING_GIFT_WRAP"
    assert unknown["parcels"][0]["state"] == "unknown"
    bare = (await operator.read(await operator.place(shape="bare"), includedData="BUYER")).json
    assert set(bare["order"]) == {
        "orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems"
    }  # fmt: skip
    dollars = await operator.place(currency="USD")
    shown = (await operator.read(dollars, includedData="PROCEEDS")).json["order"]
    assert shown["proceeds"]["grandTotal"]["currencyCode"] == "USD"
    theirs = await Operator(operator.sandbox, other).place(order_id=large["order_id"])
    assert theirs["order_id"] == large["order_id"]
    assert theirs["lines"][0]["line_id"] == large["lines"][0]["line_id"]


async def test_changes(operator: Operator) -> None:
    cancelled = await operator.change(await operator.place(), "cancel")
    assert cancelled["parcels"][0]["state"] == "cancelled"
    delivered = await operator.change(await operator.place(), "deliver")
    assert delivered["parcels"][0]["state"] == "delivered"
    scheduled = await operator.place()
    await operator.schedule(scheduled)
    delivered = await operator.change(scheduled, "deliver")
    assert delivered["parcels"][0]["state"] == "delivered"
    told = await operator.place()
    path = f"/orders/{operator.seller.id}/{told['order_id']}"
    refused = await operator.ask(path, 400, what="send_back")
    assert "returns" in refused["error"]


async def test_what_the_seller_did_is_told(operator: Operator) -> None:
    told = await operator.place()
    assert await operator.schedule(told) == [[told["order_id"]], []]
    assert await operator.schedule(told) == [[], [told["order_id"]]]
    path = f"/conformance/orders/{operator.seller.id}/{told['order_id']}"
    now = await operator.sandbox.operate("GET", path)
    assert now["acts"] == [{"action": "ready", "subject": told["order_id"], "applied": 1}]
    assert now["parcels"][0]["state"] == "ready"


async def test_faults(operator: Operator) -> None:
    told = await operator.place()
    for kind, more, status in (
        ("throttled", {"retry_after": 3}, 429),
        ("broken", {"status": 500}, 500),
        ("broken", {"status": 503, "html": True}, 503),
        ("page", {"status": 403}, 403),
        ("refused", {}, 400),
    ):
        await operator.fault("fetch", kind, after=1, **more)
        assert (await operator.read(told)).status == 200
        answer = await operator.read(told)
        assert answer.status == status
        html = answer.headers["Content-Type"].startswith("text/html")
        assert html is (kind == "page" or "html" in more)
        assert (await operator.read(told)).status == 200
        await operator.ask("/reset")
    await operator.fault("fetch", "expired")
    assert (await operator.read(told)).status == 403
    assert (await operator.read(told)).status == 403
    operator.seller._token = ""
    assert (await operator.read(told)).status == 200
    refused = await operator.ask("/faults", 400, on="act", kind="partial")
    assert "partial" in refused["error"]


async def test_the_work_may_be_done_without_a_good_answer(operator: Operator) -> None:
    for kind in ("cut_after", "broken_after", "cut_before"):
        told = await operator.place()
        await operator.fault("act", kind)
        if kind == "broken_after":
            assert (await operator.try_to_schedule(told)).status == 503
        else:
            with pytest.raises(aiohttp.ClientError):
                await operator.try_to_schedule(told)
        now = await operator.seller.real(told)
        assert (now["schedule"] is None) is (kind == "cut_before")
        await operator.ask("/reset")


async def test_faults_at_the_login(operator: Operator) -> None:
    refresh = {"grant_type": "refresh_token", "refresh_token": f"Atzr|{operator.seller.place}"}
    await operator.fault("login", "broken", status=500)
    assert (await operator.sandbox.token(**refresh)).status == 500
    assert (await operator.sandbox.token(**refresh)).status == 200
    assert (await operator.ledger())["tokens"] == 1


async def test_credentials(operator: Operator) -> None:
    told = await operator.place()
    assert (await operator.read(told)).status == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": f"Atzr|{operator.seller.place}"}
    for state, status in (("expired", 200), ("revoked", 400), ("good", 200)):
        await operator.ask("/credentials", seller=operator.seller.id, state=state)
        if state != "good":
            assert (await operator.read(told)).status == 403
        assert (await operator.sandbox.token(**refresh)).status == status


async def test_settings(operator: Operator) -> None:
    for _ in range(3):
        await operator.place()
    await operator.ask("/settings", page_size=2)
    page = await operator.seller.good("GET", ORDERS, createdAfter=ago(60))
    assert len(page["orders"]) == 2
    assert "nextToken" in page["pagination"]
    await operator.ask("/settings", clock_ahead_s=3600)
    ahead = await operator.seller.good("GET", ORDERS, createdAfter=ago(60))
    told = datetime.fromisoformat(ahead["createdBefore"])
    assert told > datetime.fromisoformat(ago(-3500))
    await operator.ask("/settings", clock_ahead_s=0, visible_after_s=0.5)
    late = await operator.place()
    assert (await operator.read(late)).status == 404
    await eventually(lambda: _seen(operator, late))


async def _seen(operator: Operator, told: Any) -> bool:
    return bool((await operator.read(told)).status == 200)


async def test_quotas_are_enforced_when_they_are_asked_for(operator: Operator) -> None:
    await operator.seller.token()
    await operator.sandbox.knobs(
        quotas={
            **(await operator.sandbox.operate("GET", "/knobs"))["quotas"],
            "orders.getOrder": [1e-6, 1],
        }
    )
    told = await operator.place()
    assert [(await operator.read(told)).status for _ in range(3)] == [200, 200, 200]
    await operator.ask("/settings", quotas=True)
    assert [(await operator.read(told)).status for _ in range(2)] == [200, 429]
    assert (await operator.ledger())["parts"]["fetch"] == {"calls": 5, "throttled": 1}


async def test_hooks(operator: Operator, queue: Queue) -> None:
    seller = operator.seller
    assert (await seller.subscribe(queue, "ORDER_CHANGE")).status == 200
    await operator.ask("/hooks", seller=seller.id, mode="lost")
    await operator.ask("/hooks", seller=seller.id, mode="twice")
    await operator.ask("/hooks", seller=seller.id, mode="swapped")
    lost, twice, first, second = [await operator.place() for _ in range(4)]
    silent = await operator.place(tell=False)
    await operator.ask("/hooks/send", seller=seller.id, body="as it stands")

    async def quiet() -> bool:
        hooks = (await operator.ledger())["hooks"]
        return bool(hooks["delivered"] == 4 and hooks["pending"] == 0)

    await eventually(quiet)
    await queue.has(lambda _: len(queue.texts) == 5)
    assert queue.orders(lost["order_id"]) == queue.orders(silent["order_id"]) == []
    assert len(queue.orders(twice["order_id"])) == 2
    ids = [
        body["Payload"]["OrderChangeNotification"]["AmazonOrderId"]
        for body in queue.bodies
        if body["Payload"]["OrderChangeNotification"]["AmazonOrderId"]
        in (first["order_id"], second["order_id"])
    ]
    assert ids == [second["order_id"], first["order_id"]]
    await operator.ask("/hooks/off", seller=seller.id)
    assert (await seller.call("GET", "/notifications/v1/subscriptions/ORDER_CHANGE")).status == 404
    await asyncio.sleep(0)
