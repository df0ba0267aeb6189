"""Faults of reading."""

from collections.abc import AsyncIterator
from dataclasses import replace as changed
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from canonical.envelope import EventIdentity
from channels import jsontext
from channels.errors import ChannelError, ContractError, ThrottledError, UnavailableError
from channels.http import HttpClient, Request, Response, Timeouts, path_of
from channels.http import client as http_client
from channels.port import OrderPage, RawEvent
from channels.wiretypes import contract_error
from tests.conformance.mutants.planting import Replace, mutant
from tests.conformance.toy import client, errors, quotas
from tests.conformance.toy.abilities import CHANNEL
from tests.conformance.toy.client import ToyChannel
from tests.conformance.toy.mapping import identity_of
from tests.conformance.toy.orders import OrderReader, millis
from tests.conformance.toy.wire import WireOrder, WirePage, read

Judging = Any


@mutant("paging-drifts", "Pages are asked for by how many orders came before.")
def by_offset(replace: Replace) -> None:
    async def pages(
        self: OrderReader, since: datetime, until: datetime
    ) -> AsyncIterator[OrderPage]:
        offset = 0
        while True:
            query = {"from": millis(since), "to": millis(until), "offset": str(offset)}
            response = await self._calls.send(Request(quotas.ORDERS, "GET", "orders", query))
            page: WirePage = read(WirePage, response.body, self._account, quotas.ORDERS)
            bodies = jsontext.elements(response.body, "orders") or ()
            offset += len(bodies)
            events = tuple(self.event(body) for body in bodies)
            yield OrderPage(events, self._newest(bodies), not page.next)
            if not page.next:
                return

    replace(OrderReader, "changed", pages)


@mutant("duplicates", "Each read makes an event of its own.")
def numbered(replace: Replace) -> None:
    numbers = count()

    def identity(order: WireOrder) -> EventIdentity:
        known = identity_of(order)
        return known.model_copy(update={"event_id": f"{known.event_id}:{next(numbers)}"})

    replace(client, "identity_of", identity)


@mutant("event-before-its-order", "An order that cannot be read yet is an error.")
def missing_is_an_error(replace: Replace) -> None:
    async def one(
        self: OrderReader, order_id: str, *, urgent: bool = False
    ) -> tuple[RawEvent, ...]:
        request = Request(quotas.ORDER, "GET", path_of("orders", order_id), order_id=order_id)
        return (self.event((await self._calls.send(request)).body),)

    replace(OrderReader, "one", one)


@mutant("changed-between-two-reads", "The version is when the order was placed.")
def version_of_birth(replace: Replace) -> None:
    def identity(order: WireOrder) -> EventIdentity:
        return identity_of(order).model_copy(update={"version": order.placed})

    replace(client, "identity_of", identity)


@mutant("clock-ahead", "A stamp in our future makes an order unreadable.")
def no_future(replace: Replace) -> None:
    def identity(order: WireOrder) -> EventIdentity:
        if order.updated > datetime.now(UTC).timestamp() * 1000 + 5_000:
            raise contract_error(CHANNEL, "", "read_order", [("updated", "lies ahead")])
        return identity_of(order)

    def newest_first(self: ToyChannel, since: datetime, until: datetime) -> Any:
        return self._reader.changed(since, until + timedelta(days=1))

    replace(client, "identity_of", identity)
    replace(ToyChannel, "list_orders", newest_first)


@mutant("clock-behind", "The watermark is our own clock's.")
def own_clock(replace: Replace) -> None:
    known = OrderReader.changed

    async def pages(
        self: OrderReader, since: datetime, until: datetime
    ) -> AsyncIterator[OrderPage]:
        async for page in known(self, since, until):
            yield changed(page, watermark=until)

    replace(OrderReader, "changed", pages)


@mutant("empty-account", "Where there is no order there is no page.")
def no_page(replace: Replace) -> None:
    known = OrderReader.changed

    async def pages(
        self: OrderReader, since: datetime, until: datetime
    ) -> AsyncIterator[OrderPage]:
        async for page in known(self, since, until):
            if page.events:
                yield page

    replace(OrderReader, "changed", pages)


def _judging(replace: Replace, other: Judging) -> None:
    """Puts another judge before the toy's own: what it says counts, unless it says nothing."""
    known = errors.judge_of

    def judge_of(account: str, redactor: Any) -> Any:
        usual = known(account, redactor)

        def judge(request: Request, response: Response) -> ChannelError | None:
            found: ChannelError | None = other(account, request, response, usual)
            return found

        return judge

    replace(client, "judge_of", judge_of)


@mutant("throttled-with-a-time", "The time that a 429 names is not looked at.")
def deaf_to_times(replace: Replace) -> None:
    def judge(account: str, request: Request, response: Response, usual: Any) -> Any:
        return usual(request, changed(response, retry_after=None))

    _judging(replace, judge)


@mutant("throttled-without-a-time", "A 429 that names no time stops the account for an hour.")
def for_an_hour(replace: Replace) -> None:
    def judge(account: str, request: Request, response: Response, usual: Any) -> Any:
        error = usual(request, response)
        if isinstance(error, ThrottledError) and error.retry_after <= timedelta(0):
            error.retry_after = timedelta(hours=1)
        return error

    _judging(replace, judge)


@mutant("server-error-on-read", "A read is repeated in place until it works.")
def repeats_reads(replace: Replace) -> None:
    known = ToyChannel.fetch_order

    async def fetch_order(self: ToyChannel, order_id: str) -> tuple[RawEvent, ...]:
        try:
            return await known(self, order_id)
        except UnavailableError:
            return await known(self, order_id)

    replace(ToyChannel, "fetch_order", fetch_order)


@mutant("gateway-page-on-read", "A gateway's page is taken for a breach of the contract.")
def page_is_a_breach(replace: Replace) -> None:
    def judge(account: str, request: Request, response: Response, usual: Any) -> Any:
        if "html" in response.headers.get("content-type", ""):
            return ContractError(CHANNEL, account, request.operation, "this is no JSON")
        return usual(request, response)

    _judging(replace, judge)


@mutant("page-instead-of-orders", "Whatever comes with a 200 is an answer.")
def takes_any(replace: Replace) -> None:
    def judge(account: str, request: Request, response: Response, usual: Any) -> Any:
        return None if response.ok else usual(request, response)

    _judging(replace, judge)
    replace(http_client, "is_page", lambda response: False)


@mutant("cut-on-read", "An order that could not be read is not there.")
def cut_is_missing(replace: Replace) -> None:
    known = ToyChannel.fetch_order

    async def fetch_order(self: ToyChannel, order_id: str) -> tuple[RawEvent, ...]:
        try:
            return await known(self, order_id)
        except UnavailableError:
            return ()

    replace(ToyChannel, "fetch_order", fetch_order)


@mutant("trouble-on-the-second-page", "A page that fails ends the list.")
def ends_early(replace: Replace) -> None:
    known = OrderReader.changed

    async def pages(
        self: OrderReader, since: datetime, until: datetime
    ) -> AsyncIterator[OrderPage]:
        try:
            async for page in known(self, since, until):
                yield page
        except UnavailableError:
            return

    replace(OrderReader, "changed", pages)


@mutant("slow-answer", "Nothing may take longer than a second.")
def impatient(replace: Replace) -> None:
    second = Timeouts(read=timedelta(seconds=1), total=timedelta(seconds=1))
    replace(client, "HttpClient", partial(HttpClient, timeouts=second))


@mutant("lost-webhooks-made-good", "The list brings only orders that were accepted already.")
def leaves_out_new(replace: Replace) -> None:
    known = OrderReader.changed

    async def pages(
        self: OrderReader, since: datetime, until: datetime
    ) -> AsyncIterator[OrderPage]:
        async for page in known(self, since, until):
            kept = tuple(e for e in page.events if b'"status": "new"' not in e.body)
            yield changed(page, events=kept)

    replace(OrderReader, "changed", pages)
