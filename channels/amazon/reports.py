"""Reports: asked for, found, looked at, fetched.

Source: Amazon's public model `reports_2021-06-30.json`. Settlements cannot be asked for: they are
found. `CANCELLED` as a rule means that there is no data.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import Field

from channels.amazon import quotas
from channels.amazon.abilities import CHANNEL, SETTLEMENT
from channels.amazon.calls import Calls
from channels.amazon.options import AccountOptions
from channels.amazon.orders import as_text
from channels.amazon.transfer import URL_EXPIRED, Transfer
from channels.amazon.wire import Moment
from channels.errors import RefusedError
from channels.http import Request, path_of
from channels.port import Downloaded
from channels.wiretypes import Identifier, LooseText, WireModel, Word

PATH = "reports/2021-06-30"
UNSHIPPED = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"

FOUND_ONLY = frozenset({SETTLEMENT})
"""Amazon makes them by itself."""
RESTRICTED = frozenset({UNSHIPPED})
"""Their documents hold buyers' data and need a restricted data token."""
DONE = "DONE"
TYPES_LIMIT = 10
PAGE_SIZE = 100


class Report(WireModel):
    """One report as Amazon shows it."""

    report_id: Identifier = Field(validation_alias="reportId")
    kind: Identifier = Field(validation_alias="reportType")
    created: Moment = Field(validation_alias="createdTime")
    status: Word = Field(validation_alias="processingStatus")
    document_id: LooseText = Field(default="", validation_alias="reportDocumentId")
    data_start: Moment | None = Field(default=None, validation_alias="dataStartTime")
    data_end: Moment | None = Field(default=None, validation_alias="dataEndTime")

    @property
    def is_done(self) -> bool:
        return self.status.upper() == DONE and bool(self.document_id)


class _Reports(WireModel):
    reports: tuple[Report, ...] = ()
    next_token: str = Field(default="", validation_alias="nextToken")


class _Created(WireModel):
    report_id: Identifier = Field(validation_alias="reportId")


class _Document(WireModel):
    url: str
    compression: LooseText = Field(default="", validation_alias="compressionAlgorithm")


class _RestrictedToken(WireModel):
    token: str = Field(validation_alias="restrictedDataToken", min_length=1)


class Reports:
    """Reads one account's reports."""

    def __init__(self, calls: Calls, options: AccountOptions, transfer: Transfer) -> None:
        self._calls = calls
        self._options = options
        self._transfer = transfer

    async def create(
        self,
        kind: str,
        start: datetime | None = None,
        end: datetime | None = None,
        report_options: Mapping[str, str] | None = None,
    ) -> str:
        """Asks for a report and returns its id.

        Raises:
            RefusedError: It cannot be asked for, or not so.
        """
        if kind in FOUND_ONLY:
            raise RefusedError(
                CHANNEL,
                self._calls.account,
                quotas.CREATE_REPORT,
                f"{kind} cannot be asked for: Amazon makes it by itself",
                hint="Look for it among the reports there are.",
                code="report.found.only",
            )
        body: dict[str, object] = {
            "reportType": kind,
            "marketplaceIds": [self._options.marketplace_id],
        }
        body |= {"dataStartTime": as_text(start)} if start else {}
        body |= {"dataEndTime": as_text(end)} if end else {}
        body |= {"reportOptions": dict(report_options)} if report_options else {}
        request = Request(
            quotas.CREATE_REPORT, "POST", f"{PATH}/reports", body=json.dumps(body).encode()
        )
        return (await self._calls.read(_Created, request)).report_id

    async def get(self, report_id: str) -> Report:
        """How a report stands."""
        path = f"{PATH}/reports/{path_of(report_id)}"
        return await self._calls.read(Report, Request(quotas.GET_REPORT, "GET", path))

    async def pages(
        self, kinds: Sequence[str], since: datetime
    ) -> AsyncIterator[tuple[Report, ...]]:
        """Reports of these types that were made since an instant, newest pages as they come."""
        for start in range(0, len(kinds), TYPES_LIMIT):
            query = {
                "reportTypes": ",".join(kinds[start : start + TYPES_LIMIT]),
                "pageSize": str(PAGE_SIZE),
                "createdSince": as_text(since),
            }
            while True:
                request = Request(quotas.GET_REPORTS, "GET", f"{PATH}/reports", query)
                page = await self._calls.read(_Reports, request)
                yield page.reports
                if not page.next_token:
                    break
                # It must stand alone, without what it was made for.
                query = {"nextToken": page.next_token}

    async def download(
        self, document_id: str, kind: str, to_path: Path, *, as_it_came: bool = False
    ) -> Downloaded:
        """Streams a document into a file; asks again where its URL has run out.

        Raises:
            ChannelError: As `Transfer.download` raises it.
        """
        operation = quotas.GET_REPORT_DOCUMENT
        url = await self._url(document_id, kind)
        try:
            return await self._transfer.download(url, to_path, operation, unpack=not as_it_came)
        except RefusedError as refused:
            if refused.code != URL_EXPIRED:
                raise
        url = await self._url(document_id, kind)
        return await self._transfer.download(url, to_path, operation, unpack=not as_it_came)

    async def _url(self, document_id: str, kind: str) -> str:
        path = f"{PATH}/documents/{path_of(document_id)}"
        request = Request(quotas.GET_REPORT_DOCUMENT, "GET", path)
        token = await self._restricted(path) if kind in RESTRICTED else None
        response = await self._calls.send(request, restricted=token)
        return self._calls.parsed(_Document, request, response).url

    async def _restricted(self, path: str) -> str:
        """A restricted data token for one document; not kept, as it is good for that alone."""
        body = {"restrictedResources": [{"method": "GET", "path": f"/{path}"}]}
        request = Request(
            quotas.RESTRICTED_TOKEN,
            "POST",
            "tokens/2021-03-01/restrictedDataToken",
            body=json.dumps(body).encode(),
        )
        return (await self._calls.read(_RestrictedToken, request)).token
