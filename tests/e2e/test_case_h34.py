"""H34: two first writes. Sixteen writers bring one new order at the same instant.

Half of them are hooks, half are the messages of polls, with four dispatchers side by side; of each
half some know the order in a newer version than the others. One row must come of it, one set of
lines, one workflow, one `order.received`, one call of each kind at the marketplace.
"""

import asyncio
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from azure.servicebus import ServiceBusMessage
from temporalio.client import WorkflowExecution

from canonical.identity import OrderRef
from store import InboxState
from tests.e2e.bad_input.edges import client_of
from tests.e2e.test_stuck_orders import order, temporal
from tests.fixtures.command import ROOT
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.settings import CONFIG_VARIABLE
from workers.stack.http import call

ACCOUNT = "riyadh"
WRITERS = 16
AT_ONCE = 5
"""Orders whose writers write at the same time."""
FEW, MANY = 5, 200

_numbers = itertools.count(10_603_400_001)


@asynccontextmanager
async def dispatcher(platform: Held) -> AsyncIterator[None]:
    """One more process that takes from the same queues."""
    settings = {CONFIG_VARIABLE: str(platform.stack.folder.settings), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workers.cli", "bridge", "--only", "dispatcher",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **settings},
        cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        while b'"listening"' not in (line := await process.stdout.readline()):
            assert line, "the dispatcher ended by itself"
        yield
        assert process.returncode is None, "the dispatcher ended by itself"
    finally:
        process.terminate()
        await asyncio.wait_for(process.communicate(), 20)


@pytest_asyncio.fixture(scope="module")
async def dispatchers(platform: Held) -> AsyncIterator[None]:
    async with dispatcher(platform), dispatcher(platform), dispatcher(platform):
        yield


class Round:
    """One new order, and all who bring it."""

    def __init__(self, platform: Held) -> None:
        self.platform = platform
        self.ref = OrderRef(channel=CHANNEL, account=ACCOUNT, order_id=str(next(_numbers)))
        account = next(x for x in platform.channel.accounts if x.account == ACCOUNT)
        self.seller, self.key = account.seller, account.options["webhook_key"]

    async def placed(self) -> tuple[bytes, bytes]:
        """The order stands at the marketplace; gives its package, and the same a moment later."""
        operator = self.platform.channel.operator_url
        asked = {"seller": self.seller, "package": {"orderNumber": self.ref.order_id}}
        package: dict[str, Any] = await call("POST", f"{operator}/orders", asked)
        later = package | {"lastModifiedDate": package["lastModifiedDate"] + 1}
        return json.dumps(package).encode(), json.dumps(later).encode()

    def message(self, body: bytes) -> ServiceBusMessage:
        """As a poll sends it."""
        return ServiceBusMessage(
            body,
            application_properties={
                "channel": CHANNEL,
                "account": ACCOUNT,
                "source": "poll",
                "received_at": datetime.now(UTC).isoformat(),
            },
        )

    async def judge(self) -> None:
        """By the table, the log, Temporal, the internal system's book and the marketplace."""
        ref, store = self.ref, self.platform.store
        await order(self.platform, ACCOUNT, ref.order_id, state="delivered", attention=None)
        rows = await store.orders.find(channel=CHANNEL, account=ACCOUNT, order_id=ref.order_id)
        assert [row.ref for row in rows] == [ref]
        kept = await store.orders.load(ref)
        assert kept is not None
        assert (len(kept.order.lines), len(kept.order.parcels)) == (1, 1)

        log = await store.inbox.log(ref)
        assert len({x.event_id for x in log}) == len(log)
        assert {x.state for x in log} <= {InboxState.APPLIED, InboxState.SUPERSEDED}
        created = [x for x in log if ":Created:" in x.event_id]
        assert len(created) == 2
        assert sum(x.deliveries for x in created) >= WRITERS

        url = f"{self.platform.stack.addresses.erp}/book"
        book = await call("GET", f"{url}?account={ACCOUNT}&order_id={ref.order_id}")
        (booked,) = book["orders"]
        received = [x for x in booked["events"] if x["kind"] == "order.received"]
        assert [x["deliveries"] for x in received] == [1]
        assert len(booked["reservations"]) == 1

        client = await temporal(self.platform)
        query = f'WorkflowId = "{ref.workflow_id}"'

        # Late news of an order that has ended opens one more run; two must never run side by side.

        async def listed() -> list[WorkflowExecution] | None:
            return [run async for run in client.list_workflows(query)] or None

        runs = sorted(await eventually(listed), key=lambda run: run.start_time)
        for earlier, later in itertools.pairwise(runs):
            assert earlier.close_time and earlier.close_time <= later.start_time

        operator = self.platform.channel.operator_url
        ledger = await call("GET", f"{operator}/ledger?order={ref.order_id}")
        writes = {
            write["what"]: (write["applied"], write["repeated"], write["refused"])
            for write in ledger["accounts"][self.seller]["writes"]
            if write["orderNumber"] == ref.order_id
        }
        assert writes == dict.fromkeys(writes, (1, 0, 0))
        assert len(writes) == 2, "accepted, and made ready"


async def rounds(platform: Held, count: int) -> None:
    """So many orders, some at a time, each by sixteen writers at once."""
    operator = platform.channel.operator_url
    client = client_of(platform)
    async with client, client.get_queue_sender(f"{CHANNEL}-inbound") as sender:
        for _ in range(count // AT_ONCE):
            together = [Round(platform) for _ in range(AT_ONCE)]
            await call("POST", f"{operator}/knobs", {"hook_lost_share": 1.0})
            bodies = [await each.placed() for each in together]
            await call("POST", f"{operator}/knobs", {"hook_lost_share": 0.0})
            url = f"{platform.stack.addresses.receiver}/webhooks/{CHANNEL}/{ACCOUNT}"
            async with ClientSession(headers={"x-api-key": together[0].key}) as http:

                async def hook(body: bytes, http: ClientSession = http, url: str = url) -> None:
                    async with http.post(url, data=body) as answer:
                        assert answer.status == 200

                versions = list(zip(together, bodies, strict=True))
                half = WRITERS // 2
                hooks = [hook(pair[n % 2]) for n in range(half) for _, pair in versions]
                polled = [one.message(pair[n % 2]) for n in range(half) for one, pair in versions]
                await asyncio.gather(sender.send_messages(polled), *hooks)
            for each in together:
                await each.judge()


@pytest.mark.usefixtures("dispatchers")
@pytest.mark.timeout(120)
async def test_h34_sixteen_writers_of_one_new_order_make_one(platform: Held) -> None:
    await rounds(platform, FEW)


@pytest.mark.slow
@pytest.mark.usefixtures("dispatchers")
@pytest.mark.timeout(1800)
async def test_h34_two_hundred_times(platform: Held) -> None:
    await rounds(platform, MANY)
