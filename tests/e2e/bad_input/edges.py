"""The public edges by which bad input comes, and where a person or the marketplace sees its end."""

import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.amqp import AmqpAnnotatedMessage

from activities.signatures.start import COMMANDS_QUEUE, inbound_queue
from bridge.bus.messages import body_bytes
from canonical.identity import OrderRef
from canonical.order import Order
from store.results import OrderSummary
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

ACCOUNT = "riyadh"
INBOUND = inbound_queue(CHANNEL)
COMMANDS = COMMANDS_QUEUE
SAMPLE = Path(__file__).parents[2] / "cases" / "H16-trendyol-webhook-body.json"
FAULTS = ('"exception"', "Traceback", "_failed")
"""What a log holds where something happened that nobody had foreseen."""
OURS = ("receiver", "dispatcher", "worker")

_numbers = itertools.count(10_601_000_001)


@dataclass(frozen=True)
class Letter:
    """A dead letter as `souk dlq list` shows it."""

    reason: str
    description: str


class Edges:
    """Sends, and waits for what becomes of it."""

    def __init__(
        self,
        platform: Held,
        http: ClientSession,
        letters: Mapping[str, ServiceBusReceiver],
        senders: Mapping[str, ServiceBusSender],
    ) -> None:
        self.platform = platform
        self._http = http
        self._letters = letters
        self._senders = senders
        self._peeked: Counter[str] = Counter()
        self._seen: dict[str, list[tuple[bytes, Letter]]] = {queue: [] for queue in letters}
        self._account = next(x for x in platform.channel.accounts if x.account == ACCOUNT)
        self.sku = next(
            x["channel_sku"] for x in platform.channel.listings if x["account"] == ACCOUNT
        )

    @property
    def url(self) -> str:
        return f"{self.platform.stack.addresses.receiver}/webhooks/{CHANNEL}/{ACCOUNT}"

    @property
    def key(self) -> str:
        return str(self._account.options["webhook_key"])

    @property
    def seller(self) -> str:
        return self._account.seller

    def package(self, **changes: Any) -> dict[str, Any]:
        """A new order, delivered already: nobody will act upon it at the marketplace.

        Args:
            changes: Fields of its own; `line` holds some of its only line, None takes one away.
        """
        number = next(_numbers)
        body = json.loads(SAMPLE.read_text(encoding="utf-8"))
        body |= {"orderNumber": str(number), "shipmentPackageId": number, "status": "Delivered"}
        line = {**body["lines"][0], "stockCode": self.sku, **changes.pop("line", {})}
        body["lines"] = [{name: x for name, x in line.items() if x is not None}]
        return {name: x for name, x in (body | changes).items() if x is not None}

    async def hook(
        self, body: bytes | Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> int:
        """Posts as the marketplace does; gives the status that it is answered."""
        shown = {"x-api-key": self.key} if headers is None else headers
        async with self._http.post(self.url, data=raw(body), headers=shown) as answer:
            return answer.status

    async def send(self, queue: str, message: ServiceBusMessage | AmqpAnnotatedMessage) -> None:
        await self._senders[queue].send_messages(message)

    async def command(self, body: bytes | Mapping[str, Any], session: str = "any") -> None:
        """Sends as an internal system does."""
        await self.send(COMMANDS, ServiceBusMessage(raw(body), session_id=session))

    async def letter(self, body: bytes | Mapping[str, Any], queue: str = INBOUND) -> Letter:
        """Waits for the dead letter of this body."""

        async def there() -> Letter | None:
            return next(iter(await self.letters_of(raw(body), queue)), None)

        return await eventually(there, within_s=15)

    async def letters_of(self, body: bytes, queue: str = INBOUND) -> list[Letter]:
        """All dead letters that hold this body."""
        await self._peek(queue)
        return [letter for held, letter in self._seen[queue] if held == body]

    async def letters_about(self, words: str, queue: str = INBOUND) -> list[Letter]:
        """All dead letters whose description holds these words."""
        await self._peek(queue)
        return [letter for _, letter in self._seen[queue] if words in letter.description]

    async def _peek(self, queue: str) -> None:
        receiver = self._letters[queue]
        while page := await receiver.peek_messages(250, sequence_number=self._peeked[queue] + 1):
            for message in page:
                why = message.dead_letter_reason or "", message.dead_letter_error_description or ""
                self._seen[queue].append((body_bytes(message), Letter(*why)))
            self._peeked[queue] = page[-1].sequence_number or 0

    async def order(self, order_id: str, **wanted: str | None) -> OrderSummary:
        """Waits until the order is as wanted."""

        async def looked() -> OrderSummary | None:
            for row in await self.platform.store.orders.find(
                channel=CHANNEL, account=ACCOUNT, order_id=order_id, limit=1
            ):
                if all(getattr(row, name) == value for name, value in wanted.items()):
                    return row
            return None

        return await eventually(looked)

    async def kept(self, ref: OrderRef) -> Order:
        """The whole order as it is stored."""
        found = await self.platform.store.orders.load(ref)
        assert found is not None
        return found.order

    async def is_unknown(self, order_id: str) -> bool:
        found = await self.platform.store.orders.find(channel=CHANNEL, order_id=order_id)
        return not found

    async def told(self, order_id: str) -> dict[str, Any]:
        """Waits until the internal system has booked the order; gives what it booked."""

        async def booked() -> dict[str, Any] | None:
            url = f"{self.platform.stack.addresses.erp}/book"
            which = urlencode({"channel": CHANNEL, "account": ACCOUNT, "order_id": order_id})
            book = await call("GET", f"{url}?{which}")
            found: list[dict[str, Any]] = book["orders"]
            return found[0] if found else None

        return await eventually(booked)

    async def deliver(self, package: Mapping[str, Any]) -> None:
        """Ends an order of the test's own at the marketplace: nobody has to act upon it."""
        later = {"status": "Delivered", "lastModifiedDate": package["lastModifiedDate"] + 1_000}
        assert await self.hook({**package, **later}) == 200
        await self.order(package["orderNumber"], state="delivered")

    @asynccontextmanager
    async def silent_erp(self) -> AsyncIterator[None]:
        """The internal system answers nothing meanwhile."""
        erp = self.platform.stack.addresses.erp
        await call("POST", f"{erp}/pause")
        try:
            yield
        finally:
            await call("POST", f"{erp}/resume")

    async def a_good_order_is_served(self) -> None:
        """The next order of the same marketplace, by the same way, to its end."""
        good = self.package()
        assert await self.hook(good) == 200
        await self.order(good["orderNumber"], state="delivered", attention=None)

    def logged(self) -> dict[str, int]:
        """How many bytes our processes have logged by now."""
        return {name: self._log(name).stat().st_size for name in OURS}

    def faults_since(self, logged: Mapping[str, int]) -> list[str]:
        """Lines of our processes' logs that tell of a fault."""
        return [line for name in OURS for line in self._lines(name, logged[name]) if _faulty(line)]

    def _lines(self, name: str, start: int) -> list[str]:
        with self._log(name).open("rb") as log:
            log.seek(start)
            return log.read().decode("utf-8", "replace").splitlines()

    def _log(self, name: str) -> Path:
        return self.platform.stack.folder.root / "logs" / f"{name}.log"


def _faulty(line: str) -> bool:
    return any(word in line for word in FAULTS)


def raw(body: bytes | Mapping[str, Any]) -> bytes:
    """The bytes that leave."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def ref(order_id: str) -> OrderRef:
    return OrderRef(channel=CHANNEL, account=ACCOUNT, order_id=order_id)


def client_of(platform: Held) -> ServiceBusClient:
    return ServiceBusClient.from_connection_string(platform.stack.addresses.bus)
