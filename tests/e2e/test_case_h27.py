"""H27: twelve hooks within a moment, around the end of the order's workflow.

What arrives while a workflow returns must not be lost: every event stands in the log, every time.
"""

import asyncio
import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from temporalio.client import Client, WorkflowExecutionStatus

from canonical.identity import OrderRef
from canonical.states import OrderState
from channels.registry import package
from store import InboxState
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.client import connect
from workers.limiting import NoCalls
from workers.settings import TemporalSettings
from workers.stack.http import call

CASE = Path("tests/cases/H27-trendyol-burst-of-hooks.json").resolve()
ACCOUNT = "riyadh"
APART_S = 0.002
FEW, MANY = 10, 200
KILLED_DURING = 5
"""Orders that are in the middle of their hooks when the worker dies."""
SETTLED = (InboxState.APPLIED, InboxState.SUPERSEDED)

_numbers = itertools.count(10_627_000_001)


class Burst:
    """One order's twelve hooks, under a number that no run before has used."""

    def __init__(self) -> None:
        self.ref = OrderRef(channel=CHANNEL, account=ACCOUNT, order_id=str(next(_numbers)))
        packages = json.loads(CASE.read_text(encoding="utf-8"))
        renamed = {"orderNumber": self.ref.order_id, "shipmentPackageId": int(self.ref.order_id)}
        self.bodies = [json.dumps(each | renamed).encode() for each in packages]

    async def post(self, http: ClientSession, url: str, bodies: Sequence[bytes]) -> None:
        """Posts without waiting for answers, a moment apart; each must be taken."""

        async def one(body: bytes) -> None:
            async with http.post(url, data=body) as answer:
                assert answer.status == 200, await answer.text()

        async with asyncio.TaskGroup() as group:
            for body in bodies:
                group.create_task(one(body))
                await asyncio.sleep(APART_S)


async def judge(platform: Held, client: Client, burst: Burst) -> None:
    """By log, order and Temporal: all twelve, delivered, completed."""
    ref, store = burst.ref, platform.store

    async def ended() -> bool | None:
        log = await store.inbox.log(ref)
        if len(log) < len(burst.bodies) or any(row.state not in SETTLED for row in log):
            return None
        found = await client.get_workflow_handle(ref.workflow_id).describe()
        return None if found.status is WorkflowExecutionStatus.RUNNING else True

    await eventually(ended, within_s=60)
    log = await store.inbox.log(ref)
    wanted = {identified(body) for body in burst.bodies}
    assert {row.event_id for row in log} == wanted
    assert len(log) == len(wanted) == 12
    assert any(row.state is InboxState.APPLIED for row in log)
    assert (await store.orders.view(ref)).state is OrderState.DELIVERED
    described = await client.get_workflow_handle(ref.workflow_id).describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED


def identified(body: bytes) -> str:
    """The event id by which the channel knows a body."""
    market = package(CHANNEL)
    options = market.AccountOptions(seller_id="900123", api_key="-", api_secret="-")
    return market.connect(ACCOUNT, options, NoCalls(CHANNEL)).identify(body).event_id


def assert_no_handler_was_left_unfinished(platform: Held) -> None:
    log = (platform.stack.folder.root / "logs" / "worker.log").read_text(encoding="utf-8")
    assert "worker_ready" in log, "this is not the worker's log"
    assert "unfinished" not in log.lower()


@pytest.fixture
async def receiver(platform: Held, tmp_path: Path) -> tuple[str, dict[str, str]]:
    """Where the account's hooks come in, and what shows that they are genuine."""
    listings = tmp_path / "listings.csv"
    listings.write_text("channel,account,channel_sku,item_id\ntrendyol,riyadh,ERP-SKU-001,ERP-1\n")
    assert (await platform.souk("listings", "import", str(listings))).code == 0
    options: dict[str, Any] = next(
        x.options for x in platform.channel.accounts if x.account == ACCOUNT
    )
    url = f"{platform.stack.addresses.receiver}/webhooks/{CHANNEL}/{ACCOUNT}"
    return url, {"x-api-key": options["webhook_key"]}


async def runs(platform: Held, receiver: tuple[str, dict[str, str]], count: int) -> None:
    """One order after another, as each run is about the end of one workflow."""
    url, headers = receiver
    client = await connect(
        TemporalSettings(address=platform.stack.addresses.temporal), sealer=platform.stack.sealer
    )
    async with ClientSession(headers=headers) as http:
        for _ in range(count):
            burst = Burst()
            await burst.post(http, url, burst.bodies)
            await judge(platform, client, burst)
    assert_no_handler_was_left_unfinished(platform)


@pytest.fixture
async def erp_waits(platform: Held) -> Any:
    """The orders are unknown at the marketplace, so nobody may act upon them there."""
    await call("POST", f"{platform.stack.addresses.erp}/pause")
    yield
    await call("POST", f"{platform.stack.addresses.erp}/resume")


@pytest.mark.usefixtures("erp_waits")
@pytest.mark.timeout(180)
async def test_h27_twelve_hooks_in_a_burst(
    platform: Held, receiver: tuple[str, dict[str, str]]
) -> None:
    await runs(platform, receiver, FEW)


@pytest.mark.slow
@pytest.mark.usefixtures("erp_waits")
@pytest.mark.timeout(1800)
async def test_h27_two_hundred_times(platform: Held, receiver: tuple[str, dict[str, str]]) -> None:
    await runs(platform, receiver, MANY)


@pytest.mark.usefixtures("erp_waits")
@pytest.mark.timeout(180)
async def test_h27_the_worker_is_killed_in_the_middle(
    platform: Held, receiver: tuple[str, dict[str, str]]
) -> None:
    url, headers = receiver
    client = await connect(
        TemporalSettings(address=platform.stack.addresses.temporal), sealer=platform.stack.sealer
    )
    bursts = [Burst() for _ in range(KILLED_DURING)]
    async with ClientSession(headers=headers) as http:
        halves = [(b, b.bodies[:6], b.bodies[6:]) for b in bursts]
        await asyncio.gather(*(b.post(http, url, first) for b, first, _ in halves))
        began = datetime.now(UTC)
        await platform.stack.supervisor.kill("worker")
        await asyncio.gather(*(b.post(http, url, rest) for b, _, rest in halves))
    await platform.stack.supervisor.revive("worker")
    for burst in bursts:
        await judge(platform, client, burst)
    handled = [row for b in bursts for row in await platform.store.inbox.log(b.ref)]
    assert any(row.applied_at and row.applied_at > began for row in handled), "killed too late"
    assert_no_handler_was_left_unfinished(platform)
