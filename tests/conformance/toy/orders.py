"""Reading orders: many by the list, one by its number."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

from canonical.envelope import EventIdentity
from channels import jsontext
from channels.errors import ContractError, RefusedError
from channels.http import Request, path_of
from channels.port import OrderPage, RawEvent
from channels.wiretypes import contract_error
from tests.conformance.toy import quotas
from tests.conformance.toy.abilities import CHANNEL
from tests.conformance.toy.calls import Calls
from tests.conformance.toy.mapping import at
from tests.conformance.toy.wire import WirePage, read, read_order

Identify = Callable[[bytes], EventIdentity]


class OrderReader:
    """Reads one account's orders, in the order of their last changes."""

    def __init__(self, calls: Calls, account: str, identify: Identify) -> None:
        self._calls = calls
        self._account = account
        self._identify = identify

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        """Pages of what changed between two instants; an order that changes meanwhile moves on."""
        place: dict[str, str] = {}
        while True:
            query = {"from": millis(since), "to": millis(until), **place}
            response = await self._calls.send(Request(quotas.ORDERS, "GET", "orders", query))
            page: WirePage = read(WirePage, response.body, self._account, quotas.ORDERS)
            bodies = jsontext.elements(response.body, "orders") or ()
            yield OrderPage(
                tuple(self.event(body) for body in bodies), self._newest(bodies), not page.next
            )
            if not page.next:
                return
            if place.get("cursor") == page.next:
                problem = ("next", "does not lead on")
                raise contract_error(CHANNEL, self._account, quotas.ORDERS, [problem])
            place = {"cursor": page.next}

    async def one(self, order_id: str, *, urgent: bool = False) -> tuple[RawEvent, ...]:
        """The order as it is now; nothing where the marketplace does not show it."""
        request = Request(
            quotas.ORDER, "GET", path_of("orders", order_id), urgent=urgent, order_id=order_id
        )
        try:
            response = await self._calls.send(request)
        except RefusedError as refused:
            if refused.code == "not_found":
                return ()
            raise
        return (self.event(response.body),)

    def event(self, body: bytes) -> RawEvent:
        """One order's bytes with their identity, or without where they can't be read."""
        try:
            return RawEvent(body, self._identify(body))
        except ContractError:
            return RawEvent(body, None)

    def _newest(self, bodies: tuple[bytes, ...]) -> datetime | None:
        stamps = []
        for body in bodies:
            try:
                stamps.append(read_order(body, self._account).updated)
            except ContractError:
                continue
        return at(max(stamps)) if stamps else None


def millis(moment: datetime) -> str:
    return str((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
