"""Documents for the internal systems: which there are, and fetching one."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from channels.amazon.abilities import DOCUMENT_KINDS
from channels.amazon.reports import Report, Reports
from channels.port import DocumentDescriptor, Downloaded


class DocumentFinder:
    """Finds one account's reports."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def since(self, moment: datetime) -> AsyncIterator[tuple[DocumentDescriptor, ...]]:
        """Reports that are done and were made since an instant, page by page."""
        async for page in self._reports.pages(DOCUMENT_KINDS, moment):
            yield tuple(described(report) for report in page if report.is_done)

    async def download(self, document: DocumentDescriptor, to_path: Path) -> Downloaded:
        """Streams a report into a file."""
        return await self._reports.download(document.source, document.kind, to_path)


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
