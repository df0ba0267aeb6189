"""A running sandbox and its sellers."""

import asyncio
import gzip
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp

from tests.sandbox.amazon.aws import Queue
from tests.sandbox.amazon.models import check_answer, check_request, rated
from tests.sandbox.amazon.waiting import eventually

MARKETPLACE = "A17E79C6D8DWNP"
APPLICATION = "amzn1.sp.solution.test"
AGENT = "SoukTest/1.0 (Language=Python/3.11; Platform=Linux)"
CATALOG = [
    {
        "sku": "SKU-1",
        "asin": "B000000001",
        "title": "Kettle",
        "price": "115.00",
        "fba_quantity": 50,
    },
    {"sku": "SKU-2", "asin": "B000000002", "title": "محمصة خبز", "price": "57.50"},
    {"sku": "SKU-3", "asin": "B000000003", "title": "Lamp", "price": "23.45", "fba_quantity": 9},
]


def seller_id(place: int) -> str:
    return f"A2KSATEST{place:05d}"


def accounts_file(directory: Path, count: int, **more: object) -> Path:
    """Writes an accounts file; all sellers have authorised one application."""
    rows = [
        {
            "seller_id": seller_id(place),
            "store_name": "متجر سوق",
            "application_id": APPLICATION,
            "client_id": "client",
            "client_secret": "secret",
            "refresh_token": f"Atzr|{place}",
            "document_bucket": "documents",
            "document_prefix": f"amazon/{place}/",
            "catalog": CATALOG,
            **more,
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
    body: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body, parse_float=Decimal) if self.body else None

    @property
    def code(self) -> str:
        return str(self.json["errors"][0]["code"])


@dataclass
class Sandbox:
    """The program in a process of its own."""

    process: asyncio.subprocess.Process
    port: int
    session: aiohttp.ClientSession

    @classmethod
    async def start(cls, data: Path, accounts: Path, *arguments: str) -> Self:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox.amazon"),
            *("--data", str(data), "--accounts", str(accounts), *arguments),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
        assert said["event"] == "listening"
        session = aiohttp.ClientSession(auto_decompress=False)
        return cls(process, said["port"], session)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def stop(self, hard: bool = False) -> None:
        await self.session.close()
        self.process.kill() if hard else self.process.terminate()
        await asyncio.wait_for(self.process.wait(), 15)

    async def send(self, method: str, path: str, **options: Any) -> Answer:
        url = path if path.startswith("http") else self.url + path
        async with self.session.request(method, url, **options) as answer:
            return Answer(answer.status, await answer.read(), answer.headers)

    async def operate(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        data = None if body is None else json.dumps(body, default=str)
        answer = await self.send(method, f"/_sandbox{path}", data=data)
        assert answer.status == status, answer.text
        return answer.json

    async def knobs(self, **values: object) -> None:
        await self.operate("POST", "/knobs", values)

    async def token(self, **form: str) -> Answer:
        """A token of Login with Amazon."""
        merged = {"client_id": "client", "client_secret": "secret", **form}
        return await self.send("POST", "/auth/o2/token", data=merged)


@dataclass
class Seller:
    """One account, as its own client; every answer is held against Amazon's models."""

    sandbox: Sandbox
    place: int
    _token: str = ""
    _grantless: str = ""

    @property
    def id(self) -> str:
        return seller_id(self.place)

    async def token(self) -> str:
        if not self._token:
            answer = await self.sandbox.token(
                grant_type="refresh_token", refresh_token=f"Atzr|{self.place}"
            )
            assert answer.status == 200, answer.text
            self._token = answer.json["access_token"]
        return self._token

    async def grantless(self) -> str:
        if not self._grantless:
            answer = await self.sandbox.token(
                grant_type="client_credentials", scope="sellingpartnerapi::notifications"
            )
            self._grantless = answer.json["access_token"]
        return self._grantless

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        token: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        **params: Any,
    ) -> Answer:
        """Calls the API; a header of None is left out."""
        merged = {
            "x-amz-access-token": token if token is not None else await self.token(),
            "User-Agent": AGENT,
            **(headers or {}),
        }
        sent = {name: value for name, value in merged.items() if value is not None}
        skip = [] if "User-Agent" in sent else ["User-Agent"]
        options: dict[str, Any] = {"headers": sent, "skip_auto_headers": skip}
        options["params"] = {name: str(value) for name, value in params.items()}
        if body is not None:
            options["data"] = json.dumps(body, default=float)
            sent.setdefault("Content-Type", "application/json")
        answer = await self.sandbox.send(method, path, **options)
        if answer.headers.get("Content-Type", "").startswith("application/json"):
            check_answer(method, path, answer.status, answer.json)
            shown = "x-amzn-RateLimit-Limit" in answer.headers
            assert not shown or rated(method, path, answer.status)
            assert "x-amzn-RequestId" in answer.headers
        if answer.status < 300 and body is not None:
            check_request(method, path, json.loads(options["data"]))
        return answer

    async def good(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        answer = await self.call(method, path, body, **more)
        assert answer.status in (200, 201, 202, 204), f"{answer.status} {answer.text}"
        return answer.json

    async def order(self, **asked: object) -> Any:
        """Has one order placed; nothing moves it but the test."""
        body = {"seller": self.id, "carrier": False, **asked}
        return await self.sandbox.operate("POST", "/orders", body)

    async def operate(self, order: Any, action: str, **body: object) -> Any:
        path = f"/orders/{self.id}/{order['order_id']}/{action}"
        return await self.sandbox.operate("POST", path, body)

    async def real(self, order: Any) -> Any:
        return await self.sandbox.operate("GET", f"/orders/{self.id}/{order['order_id']}")

    async def read(self, order: Any, included: str = "PROCEEDS,FULFILLMENT") -> Any:
        """Reads an order as soon as it can be seen."""

        async def look() -> Any:
            path = f"/orders/2026-01-01/orders/{order['order_id']}"
            answer = await self.call("GET", path, includedData=included)
            return answer.json["order"] if answer.status == 200 else None

        return await eventually(look)

    async def confirm(self, order: Any, reference: str = "1", **detail: object) -> Answer:
        items = [
            {"orderItemId": item["item_id"], "quantity": item["quantity"]}
            for item in order["items"]
        ]
        body = {
            "marketplaceId": MARKETPLACE,
            "packageDetail": {
                "packageReferenceId": reference,
                "carrierCode": "Other",
                "carrierName": "SMSA",
                "shippingMethod": "Standard",
                "trackingNumber": "T1",
                "shipDate": "2026-11-24T12:00:00.000Z",
                "orderItems": items,
                **detail,
            },
        }
        path = f"/orders/v0/orders/{order['order_id']}/shipmentConfirmation"
        return await self.call("POST", path, body)

    async def subscribe(self, queue: Queue, kind: str, version: str = "1.0", **more: Any) -> Answer:
        grantless = await self.grantless()
        path = "/notifications/v1/destinations"
        known = await self.good("GET", path, token=grantless)
        found = [each for each in known["payload"] if each["resource"]["sqs"]["arn"] == queue.arn]
        if not found:
            body = {"name": "q", "resourceSpecification": {"sqs": {"arn": queue.arn}}}
            found = [(await self.good("POST", path, body, token=grantless))["payload"]]
        wanted = {"payloadVersion": version, "destinationId": found[0]["destinationId"], **more}
        return await self.call("POST", f"/notifications/v1/subscriptions/{kind}", wanted)

    async def report(self, kind: str, **more: object) -> Any:
        """Asks for a report and waits until it has ended."""
        body = {"reportType": kind, "marketplaceIds": [MARKETPLACE], **more}
        made = await self.good("POST", "/reports/2021-06-30/reports", body)

        async def ended() -> Any:
            path = f"/reports/2021-06-30/reports/{made['reportId']}"
            report = await self.good("GET", path)
            return report if report["processingStatus"] in ("DONE", "FATAL", "CANCELLED") else None

        return await eventually(ended)

    async def download(self, path: str, **params: Any) -> bytes:
        """The bytes behind a document of a report or feed, uncompressed where it is flagged."""
        document = await self.good("GET", path, **params)
        parts = urlsplit(document["url"])
        answer = await self.sandbox.send("GET", f"{parts.path}?{parts.query}")
        assert answer.status == 200, answer.text
        flagged = document.get("compressionAlgorithm") == "GZIP"
        return gzip.decompress(answer.body) if flagged else answer.body

    async def feed(self, kind: str, body: bytes, content_type: str) -> Any:
        """Uploads and sends a feed, and waits until it has ended."""
        made = await self.good("POST", "/feeds/2021-06-30/documents", {"contentType": content_type})
        put = await self.sandbox.send(
            "PUT", made["url"], data=body, headers={"Content-Type": content_type}
        )
        assert put.status == 200, put.text
        wanted = {
            "feedType": kind,
            "marketplaceIds": [MARKETPLACE],
            "inputFeedDocumentId": made["feedDocumentId"],
        }
        feed_id = (await self.good("POST", "/feeds/2021-06-30/feeds", wanted))["feedId"]

        async def ended() -> Any:
            feed = await self.good("GET", f"/feeds/2021-06-30/feeds/{feed_id}")
            return feed if feed["processingStatus"] in ("DONE", "FATAL", "CANCELLED") else None

        return await eventually(ended)

    async def ledger(self) -> Any:
        report = await self.sandbox.operate("GET", f"/ledger?seller={self.id}")
        return report["accounts"][self.id]

    async def fault(self, kind: str, operation: str | None = None, **more: object) -> None:
        fault = {"seller": self.id, "kind": kind, "operation": operation, **more}
        await self.sandbox.operate("POST", "/faults", [fault])
