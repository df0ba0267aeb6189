"""The judge as it is run: exit codes, JSON and table, and the real ledger's shape."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from aiohttp import web

from sandbox.judge.court import hold
from sandbox.judge.errors import CannotJudgeError
from sandbox.judge.options import parse
from sandbox.trendyol import expectation
from tests.sandbox.judge import case

CHANNEL = ("--channel", "trendyol")
ACCOUNTS = ("--account", "riyadh=900123", "--account", "jeddah=900124")


@dataclass
class Sides:
    """The ledger and the ERP's book over HTTP."""

    url: str = ""
    ledger: dict[str, Any] = field(default_factory=case.ledger)
    read: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/_sandbox/ledger", self._ledger)
        app.router.add_get("/book", self._book)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _ledger(self, _: web.Request) -> web.Response:
        self.read.set()
        return web.json_response(self.ledger)

    async def _book(self, _: web.Request) -> web.Response:
        return web.json_response(case.book())


@pytest.fixture
async def sides() -> AsyncIterator[Sides]:
    sides = Sides()
    runner = await sides.serve()
    yield sides
    await runner.cleanup()


async def run(*arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.judge", *CHANNEL, *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_all_is_well(database: str, sides: Sides) -> None:
    where = ("--database", database, "--ledger", f"{sides.url}/_sandbox/ledger")
    code, out, err = await run(*where, "--erp", f"{sides.url}/book", *ACCOUNTS, "--json")
    assert (code, err) == (0, "")
    verdict = json.loads(out)
    assert verdict["orders"]["finished"] == verdict["orders"]["placed"] == 5
    assert verdict["quota_floor_seconds"] == 20


async def test_not_all_is_well(database: str, sides: Sides) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE order_lines SET ordered = 9 WHERE order_pk = 4")
    await connection.close()
    where = ("--database", database, "--ledger", f"{sides.url}/_sandbox/ledger")
    code, out, _ = await run(*where, *ACCOUNTS)
    assert code == 1
    assert "orders wrong" in out
    assert "trendyol/jeddah order 1: line 11 ordered should be 1, is 9" in out.replace("\n", " ")
    assert "Not all is well." in out


async def test_waits_for_the_sides_to_come_together(database: str, sides: Sides) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE orders SET state = 'shipped' WHERE id = 1")
    where = ("--database", database, "--ledger", f"{sides.url}/_sandbox/ledger")
    judging = asyncio.create_task(run(*where, *ACCOUNTS, "--within", "20", "--json"))
    async with asyncio.timeout(15):
        await sides.read.wait()
    await connection.execute("UPDATE orders SET state = 'delivered' WHERE id = 1")
    await connection.close()
    code, out, _ = await judging
    assert (code, json.loads(out)["orders"]["wrong"]) == (0, 0)


async def test_says_why_it_cannot_judge(database: str, server: str, sides: Sides) -> None:
    ledger = ("--ledger", f"{sides.url}/_sandbox/ledger")
    runs = {
        "give": (("--database", database, *ledger, "--account", "riyadh=900123"), "900124; add"),
        "seller": (
            ("--database", database, *ledger, *ACCOUNTS, "--account", "x=1"),
            "no seller 1; check --account",
        ),
        "tables": (("--database", server, *ledger, *ACCOUNTS), "not the platform's tables"),
        "ledger": (("--database", database, "--ledger", f"{sides.url}/no"), "cannot be read"),
        "channel": (
            ("--database", database, *ledger, "--channel", "moon"),
            "ledger of sandbox.moon",
        ),
        "database": (
            ("--database", "postgresql://souk@127.0.0.1:1/x", *ledger, *ACCOUNTS),
            "the database does not answer",
        ),
    }
    for arguments, words in runs.values():
        with pytest.raises(CannotJudgeError, match=words):
            await hold(parse([*CHANNEL, *arguments]))
    arguments, words = runs["give"]
    code, out, err = await run(*arguments)
    assert (code, out) == (2, "")
    assert words in err


async def test_reads_what_the_marketplace_sandbox_writes(tmp_path: Path) -> None:
    product = {"barcode": "A", "stock_code": "S", "name": "Kettle", "price": "74.75"}
    account = {"seller_id": "900123", "api_key": "k", "api_secret": "s", "storefront": "SA"}
    accounts = tmp_path / "accounts.json"
    accounts.write_text(json.dumps([account | {"catalog": [product | {"vat_rate": 15}]}]))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.trendyol", "--port", "0", "--data", str(tmp_path / "data"),
        "--accounts", str(accounts), stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    port = json.loads(await process.stdout.readline())["port"]
    try:
        base = f"http://127.0.0.1:{port}/_sandbox"
        async with aiohttp.ClientSession() as session:
            plan = {"orders": 10, "seed": 1, "per_second": 200, "share_awaiting": 0}
            async with session.post(f"{base}/traffic", json=plan) as response:
                assert response.status == 200
            ledger = await _placed(session, base, 10)
        expected = expectation.expectation(ledger, {"900123": "riyadh"})
        assert expectation.sellers(ledger) == {"900123": 10}
        assert len(expected.orders) == 10
        for order in expected.orders.values():
            assert order.state in ("new", "cancelled")
            assert order.payable == order.sum_of("payable")
            assert order.sum_of("gross") - order.discount == order.payable
            assert [line.skus for line in order.lines] == [{"A", "S"}]
    finally:
        process.terminate()
        await process.wait()


async def _placed(session: aiohttp.ClientSession, base: str, orders: int) -> dict[str, Any]:
    async with asyncio.timeout(15):
        while True:
            async with session.get(f"{base}/ledger") as response:
                ledger: dict[str, Any] = await response.json()
            if len(ledger["accounts"]["900123"]["orders"]) == orders:
                return ledger
            await asyncio.sleep(0.02)
