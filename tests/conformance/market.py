"""A channel's sandbox as a running program, and its operator's surface."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from channels.registry import Row
from sandbox.conformance.surface import ROOT as SURFACE
from sandbox.conformance.words import (
    Change,
    Credentials,
    Fault,
    HookMode,
    HookSend,
    Ledger,
    Owner,
    Place,
    Settings,
    Told,
)
from tests.conformance.rows import package_of
from tests.fixtures.command import ROOT
from tests.fixtures.stand_in import demo_of

STARTS_WITHIN_S = 20.0
TIME_SCALE = "300"
"""So many times faster than real are the marketplace's own long waits."""


class OperatorError(Exception):
    """The sandbox would not do what was asked of it: no demand on the channel."""


class Market:
    """The operator's side."""

    def __init__(self, row: Row, port: int, demo: Any, session: aiohttp.ClientSession) -> None:
        self.row = row
        self.accounts: list[dict[str, Any]] = demo["accounts"]
        self._url = f"http://127.0.0.1:{port}{SURFACE}"
        self._session = session

    async def reset(self) -> None:
        await self._asked("POST", "/reset")

    async def place(self, seller: str, **given: Any) -> Told:
        asked = Place(seller=seller, **given)
        return Told.model_validate(await self._asked("POST", "/orders", asked))

    async def change(self, seller: str, order_id: str, **given: Any) -> Told:
        path = f"/orders/{seller}/{order_id}"
        return Told.model_validate(await self._asked("POST", path, Change(**given)))

    async def told(self, seller: str, order_id: str) -> Told:
        return Told.model_validate(await self._asked("GET", f"/orders/{seller}/{order_id}"))

    async def fault(self, **given: Any) -> None:
        await self._asked("POST", "/faults", Fault(**given))

    async def credentials(self, **given: Any) -> None:
        await self._asked("POST", "/credentials", Credentials(**given))

    async def hooks(self, **given: Any) -> None:
        await self._asked("POST", "/hooks", HookMode(**given))

    async def send_hook(self, **given: Any) -> None:
        await self._asked("POST", "/hooks/send", HookSend(**given))

    async def hooks_off(self, seller: str) -> None:
        await self._asked("POST", "/hooks/off", Owner(seller=seller))

    async def settings(self, **given: Any) -> None:
        await self._asked("POST", "/settings", Settings(**given))

    async def ledger(self, seller: str) -> Ledger:
        return Ledger.model_validate(await self._asked("GET", f"/ledger/{seller}"))

    async def _asked(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else body.model_dump_json()
        async with self._session.request(method, self._url + path, data=data) as answer:
            text = await answer.text()
            if not answer.ok:
                raise OperatorError(f"{self.row.sandbox}: {method} {path}: {answer.status} {text}")
            return json.loads(text)


@asynccontextmanager
async def market_of(row: Row, folder: Path) -> AsyncIterator[Market]:
    """Runs the row's sandbox with the sellers of its demo; `folder` keeps its data."""
    sellers = (await demo_of(row.sandbox))["sellers"]
    accounts = folder / "accounts.json"
    accounts.write_text(json.dumps(sellers), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", row.sandbox, "--port", "0", "--data", str(folder / "data"),
        "--accounts", str(accounts), "--time-scale", TIME_SCALE,
        stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), STARTS_WITHIN_S))
        demo = await _demo(row, said["port"])
        timeout = aiohttp.ClientTimeout(total=20)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield Market(row, said["port"], _paced(row, demo), session)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def _paced(row: Row, demo: Any) -> Any:
    """Where an account's waits follow the sandbox's clock, they do so here as well."""
    if "time_scale" in package_of(row).AccountOptions.model_fields:
        for account in demo["accounts"]:
            account["options"]["time_scale"] = float(TIME_SCALE)
    return demo


async def _demo(row: Row, port: int) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"{row.sandbox}.demo", "--port", str(port),
        stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    out, _ = await process.communicate()
    return json.loads(out)
