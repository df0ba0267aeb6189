"""One Amazon account behind the channel port: each method leads to the file that knows it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path

from canonical.actions import Action
from canonical.envelope import EventIdentity
from canonical.mirrored_stock import MirroredStock
from canonical.notice import Notice
from canonical.order import Order
from channels.amazon import events
from channels.amazon.abilities import CHANNEL, abilities_of
from channels.amazon.actions import ActionWriter
from channels.amazon.calls import Calls, redactor_of
from channels.amazon.cancelling import Cancelling
from channels.amazon.documents.finder import DocumentFinder, announced
from channels.amazon.easyship import EasyShip
from channels.amazon.feeds import Feeds
from channels.amazon.login import Login
from channels.amazon.options import AccountOptions
from channels.amazon.orders import OrderReader, raw_event
from channels.amazon.reports import Reports
from channels.amazon.stock import StockReader
from channels.amazon.subscriptions import Found, Subscriber
from channels.amazon.transfer import Transfer
from channels.http import Timeouts
from channels.limiter import Limiter
from channels.port import (
    DocumentDescriptor,
    Downloaded,
    OrderPage,
    RawEvent,
    Seen,
    WebhookHealth,
)
from channels.tokens import OwnTokens, Tokens
from channels.unoffered import Unoffered


class AmazonChannel(Unoffered):
    """Fulfils `channels.port.Channel` for one seller in one marketplace."""

    document_kinds = "channels.amazon.documents"

    def __init__(
        self,
        account: str,
        options: AccountOptions,
        limiter: Limiter,
        *,
        tokens: Tokens | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.name = CHANNEL
        self.account = account
        self.abilities = abilities_of(options.time_scale, has_queue=bool(options.queue_arn))
        self._options = options
        redactor = redactor_of(options)
        self._login = Login(
            account, options, limiter, tokens or OwnTokens(), redactor, timeouts=timeouts
        )
        self._calls = Calls(account, options, limiter, self._login, redactor, timeouts)
        self._reader = OrderReader(self._calls, options, self.identify)
        transfer = Transfer(account)
        self.feeds = Feeds(self._calls, options, transfer)
        self.reports = Reports(self._calls, options, transfer)
        self.easy_ship = EasyShip(self._calls, options)
        self.cancelling = Cancelling(account, options, self.feeds)
        self._documents = DocumentFinder(self.reports)
        self._writer = ActionWriter(
            self._calls,
            options,
            self.abilities,
            self._reader,
            self.cancelling,
            self.easy_ship,
        )
        self._stock = StockReader(self._calls, options)
        self._subscriber = Subscriber(self._calls, options)

    def __repr__(self) -> str:
        return f"AmazonChannel({self.account!r}, marketplace {self._options.marketplace_id})"

    def keep_tokens(self, tokens: Tokens) -> None:
        """Has tokens kept where all processes find them."""
        self._login.tokens = tokens

    def list_orders(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        return self._reader.changed(since, until)

    async def fetch_order(self, order_id: str) -> tuple[RawEvent, ...]:
        return await self._reader.one(order_id)

    def webhook_is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        # Amazon calls no receiver: its notifications come by the seller's own queue.
        return False

    def split_webhook(self, body: bytes) -> tuple[RawEvent, ...]:
        return (raw_event(body, self.identify),)

    def identify(self, body: bytes) -> EventIdentity:
        return events.identify(body, self.account, self._options)

    def to_canonical(self, body: bytes) -> Order | Notice:
        return events.to_canonical(body, self.account, self._options)

    async def perform(self, action: Action) -> None:
        await self._writer.perform(action)

    async def read_back(self, action: Action) -> Seen:
        return await self._writer.read_back(action)

    async def webhook_health(self, callback_url: str) -> WebhookHealth:
        return await self._subscriber.health()

    async def subscribe(self, callback_url: str) -> None:
        await self._subscriber.subscribe()

    async def subscriptions(self) -> tuple[Found, ...]:
        """Subscribes, and says what was found and what was made."""
        return await self._subscriber.subscribe()

    def list_stock(self, since: datetime | None) -> AsyncIterator[tuple[MirroredStock, ...]]:
        return self._stock.pages(since)

    def list_documents(self, since: datetime) -> AsyncIterator[tuple[DocumentDescriptor, ...]]:
        return self._documents.since(since)

    def announced(self, body: bytes) -> tuple[DocumentDescriptor, ...] | None:
        return announced(body, self.account)

    async def download(
        self, document: DocumentDescriptor, to_path: Path, *, as_it_came: bool = False
    ) -> Downloaded:
        return await self._documents.download(document, to_path, as_it_came=as_it_came)

    async def close(self) -> None:
        await self._calls.close()
