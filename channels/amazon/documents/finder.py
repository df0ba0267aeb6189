"""Documents for the internal systems: which there are, and fetching one."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from channels.amazon.abilities import DOCUMENT_KINDS
from channels.amazon.documents import KINDS
from channels.amazon.notifications import (
    FeedFinished,
    ReportFinished,
    StockMoved,
    read_notification,
)
from channels.amazon.reports import DONE, Report, Reports
from channels.errors import ContractError
from channels.port import DocumentDescriptor, Downloaded


class DocumentFinder:
    """Finds one account's reports."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def since(self, moment: datetime) -> AsyncIterator[tuple[DocumentDescriptor, ...]]:
        """Reports that are done and were made since an instant, page by page."""
        async for page in self._reports.pages(DOCUMENT_KINDS, moment):
            yield tuple(described(report) for report in page if report.is_done)

    async def download(
        self, document: DocumentDescriptor, to_path: Path, *, as_it_came: bool = False
    ) -> Downloaded:
        """Streams a report into a file."""
        return await self._reports.download(
            document.source, document.kind, to_path, as_it_came=as_it_came
        )


def announced(body: bytes, account: str) -> tuple[DocumentDescriptor, ...] | None:
    """The report that a notification tells of, where it is done and of a kind that is kept.

    `CANCELLED` as a rule means that there is no data, and other kinds are somebody else's. Feeds
    are followed by whoever sent them and stock is read by itself: of these the inbox takes note,
    and nothing is fetched.
    """
    try:
        told = read_notification(body, account)
    except ContractError:
        return None
    if isinstance(told, FeedFinished | StockMoved):
        return ()
    if not isinstance(told, ReportFinished):
        return None
    if told.kind not in KINDS or told.status.upper() != DONE or not told.document_id:
        return ()
    made_at = told.at or datetime.now(UTC)
    return (DocumentDescriptor(told.kind, told.report_id, told.document_id, made_at),)


def described(report: Report) -> DocumentDescriptor:
    """A report as a document: the report's id is its identity, whatever its document is called."""
    return DocumentDescriptor(
        kind=report.kind,
        document_id=report.report_id,
        source=report.document_id,
        made_at=report.created,
        covers_from=report.data_start,
        covers_to=report.data_end,
    )
