"""A running sandbox, its sellers, and a receiver for its webhooks."""

import asyncio
import json
import sys
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web

CATALOG = [
    {"barcode": "SKU1", "stock_code": "ERP-1", "name": "Kettle 1.7 L", "price": "74.75"},
    {"barcode": "SKU2", "stock_code": "ERP-2", "name": "محمصة خبز", "price": "12.99"},
    {"barcode": "SKU3", "stock_code": "ERP-3", "name": "Lamp", "price": "249.00"},
    {
        "barcode": "SKU4",
        "stock_code": "ERP-4",
        "name": "Iron",
        "price": "199.99",
        "price_sync": True,
    },
]


def accounts_file(directory: Path, count: int) -> Path:
    """Writes an accounts file with sellers 900100, 900101, ..."""
    rows = [
        {
            "seller_id": str(900100 + place),
            "api_key": f"key{place}",
            "api_secret": f"secret{place}",
            "storefront": "SA",
            "catalog": CATALOG,
        }
        for place in range(count)
    ]
    path = directory / "accounts.json"
    path.write_text(json.dumps(rows))
    return path


@dataclass
class Answer:
    """What came back."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text, parse_float=Decimal)


@dataclass
class Sandbox:
    """The program in a process of its own."""

    process: asyncio.subprocess.Process
    port: int
    session: aiohttp.ClientSession

    @classmethod
    async def start(cls, data: Path, accounts: Path, *arguments: str) -> Self:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sandbox.trendyol",
            *("--data", str(data), "--accounts", str(accounts), *arguments),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 15)
        said = json.loads(line)
        assert said["event"] == "listening"
        return cls(process, said["port"], aiohttp.ClientSession())

    async def stop(self, hard: bool = False) -> None:
        await self.session.close()
        self.process.kill() if hard else self.process.terminate()
        await asyncio.wait_for(self.process.wait(), 10)

    async def send(self, method: str, path: str, **options: Any) -> Answer:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.session.request(method, url, **options) as answer:
            return Answer(answer.status, await answer.text(), dict(answer.headers))

    async def operate(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        data = None if body is None else json.dumps(body, default=float)
        answer = await self.send(method, f"/_sandbox{path}", data=data)
        assert answer.status == status, answer.text
        return answer.json

    async def knobs(self, **values: object) -> None:
        await self.operate("POST", "/knobs", values)


@dataclass
class Seller:
    """One account, as its own client."""

    sandbox: Sandbox
    id: str
    key: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        pair = b64encode(f"{self.key}:{self.secret}".encode()).decode()
        return {
            "Authorization": f"Basic {pair}",
            "User-Agent": f"{self.id} - SelfIntegration",
            "storeFrontCode": "SA",
        }

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str | None] | None = None,
        **params: Any,
    ) -> Answer:
        """Calls the API; S in a path stands for sellers/{id}, a header of None is left out."""
        merged = {**self.headers, **(headers or {})}
        sent = {name: value for name, value in merged.items() if value is not None}
        skip = [] if "User-Agent" in sent else ["User-Agent"]
        options: dict[str, Any] = {"headers": sent, "skip_auto_headers": skip}
        options["params"] = {name: str(value) for name, value in params.items()}
        if body is not None:
            options["data"] = json.dumps(body, default=float)
            options["headers"].setdefault("Content-Type", "application/json")
        path = path.replace("/S/", f"/sellers/{self.id}/")
        return await self.sandbox.send(method, f"/integration/{path}", **options)

    async def order(self, carrier: bool = False, **package: object) -> Any:
        """Has one order placed and gives its package."""
        body = {"seller": self.id, "package": package, "carrier": carrier}
        return await self.sandbox.operate("POST", "/orders", body)

    async def upload(
        self, path: str, parts: Mapping[str, Any], params: Mapping[str, Any] | None = None
    ) -> Answer:
        """Sends multipart/form-data; bytes become files, no parts an empty POST."""
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in parts.items():
            form.add_field(name, value, filename="f" if isinstance(value, bytes) else None)
        path = path.replace("/S/", f"/sellers/{self.id}/")
        options: dict[str, Any] = {"data": form} if parts else {}
        options["params"] = {name: str(value) for name, value in (params or {}).items()}
        return await self.sandbox.send(
            "POST", f"/integration/{path}", headers=self.headers, **options
        )

    async def fault(self, kind: str, operation: str | None = None, **more: object) -> None:
        fault = {"seller": self.id, "kind": kind, "operation": operation, **more}
        await self.sandbox.operate("POST", "/faults", [fault])

    async def set_status(self, package: Any, status: str, **params: object) -> Answer:
        lines = [
            {"lineId": line["lineId"], "quantity": line["quantity"]} for line in package["lines"]
        ]
        if status == "Invoiced":
            params.setdefault("invoiceNumber", f"INV{package['shipmentPackageId']}")
        body = {"lines": lines, "params": params, "status": status}
        return await self.call("PUT", package_path(package), body)

    async def package(self, package: Any) -> Any:
        return await self.sandbox.operate(
            "GET", f"/packages/{self.id}/{package['shipmentPackageId']}"
        )

    async def move(self, package: Any, status: str, **more: object) -> Any:
        path = f"/packages/{self.id}/{package['shipmentPackageId']}/move"
        return await self.sandbox.operate("POST", path, {"status": status, **more})

    async def ledger(self) -> Any:
        report = await self.sandbox.operate("GET", f"/ledger?seller={self.id}")
        return report["accounts"][self.id]

    async def hook(self, receiver: "Receiver", **more: object) -> str:
        body = {"url": receiver.url, "authenticationType": "API_KEY", "apiKey": "shh", **more}
        answer = await self.call("POST", "webhook/S/webhooks", body)
        assert answer.status == 200, answer.text
        return str(answer.json["id"])


async def packages_of(seller: Seller, order_number: str) -> list[Any]:
    """All packages of an order, as the operator sees them."""
    rows = await seller.sandbox.operate("GET", f"/packages/{seller.id}")
    return [row for row in rows if row["orderNumber"] == order_number]


def package_path(package: Any, action: str = "") -> str:
    return f"order/S/shipment-packages/{package['shipmentPackageId']}{action}"


@dataclass
class Receiver:
    """Takes webhooks and answers what it is told to."""

    status: int = 200
    events: list[Any] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    react: Callable[[Any], Awaitable[None]] | None = None
    url: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> Self:
        app = web.Application()
        app.router.add_post("/ty/hook", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/ty/hook"
        return self

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        text = await request.text()
        self.texts.append(text)
        self.headers.append(dict(request.headers))
        self.arrivals.append(time.monotonic())
        try:
            body = json.loads(text, parse_float=Decimal)
        except ValueError:
            return web.Response(status=self.status)
        packages = body.get("content", [body])
        self.events += packages
        if self.react is not None:
            for package in packages:
                await self.react(package)
        return web.Response(status=self.status)

    def statuses(self, package: Any) -> list[str]:
        mine = package["shipmentPackageId"]
        return [each["status"] for each in self.events if each.get("shipmentPackageId") == mine]


async def eventually(
    check: Callable[[], Any] | Callable[[], Awaitable[Any]], seconds: float = 8.0
) -> Any:
    """Waits until the check gives something true and gives that back."""
    end = time.monotonic() + seconds
    while True:
        found = check()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < end, f"not within {seconds} s"
        await asyncio.sleep(0.02)
