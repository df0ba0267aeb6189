"""One Trendyol account behind the channel port: each method leads to the file that knows it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from canonical.actions import Action
from canonical.envelope import EventIdentity
from canonical.order import Order
from channels.http import HttpClient, Timeouts
from channels.limiter import Limiter
from channels.port import OrderPage, RawEvent, Seen, WebhookHealth
from channels.trendyol import webhook
from channels.trendyol.abilities import CHANNEL, abilities_of
from channels.trendyol.actions import ActionWriter
from channels.trendyol.auth import TrendyolAuth, redactor_of
from channels.trendyol.errors import judge_of
from channels.trendyol.hooks import HookKeeper
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
        self.abilities = abilities_of(options.seller_ships)
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
        self._writer = ActionWriter(self._http, account, options, self.abilities, self._reader)
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
        return identity_of(read_package(body, self.account), self._options.storefront)

    def to_canonical(self, body: bytes) -> Order:
        return order_of(read_package(body, self.account), self.account)

    async def perform(self, action: Action) -> None:
        await self._writer.perform(action)

    async def read_back(self, action: Action) -> Seen:
        return await self._writer.read_back(action)

    async def webhook_health(self, callback_url: str) -> WebhookHealth:
        return await self._hooks.health(callback_url)

    async def subscribe(self, callback_url: str) -> None:
        await self._hooks.subscribe(callback_url)

    async def close(self) -> None:
        await self._http.close()
