"""Reading orders: the stream by cursor for many, `v2/orders` for one.

Source: developers.trendyol.com, "Get shipment packages - stream" and "Get shipment packages".
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog
from pydantic import ValidationError

from canonical.envelope import EventIdentity
from channels import jsontext
from channels.errors import ContractError, RefusedError
from channels.http import HttpClient, Request, Response, path_of
from channels.port import OrderPage, RawEvent
from channels.trendyol import quotas
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.mapping import at
from channels.trendyol.options import AccountOptions
from channels.trendyol.wire import OrdersPage, StreamPage
from channels.wiretypes import WireModel, contract_error, problems_of

PAGE_SIZE = 200
SPAN = timedelta(days=14)
"""The longest window that one query may ask for."""
STREAM_REACH = timedelta(days=90)
"""Three months, of which the shortest has 89 days; older is not there."""
ORDERS_REACH = timedelta(days=31)
ZONE_DOUBT = timedelta(hours=3)
"""Query dates are labelled GMT+3 by some pages: asking three hours ahead misses nothing either
way. At the other end the poll's overlap of four hours covers it."""
PAGE_ROWS_LIMIT = 10_000
"""(page + 1) * size may not exceed it, whatever `totalPages` says."""

Identify = Callable[[bytes], EventIdentity]
_Page = TypeVar("_Page", bound=WireModel)

_log = structlog.get_logger("channels.trendyol")


class OrderReader:
    """Reads one account's packages."""

    def __init__(
        self, http: HttpClient, account: str, options: AccountOptions, identify: Identify
    ) -> None:
        self._http = http
        self._account = account
        self._options = options
        self._identify = identify

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        """Pages of what changed between two instants, oldest window first.

        `since` is taken as it is: it should lie `abilities.polling.overlap` before the watermark.
        """
        windows = _windows(self._within_reach(since), until + ZONE_DOUBT)
        watermark: datetime | None = None
        for start, end in windows:
            async for page in self._window(start, end):
                # The stream runs from the newest change down, and what changes meanwhile lands
                # above the cursor: only a first page tells how far this read has come.
                if page.watermark is not None:
                    come = min(page.watermark, end)
                    watermark = come if watermark is None else max(come, watermark)
                final = page.last and end == windows[-1][1]
                yield OrderPage(page.events, watermark, final)

    async def one(self, order_id: str, *, urgent: bool = False) -> tuple[RawEvent, ...]:
        """All packages of one order as they are now; none where Trendyol does not show it."""
        found = await self._pages(order_id, {}, urgent)
        if found:
            return found
        # Without dates only the last week may be looked at; a month is what there is.
        end = datetime.now(UTC) + ZONE_DOUBT
        for start, stop in reversed(_windows(end - ORDERS_REACH, end)):
            dates = {"startDate": millis(start), "endDate": millis(stop)}
            found = await self._pages(order_id, dates, urgent)
            if found:
                return found
        return ()

    def _within_reach(self, since: datetime) -> datetime:
        oldest = datetime.now(UTC) - STREAM_REACH + timedelta(days=1)
        if since < oldest:
            _log.warning(
                "orders_beyond_reach", account=self._account, asked=since.isoformat(),
                read_from=oldest.isoformat(),
            )  # fmt: skip
        return max(since, oldest)

    async def _window(self, start: datetime, end: datetime) -> AsyncIterator[OrderPage]:
        """One window's pages; a cursor that is refused starts it again, once."""
        cursor, restarted, first = "", False, True
        while True:
            try:
                response = await self._stream(start, end, cursor)
            except RefusedError:
                if not cursor or restarted:
                    raise
                cursor, restarted, first = "", True, True
                continue
            page = self._parsed(StreamPage, quotas.STREAM, response)
            events = self._events(response.body)
            yield OrderPage(events, _newest(events) if first else None, not page.has_more)
            if not page.has_more:
                return
            if page.next_cursor in ("", cursor):
                problem = ("nextCursor", "does not lead on, though hasMore is true")
                raise contract_error(CHANNEL, self._account, quotas.STREAM, [problem])
            cursor, first = page.next_cursor, False

    async def _stream(self, start: datetime, end: datetime, cursor: str) -> Response:
        query = {
            "size": str(PAGE_SIZE),
            "lastModifiedStartDate": millis(start),
            "lastModifiedEndDate": millis(end),
        }
        if cursor:
            query["nextCursor"] = cursor
        path = path_of("order", "sellers", self._options.seller_id, "orders", "stream")
        return await self._http.send(Request(quotas.STREAM, "GET", path, query))

    async def _pages(
        self, order_id: str, dates: dict[str, str], urgent: bool
    ) -> tuple[RawEvent, ...]:
        path = f"{path_of('order', 'sellers', self._options.seller_id)}/{self._options.orders_path}"
        found: list[RawEvent] = []
        number = 0
        while True:
            query = {"orderNumber": order_id, "page": str(number), "size": str(PAGE_SIZE), **dates}
            request = Request(quotas.ORDERS, "GET", path, query, urgent=urgent, order_id=order_id)
            try:
                response = await self._http.send(request)
            except RefusedError as refused:
                if refused.code.endswith("not.found") or refused.code == "http.404":
                    return ()
                raise
            page = self._parsed(OrdersPage, quotas.ORDERS, response)
            found += [e for e in self._events(response.body) if _is_about(e, order_id)]
            number += 1
            if number >= page.total_pages or (number + 1) * PAGE_SIZE > PAGE_ROWS_LIMIT:
                return tuple(found)

    def _parsed(self, model: type[_Page], operation: str, response: Response) -> _Page:
        try:
            return model.model_validate(jsontext.parse(response.body))
        except jsontext.NotJsonError as e:
            problems = [("", str(e))]
        except ValidationError as e:
            problems = problems_of(e)
        raise contract_error(CHANNEL, self._account, operation, problems)

    def _events(self, page: bytes) -> tuple[RawEvent, ...]:
        return tuple(
            raw_event(body, self._identify) for body in jsontext.elements(page, "content") or ()
        )


def raw_event(body: bytes, identify: Identify) -> RawEvent:
    """One package's bytes with their identity, or without where they can't be read."""
    try:
        return RawEvent(body, identify(body))
    except ContractError:
        return RawEvent(body, None)


def _windows(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Windows of the longest span, oldest first.

    They overlap by a millisecond, since it is not documented which ends are inclusive.
    """
    found = []
    start = min(since, until)
    while True:
        end = min(start + SPAN, until)
        found.append((start, end))
        if end >= until:
            return found
        start = end - timedelta(milliseconds=1)


def _newest(events: tuple[RawEvent, ...]) -> datetime | None:
    versions = [e.identity.version for e in events if e.identity]
    return at(max(versions)) if versions else None


def _is_about(event: RawEvent, order_id: str) -> bool:
    """Whether a filter that the marketplace ignored would do harm here."""
    return event.identity is None or event.identity.order_id == order_id


def millis(moment: datetime) -> str:
    return str((moment - at(0)) // timedelta(milliseconds=1))
