"""Finance rows, as they came: they are kept as documents and booked elsewhere.

Source: developers.trendyol.com, "Accounting and finance": one transaction type a call, at most 15
days, pages of 500 or 1000. The answer names the type in the reader's language, so that each row is
tagged with the type that was asked for.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from channels import jsontext
from channels.errors import RefusedError
from channels.http import HttpClient, Request, Response, path_of
from channels.port import FinanceRow
from channels.trendyol import quotas
from channels.trendyol.abilities import CHANNEL, FINANCE_KINDS
from channels.trendyol.options import AccountOptions
from channels.trendyol.orders import millis
from channels.wiretypes import (
    Identifier,
    LooseText,
    Problem,
    Whole,
    WireModel,
    contract_error,
    problems_of,
)

PAGE_SIZE = 1_000
SPAN = timedelta(days=15) - timedelta(milliseconds=1)


_Model = TypeVar("_Model", bound=WireModel)


class _Page(WireModel):
    total_pages: Whole = Field(default=1, validation_alias="totalPages")
    content: tuple[Any, ...]


class _Row(WireModel):
    row_id: Identifier = Field(validation_alias="id")
    order_number: LooseText = Field(default="", validation_alias="orderNumber")


class FinanceReader:
    """Reads one account's finance rows."""

    def __init__(self, http: HttpClient, account: str, options: AccountOptions) -> None:
        self._http = http
        self._account = account
        self._options = options

    async def rows(
        self, kind: str, since: datetime, until: datetime
    ) -> AsyncIterator[tuple[FinanceRow, ...]]:
        """Pages of rows of one kind, oldest window first.

        Raises:
            RefusedError: There is no such kind.
            ContractError: A row without an id.
        """
        if kind not in FINANCE_KINDS:
            raise RefusedError(
                CHANNEL,
                self._account,
                quotas.FINANCE,
                f"there are no finance rows of the kind {kind!r}",
                hint=f"Known: {', '.join(FINANCE_KINDS)}.",
                code="finance.kind.unknown",
            )
        start = since
        while start < until:
            end = min(start + SPAN, until)
            number, pages = 0, 1
            while number < pages:
                response = await self._page(kind, start, end, number)
                page = self._parsed(_Page, response.body)
                bodies = jsontext.elements(response.body, "content") or ()
                yield tuple(self._row(kind, body) for body in bodies)
                number, pages = number + 1, page.total_pages
            # It is not documented which ends are inclusive: a row at the edge comes twice.
            start = end

    async def _page(self, kind: str, start: datetime, end: datetime, number: int) -> Response:
        endpoint, transaction_type = kind.split("/")
        query = {
            "transactionType": transaction_type,
            "startDate": millis(start),
            "endDate": millis(end),
            "page": str(number),
            "size": str(PAGE_SIZE),
        }
        path = path_of("finance", "che", "sellers", self._options.seller_id, endpoint)
        return await self._http.send(Request(quotas.FINANCE, "GET", path, query))

    def _row(self, kind: str, body: bytes) -> FinanceRow:
        row = self._parsed(_Row, body)
        return FinanceRow(kind, row.row_id, row.order_number, body)

    def _parsed(self, model: type[_Model], body: bytes) -> _Model:
        problems: list[Problem]
        try:
            return model.model_validate(jsontext.parse(body))
        except jsontext.NotJsonError as e:
            problems = [("", str(e))]
        except ValidationError as e:
            problems = problems_of(e)
        raise contract_error(CHANNEL, self._account, quotas.FINANCE, problems)
