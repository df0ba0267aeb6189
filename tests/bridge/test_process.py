import asyncio
import json
import os
import signal
from typing import Any

import pytest
from aiohttp import ClientSession
from temporalio.client import Client

from bridge.bus import ServiceBus
from bridge.process import BridgeOptions, run
from store import Store
from tests.bridge.marketplaces import ACCOUNT, KEY, account, hook
from tests.bridge.running import OPTIONS, until, until_so
from tests.sandbox.servicebus.program import Program

MARKET = "market0"


async def test_it_listens_works_and_stops_as_it_is_told(
    broker: Program, store: Store, temporal: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    bus = ServiceBus.connect(broker.connection_string())
    process = asyncio.create_task(
        run(
            {"receiver", "dispatcher"},
            BridgeOptions(dispatcher=OPTIONS),
            bus=bus,
            store=store,
            channels={(MARKET, ACCOUNT): account(MARKET)},
            client=temporal,
        )
    )
    said: list[str] = []

    def ready() -> bool:
        said.extend(x for x in capsys.readouterr().out.splitlines() if x.startswith("{"))
        assert not process.done(), process.exception()
        return bool(said)

    await until(ready)
    listening = json.loads(said[0])
    assert listening["event"] == "listening"
    hooks, health = (f"http://127.0.0.1:{listening[x]}" for x in ("port", "health_port"))
    async with ClientSession() as http:

        async def metrics() -> dict[str, Any]:
            async with http.get(f"{health}/metrics") as answer:
                figures: dict[str, Any] = await answer.json()
                return figures

        async def handed_over() -> bool:
            return bool((await metrics())["queues"][f"{MARKET}-inbound"]["handed_over"] == 1)

        url = f"{hooks}/webhooks/{MARKET}/{ACCOUNT}"
        async with http.post(url, data=hook(900), headers={"x-api-key": KEY}) as answer:
            assert answer.status == 200
        await until_so(handed_over)
        async with http.get(f"{health}/health") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "why": ""})
        assert (await metrics())["breaker"] == {"open": False, "openings": 0, "why": ""}

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(process, 15)
