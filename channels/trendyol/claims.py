"""Reading claims by page.

Source: developers.trendyol.com, "Getting returned orders". The dates are said to be those of the
claim's creation by one page and those of its last change by another; an old claim that changes is
found either way, since each poll looks back over `abilities.returns.polling.overlap`.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from channels import jsontext
from channels.http import HttpClient, Request, Response, path_of
from channels.port import OrderPage, RawEvent
from channels.trendyol import quotas
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.claims_wire import ClaimsPage
from channels.trendyol.options import AccountOptions
from channels.trendyol.orders import Identify, millis, raw_event
from channels.wiretypes import contract_error, problems_of

PAGE_SIZE = 200
SPAN = timedelta(days=7)
"""ASSUMED: no limit is published; a week stays far below the 10,000 rows that pages reach."""
ROWS_LIMIT = 10_000
SHORTEST = timedelta(hours=1)


class ClaimReader:
    """Reads one account's claims."""

    def __init__(
        self, http: HttpClient, account: str, options: AccountOptions, identify: Identify
    ) -> None:
        self._http = http
        self._account = account
        self._options = options
        self._identify = identify

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        """Pages of claims between two instants, oldest window first."""
        waiting = _windows(since, until)
        while waiting:
            start, end = waiting.pop(0)
            number = 0
            while True:
                page, events = await self._page(
                    {"startDate": millis(start), "endDate": millis(end)}, number
                )
                too_many = page.total_pages * PAGE_SIZE > ROWS_LIMIT
                if too_many and number == 0 and end - start > SHORTEST:
                    half = start + (end - start) / 2
                    waiting[:0] = [(start, half), (half, end)]
                    break
                number += 1
                over = number >= page.total_pages or (number + 1) * PAGE_SIZE > ROWS_LIMIT
                last = over and not waiting
                yield OrderPage(events, until if last else None, last)
                if over:
                    break

    async def of_order(self, order_id: str) -> tuple[RawEvent, ...]:
        """All claims of one order."""
        found: list[RawEvent] = []
        number = 0
        while True:
            page, events = await self._page({"orderNumber": order_id}, number, order_id)
            found += [e for e in events if e.identity is None or e.identity.order_id == order_id]
            number += 1
            if number >= page.total_pages:
                return tuple(found)

    async def one(self, claim_id: str, order_id: str) -> RawEvent | None:
        """A claim as it is now, for a decision."""
        _, events = await self._page({"claimIds": claim_id}, 0, order_id, urgent=True)
        mine = (e for e in events if e.identity and e.identity.subject == claim_id)
        return next(mine, None)

    async def _page(
        self,
        query: dict[str, str],
        number: int,
        order_id: str | None = None,
        *,
        urgent: bool = False,
    ) -> tuple[ClaimsPage, tuple[RawEvent, ...]]:
        path = path_of("order", "sellers", self._options.seller_id, "claims")
        response = await self._http.send(
            Request(
                quotas.CLAIMS,
                "GET",
                path,
                {**query, "page": str(number), "size": str(PAGE_SIZE)},
                urgent=urgent,
                order_id=order_id,
            )
        )
        page = self._parsed(response)
        bodies = jsontext.elements(response.body, "content") or ()
        return page, tuple(raw_event(body, self._identify) for body in bodies)

    def _parsed(self, response: Response) -> ClaimsPage:
        try:
            return ClaimsPage.model_validate(jsontext.parse(response.body))
        except jsontext.NotJsonError as e:
            problems = [("", str(e))]
        except ValidationError as e:
            problems = problems_of(e)
        raise contract_error(CHANNEL, self._account, quotas.CLAIMS, problems)


def _windows(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    found = []
    start = min(since, until, datetime.now(UTC))
    while start < until:
        found.append((start, min(start + SPAN, until)))
        start += SPAN
    return found or [(start, until)]
