"""Processes and messages for the tests of the ERP stand-in."""

import asyncio
import json
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver

KEY = "not-a-secret"
SECONDS = 15.0


class Process:
    """A program that prints one line of JSON when it listens."""

    started: ClassVar[list["Process"]] = []

    def __init__(self, process: asyncio.subprocess.Process, listening: dict[str, Any]) -> None:
        self._process = process
        self.listening = listening
        self.started.append(self)

    @classmethod
    async def start(cls, folder: Path, module: str, *arguments: str) -> "Process":
        folder.mkdir(exist_ok=True)  # noqa: ASYNC240 - a test's own folder
        with (folder / "stderr.log").open("a") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *arguments,
                stdout=asyncio.subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        assert process.stdout is not None
        async with asyncio.timeout(SECONDS):
            line = await process.stdout.readline()
        assert line, (folder / "stderr.log").read_text()
        return cls(process, json.loads(line))

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """Ends it in order; returns its exit code."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SECONDS):
            return await self._process.wait()


@dataclass
class Broker:
    """A Service Bus of the tests' own."""

    folder: Path
    process: Process

    @classmethod
    async def start(cls, folder: Path, *arguments: str) -> "Broker":
        fixed = ("--data", str(folder / "data"), "--key", KEY, "--port", "0")
        return cls(folder, await Process.start(folder, "sandbox.servicebus", *fixed, *arguments))

    @property
    def port(self) -> int:
        return int(self.process.listening["port"])

    @property
    def connection_string(self) -> str:
        return (
            f"Endpoint=sb://localhost:{self.port};SharedAccessKeyName=RootManageSharedAccessKey;"
            f"SharedAccessKey={KEY};UseDevelopmentEmulator=true;"
        )

    async def lane(self, name: str, sessions: bool = False) -> "Lane":
        """A topic with a subscription, and a queue, that no other test uses."""
        lane = Lane(f"orders-{name}", f"commands-{name}")
        await self._admin("PUT", json.dumps(lane.entities(sessions)))
        return lane

    async def waiting(self, lane: "Lane") -> tuple[int, int]:
        """Messages in the ERP's subscription, and in the queue of its commands."""
        report = await self._admin("GET")
        subscription = report["subscriptions"][f"{lane.topic}/Subscriptions/erp"]
        return subscription["active"], report["queues"][lane.queue]["active"]

    async def _admin(self, method: str, content: str | None = None) -> Any:
        url = f"http://127.0.0.1:{self.process.listening['admin_port']}/entities"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, data=content) as response,
        ):
            assert response.status == 200, await response.text()
            return await response.json()


@dataclass(frozen=True)
class Lane:
    topic: str
    queue: str

    def entities(self, sessions: bool = False) -> dict[str, Any]:
        """Their declaration."""
        return {
            "queues": {self.queue: {"requires_session": sessions, "lock_duration": "PT10S"}},
            "topics": {self.topic: {"subscriptions": {"erp": {"lock_duration": "PT5S"}}}},
        }


@dataclass
class Erp:
    """A running ERP stand-in."""

    process: Process

    @classmethod
    async def start(cls, broker: Broker, lane: Lane, folder: Path, *arguments: str) -> "Erp":
        process = await Process.start(
            folder, "sandbox.erp", "--bus", broker.connection_string, "--data", str(folder),
            "--topic", lane.topic, "--commands", lane.queue, *arguments,
        )  # fmt: skip
        return cls(process)

    async def get(self, path: str) -> dict[str, Any]:
        return dict(await self._call("GET", path, None))

    async def post(self, path: str, content: Any = None, status: int = 200) -> dict[str, Any]:
        return dict(await self._call("POST", path, content, status))

    async def _call(self, method: str, path: str, content: Any, status: int = 200) -> Any:
        url = f"http://127.0.0.1:{self.process.listening['port']}{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, json=content) as response,
        ):
            assert response.status == status, await response.text()
            return await response.json()

    async def order(self, order_id: str) -> dict[str, Any]:
        """The one entry of an order in the book."""
        [entry] = (await self.get(f"/book?order_id={order_id}"))["orders"]
        return dict(entry)

    async def health_with(self, **wanted: object) -> dict[str, Any]:
        """Waits until /health says all of it, numbers at least so high."""
        deadline = time.monotonic() + SECONDS
        while True:
            health = await self.get("/health")
            if all(_reached(health[name], value) for name, value in wanted.items()):
                return health
            assert time.monotonic() < deadline, f"{wanted} not reached: {health}"
            await asyncio.sleep(0.02)


def _reached(found: Any, wanted: object) -> bool:
    if isinstance(wanted, int) and not isinstance(wanted, bool) and wanted:
        return bool(found >= wanted)
    return bool(found == wanted)


@dataclass
class Inbox:
    """Collects every command of a queue, by session, as it comes."""

    client: ServiceBusClient
    queue: str
    bodies: dict[str, list[tuple[str, bytes]]] = field(default_factory=lambda: defaultdict(list))
    """By session id: (message id, body) of every message."""

    async def run(self) -> None:
        async with self.client.get_queue_receiver(self.queue) as receiver:
            while True:
                await self._receive(receiver)

    async def _receive(self, receiver: ServiceBusReceiver) -> None:
        for message in await receiver.receive_messages(max_message_count=100, max_wait_time=1):
            body = b"".join(message.body)
            self.bodies[message.session_id or ""].append((message.message_id or "", body))
            await receiver.complete_message(message)

    def commands(self, key: str) -> dict[str, dict[str, Any]]:
        """The commands of an order by kind."""
        found = [json.loads(body) for _, body in self.bodies.get(key, ())]
        return {command["kind"]: command for command in found}

    def ids(self) -> set[str]:
        return {message_id for sent in self.bodies.values() for message_id, _ in sent}

    async def until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < deadline, f"only {len(self.ids())} commands came"
            await asyncio.sleep(0.02)


def event(kind: str, order_id: str, **given: Any) -> dict[str, Any]:
    """An event as docs/bus.md describes it; two units at 74.75 less 10.00, tax inside."""
    version = given.pop("version", 1)
    content = {
        "schema": "souk.event/1",
        "event_id": f"order:trendyol:riyadh:{order_id}/publish/{kind}",
        "kind": kind,
        "ref": {"channel": "trendyol", "account": "riyadh", "order_id": order_id},
        "state": "new",
        "order_version": version,
        "correlation_id": f"c-{order_id}",
        "occurred_at": "2026-11-24T08:40:02Z",
        "order": order(),
    }
    return content | given


def order(cancelled: int = 0) -> dict[str, Any]:
    """A canonical order, as far as an ERP reads it."""
    return {
        "currency": "SAR",
        "lines": [
            {
                "line_id": "7392373001",
                "channel_sku": "ERPSKU001",
                "item_id": "ERP-SKU-001",
                "ordered": 2,
                "cancelled": cancelled,
                "shipped": 0,
                "unit_price": money("74.75"),
                "line_gross": money("149.50"),
                "discounts": [{"funder": "seller", "amount": money("10.00")}],
                "line_payable": money("139.50"),
                "tax": {"rate": "15", "vat": money("18.20")},
            }
        ],
        "discounts": [{"funder": "marketplace", "amount": money("1.50")}],
        "charges": [{"kind": "shipping", "amount": money("11.50"), "tax": {"vat": money("1.50")}}],
    }


def money(amount: str, currency: str = "SAR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def message(content: dict[str, Any] | bytes) -> ServiceBusMessage:
    """The bus message of an event."""
    if isinstance(content, bytes):
        return ServiceBusMessage(content)
    return ServiceBusMessage(json.dumps(content).encode(), message_id=content["event_id"])


def key(order_id: str) -> str:
    return f"trendyol:riyadh:{order_id}"
