"""One Trendyol account behind the channel port: each method leads to the file that knows it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from canonical.actions import Action
from canonical.envelope import EventIdentity
from canonical.order import Order
from channels.http import HttpClient, Timeouts
from channels.limiter import Limiter
from channels.port import Document, FinanceRow, OrderPage, RawEvent, Seen, WebhookHealth
from channels.trendyol import webhook
from channels.trendyol.abilities import CHANNEL, abilities_of
from channels.trendyol.actions import ActionWriter
from channels.trendyol.answers import ReturnAnswerer
from channels.trendyol.auth import TrendyolAuth, redactor_of
from channels.trendyol.claims import ClaimReader
from channels.trendyol.claims_mapping import identity_of_claim, order_of_claim
from channels.trendyol.claims_wire import holds_claim, read_claim
from channels.trendyol.errors import judge_of
from channels.trendyol.evidence import EvidenceFetcher
from channels.trendyol.finance import FinanceReader
from channels.trendyol.hooks import HookKeeper
from channels.trendyol.labels import LabelReader
from channels.trendyol.mapping import identity_of, order_of
from channels.trendyol.options import AccountOptions
from channels.trendyol.orders import OrderReader
from channels.trendyol.wire import read_package


class TrendyolChannel:
    """Fulfils `channels.port.Channel` for one seller on one storefront."""

    def __init__(
        self,
        account: str,
        options: AccountOptions,
        limiter: Limiter,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.name = CHANNEL
        self.account = account
        self.abilities = abilities_of(
            storefront=options.storefront,
            seller_ships=options.seller_ships,
            alternative_delivery=options.alternative_delivery,
            dead_parcel_settles=options.dead_parcel_settles,
            returns_answered_within=options.returns_answered_within,
        )
        self._options = options
        self._http = HttpClient(
            CHANNEL,
            account,
            options.base_url,
            TrendyolAuth(options),
            limiter,
            judge_of(account, redactor_of(options)),
            timeouts=timeouts,
        )
        self._reader = OrderReader(self._http, account, options, self.identify)
        self._claims = ClaimReader(self._http, account, options, self.identify)
        evidence = EvidenceFetcher(account, options, limiter, timeouts)
        answerer = ReturnAnswerer(self._http, account, options, self._claims, evidence)
        self._writer = ActionWriter(
            self._http, account, options, self.abilities, self._reader, answerer
        )
        self._labels = LabelReader(self._http, account, options, self._reader)
        self._finance = FinanceReader(self._http, account, options)
        self._hooks = HookKeeper(self._http, account, options)

    def __repr__(self) -> str:
        return f"TrendyolChannel({self.account!r}, storefront {self._options.storefront})"

    def list_orders(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        return self._reader.changed(since, until)

    async def fetch_order(self, order_id: str) -> tuple[RawEvent, ...]:
        return await self._reader.one(order_id)

    def webhook_is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        return webhook.is_genuine(headers, self._options)

    def split_webhook(self, body: bytes) -> tuple[RawEvent, ...]:
        return webhook.split(body, self.identify)

    def identify(self, body: bytes) -> EventIdentity:
        storefront = self._options.storefront
        if holds_claim(body):
            return identity_of_claim(read_claim(body, self.account), storefront)
        return identity_of(read_package(body, self.account), storefront)

    def to_canonical(self, body: bytes) -> Order:
        if holds_claim(body):
            return order_of_claim(
                read_claim(body, self.account),
                self.account,
                self._options.storefront,
                self._options.returns_answered_within,
            )
        return order_of(read_package(body, self.account), self.account)

    async def perform(self, action: Action) -> None:
        await self._writer.perform(action)

    async def read_back(self, action: Action) -> Seen:
        return await self._writer.read_back(action)

    async def webhook_health(self, callback_url: str) -> WebhookHealth:
        return await self._hooks.health(callback_url)

    async def subscribe(self, callback_url: str) -> None:
        await self._hooks.subscribe(callback_url)

    def list_returns(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        return self._claims.changed(since, until)

    async def fetch_returns(self, order_id: str) -> tuple[RawEvent, ...]:
        return await self._claims.of_order(order_id)

    async def label(self, order_id: str, parcel_id: str) -> tuple[Document, ...]:
        return await self._labels.of_parcel(order_id, parcel_id)

    def list_finance(
        self, kind: str, since: datetime, until: datetime
    ) -> AsyncIterator[tuple[FinanceRow, ...]]:
        return self._finance.rows(kind, since, until)

    async def close(self) -> None:
        await self._http.close()
