"""The common half of small stand-ins, by the toy marketplace that stands on it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.stall.expectation import expectation, sellers
from tests.fixtures.stand_in import StandIn, standing_in
from tests.fixtures.waiting import eventually

MODULE = "tests.conformance.toy.sandbox"
SELLER = "1001"
KEY = {"X-Api-Key": "demo-key-riyadh"}


class Listener:
    """A receiver of webhooks that answers as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.bodies: list[dict[str, Any]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        return web.Response(status=self.status)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield listener
    await runner.cleanup()


async def api(market: StandIn, method: str, path: str, body: object, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else KEY
    url = f"{market.address}/api{path}"
    async with market.session.request(method, url, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def logged_in(market: StandIn) -> str:
    status, answer = await api(market, "POST", "/login", {})
    assert status == 200
    return str(answer["access"])


async def subscribed(market: StandIn, url: str) -> str:
    token = await logged_in(market)
    status, _ = await api(market, "PUT", "/webhooks", {"url": url}, token)
    assert status == 200
    return token


async def test_every_event_is_told_and_the_counts_add_up(
    tmp_path: Path, listener: Listener
) -> None:
    async with standing_in(MODULE, tmp_path) as market:
        await subscribed(market, listener.url)
        shares = {"duplicate_share": 0.5, "reorder_share": 0.3, "lost_hook_share": 0.1}
        plan = {"orders": 40, "per_second": 100.0, "sellers": [SELLER], **shares}
        await market.operate("POST", "/traffic", plan)

        async def all_told() -> dict[str, int] | None:
            account = (await market.operate("GET", "/ledger"))["accounts"][SELLER]
            hooks: dict[str, int] = account["hooks"]
            steps = sum(len(order["history"]) for order in account["orders"].values())
            told = hooks["delivered"] + hooks["lost"] == hooks["events"] == steps
            placed = len(account["orders"]) == 40
            return hooks if placed and told and not hooks["pending"] else None

        hooks = await eventually(all_told)
    assert hooks["lost"] > 0 and hooks["duplicated"] > 0 and hooks["reordered"] > 0
    assert len(listener.bodies) == hooks["delivered"] + hooks["duplicated"]
    heard = Counter((x["number"], x["revision"]) for x in listener.bodies)
    assert len(heard) == hooks["delivered"]
    assert max(heard.values()) == 2


async def test_a_webhook_that_answers_badly_is_tried_again_then_switched_off(
    tmp_path: Path, listener: Listener
) -> None:
    knobs = ("--knob", "hook_retry_s=0.05", "--knob", "hook_failures_to_passive=3")
    async with standing_in(MODULE, tmp_path, *knobs) as market:
        await subscribed(market, listener.url)
        listener.status = 500
        await market.operate("POST", "/orders", {"seller": SELLER})

        async def passive() -> bool | None:
            (hook,) = await market.operate("GET", "/webhooks")
            return True if hook["status"] == "PASSIVE" else None

        await eventually(passive)
        await market.operate("POST", "/orders", {"seller": SELLER})
        account = (await market.operate("GET", "/ledger"))["accounts"][SELLER]
    assert len(listener.bodies) == 3
    assert account["hooks"]["lostPassive"] == 2
    assert account["hooks"]["passivations"] == 1


async def test_a_delivery_on_its_way_outlives_a_kill(tmp_path: Path, listener: Listener) -> None:
    async with standing_in(MODULE, tmp_path, "--knob", "hook_retry_s=0.5") as market:
        await subscribed(market, listener.url)
        listener.status = 500
        placed = await market.operate("POST", "/orders", {"seller": SELLER})

        async def refused() -> bool | None:
            counts = (await market.operate("GET", "/ledger"))["accounts"][SELLER]["hooks"]
            return True if counts["failed"] else None

        await eventually(refused)
        await market.kill()
    listener.status = 200
    before = len(listener.bodies)
    async with standing_in(MODULE, tmp_path):

        async def taken() -> bool | None:
            return True if len(listener.bodies) > before else None

        await eventually(taken)
    assert str(listener.bodies[-1]["number"]) == placed["number"]


@pytest.mark.parametrize(("kind", "applied"), [("cut_before_commit", 0), ("cut_after_commit", 1)])
async def test_a_cut_call_is_done_or_undone_as_the_fault_says(
    tmp_path: Path, kind: str, applied: int
) -> None:
    async with standing_in(MODULE, tmp_path) as market:
        token = await logged_in(market)
        number = (await market.operate("POST", "/orders", {"seller": SELLER}))["number"]
        await market.operate("POST", "/faults", {"operation": "accept", "kind": kind})
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await api(market, "POST", f"/orders/{number}/accept", {}, token)
        (account,) = (await market.operate("GET", f"/ledger?seller={SELLER}"))["accounts"].values()
    assert sum(write["applied"] for write in account["writes"]) == applied


async def test_the_ledger_reads_as_what_the_judge_expects(tmp_path: Path) -> None:
    async with standing_in(MODULE, tmp_path) as market:
        token = await logged_in(market)
        items = [{"sku": "DALLAH-800", "quantity": 3, "unit_price": 1000, "discount": 100}]
        placed = await market.operate("POST", "/orders", {"seller": SELLER, "items": items})
        number, item = placed["number"], placed["items"][0]["item_id"]
        await api(market, "POST", f"/orders/{number}/accept", {}, token)
        await api(market, "POST", f"/orders/{number}/cancel", {"units": {item: 1}}, token)
        ship = {"carrier": "Aramex", "tracking": "1"}
        status, _ = await api(market, "POST", f"/orders/{number}/ship", ship, token)
        assert status == 200
        ledger = await market.operate("GET", "/ledger")
    assert sellers(ledger)[SELLER] == 1
    expected = expectation("toy", ledger, {SELLER: "riyadh"}).orders["riyadh", number]
    (line,) = expected.lines
    assert (line.ordered, line.cancelled, line.shipped) == (3, 1, 2)
    assert (str(expected.payable), str(line.vat), expected.state) == ("29", "3.78", "shipped")
    assert {w.what: w.applied for w in expected.writes} == {"accept": 1, "cancel": 1, "ship": 1}


async def test_a_call_too_many_is_throttled_and_a_wait_is_named(tmp_path: Path) -> None:
    quotas = ("--knob", 'quotas={"order": [[2, 5]]}')
    async with standing_in(MODULE, tmp_path, *quotas) as market:
        token = await logged_in(market)
        url = f"{market.address}/api/orders/1"
        headers = {"Authorization": f"Bearer {token}"}

        async def ask() -> tuple[int, str | None]:
            async with market.session.get(url, headers=headers) as answer:
                return answer.status, answer.headers.get("Retry-After")

        answers = sorted(await asyncio.gather(*(ask() for _ in range(3))))
    assert [status for status, _ in answers] == [404, 404, 429]
    assert answers[-1][1] in ("4", "5")
