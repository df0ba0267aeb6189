"""Reading orders: searches for many, `getOrder` for one.

Source: Amazon's public model `orders_2026-01-01.json`; "Get orders with filtering criteria".
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import structlog

from canonical.envelope import EventIdentity
from channels import jsontext
from channels.amazon import quotas
from channels.amazon.calls import Calls
from channels.amazon.errors import NOT_FOUND
from channels.amazon.options import AccountOptions
from channels.amazon.wire import SearchPage
from channels.errors import ContractError, RefusedError
from channels.http import Request, path_of
from channels.port import OrderPage, RawEvent

PATH = "orders/2026-01-01/orders"
INCLUDED = (
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
)
"""Without it only ids and quantities come back."""
PAGE_SIZE = 100

Identify = Callable[[bytes], EventIdentity]

_log = structlog.get_logger("channels.amazon")


class OrderReader:
    """Reads one account's orders."""

    def __init__(self, calls: Calls, options: AccountOptions, identify: Identify) -> None:
        self._calls = calls
        self._options = options
        self._identify = identify

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        """Pages of what changed since an instant.

        No end is asked for: Amazon refuses one that is younger than two minutes, takes its own
        without, and says which. That is the watermark, also where it lies before `until`.
        """
        token, restarted = "", False
        watermark: datetime | None = None
        while True:
            try:
                page, body = await self._page(since, token)
            except RefusedError as refused:
                if not token or restarted:
                    raise
                # A token is good for a day, and only with the filters that it was made for.
                _log.warning("orders_read_anew", account=self._calls.account, why=refused.message)
                token, restarted = "", True
                continue
            # What changes during a read may be missed by its later pages, never by its first end.
            if watermark is None:
                watermark = page.updated_before
            events = tuple(
                raw_event(part, self._identify) for part in jsontext.elements(body, "orders") or ()
            )
            token = page.pagination.next_token
            yield OrderPage(events, watermark, last=not token)
            if not token:
                return

    async def one(self, order_id: str, *, urgent: bool = False) -> tuple[RawEvent, ...]:
        """One order as it is now; nothing where Amazon does not show it."""
        body = await self.body(order_id, urgent=urgent)
        return () if body is None else (raw_event(body, self._identify),)

    async def body(self, order_id: str, *, urgent: bool = False) -> bytes | None:
        """The answer of `getOrder`; None where Amazon does not show the order."""
        request = Request(
            quotas.GET_ORDER,
            "GET",
            f"{PATH}/{path_of(order_id)}",
            {"includedData": ",".join(INCLUDED)},
            urgent=urgent,
            order_id=order_id,
        )
        try:
            return (await self._calls.send(request)).body
        except RefusedError as refused:
            if refused.code == NOT_FOUND:
                return None
            raise

    async def _page(self, since: datetime, token: str) -> tuple[SearchPage, bytes]:
        query = {
            "lastUpdatedAfter": as_text(since),
            "marketplaceIds": self._options.marketplace_id,
            "includedData": ",".join(INCLUDED),
            "maxResultsPerPage": str(PAGE_SIZE),
        }
        if token:
            query["paginationToken"] = token
        request = Request(quotas.SEARCH_ORDERS, "GET", PATH, query)
        response = await self._calls.send(request)
        return self._calls.parsed(SearchPage, request, response), response.body


def raw_event(body: bytes, identify: Identify) -> RawEvent:
    """One order's bytes with their identity, or without where they can't be read."""
    try:
        return RawEvent(body, identify(body))
    except ContractError:
        return RawEvent(body, None)


def as_text(moment: datetime) -> str:
    """A time as Amazon takes it: UTC, milliseconds, `Z`."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
