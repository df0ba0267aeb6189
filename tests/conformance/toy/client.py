"""One account behind the channel port."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from canonical.actions import Action
from canonical.envelope import EventIdentity
from canonical.order import Order
from channels.http import AuthFlow, HttpClient, Redactor, Request
from channels.limiter import Limiter
from channels.port import OrderPage, RawEvent, Seen, WebhookHealth
from channels.tokens import OwnTokens, Tokens
from channels.unoffered import Unoffered
from tests.conformance.toy import webhook
from tests.conformance.toy.abilities import ABILITIES, CHANNEL
from tests.conformance.toy.actions import ActionWriter
from tests.conformance.toy.calls import Calls
from tests.conformance.toy.errors import judge_of
from tests.conformance.toy.hooks import HookKeeper
from tests.conformance.toy.mapping import identity_of, order_of
from tests.conformance.toy.options import AccountOptions
from tests.conformance.toy.orders import OrderReader
from tests.conformance.toy.wire import read_order


class _AsItIs:
    """Tokens are added where they are obtained; there is nothing else to sign."""

    def flow(self, request: Request) -> AuthFlow:
        yield request.with_headers({"Content-Type": "application/json"})


class ToyChannel(Unoffered):
    """Fulfils `channels.port.Channel` for one seller."""

    def __init__(self, account: str, options: AccountOptions, limiter: Limiter) -> None:
        self.name = CHANNEL
        self.account = account
        self.abilities = ABILITIES
        self._options = options
        secrets = [options.api_key.get_secret_value(), options.webhook_secret.get_secret_value()]
        judge = judge_of(account, Redactor(secrets))
        self._http = HttpClient(CHANNEL, account, options.base_url, _AsItIs(), limiter, judge)
        calls = self._calls = Calls(self._http, account, options, OwnTokens())
        self._reader = OrderReader(calls, account, self.identify)
        self._writer = ActionWriter(calls, account, self._reader)
        self._hooks = HookKeeper(calls, account)

    def keep_tokens(self, tokens: Tokens) -> None:
        """See `channels.tokens.KeepsTokens`."""
        self._calls.tokens = tokens

    def list_orders(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        return self._reader.changed(since, until)

    async def fetch_order(self, order_id: str) -> tuple[RawEvent, ...]:
        return await self._reader.one(order_id)

    def webhook_is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        return webhook.is_genuine(headers, body, self._options)

    def split_webhook(self, body: bytes) -> tuple[RawEvent, ...]:
        return (self._reader.event(body),)

    def identify(self, body: bytes) -> EventIdentity:
        return identity_of(read_order(body, self.account))

    def to_canonical(self, body: bytes) -> Order:
        return order_of(read_order(body, self.account), self.account)

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
