"""Reports: asked for, found, followed; documents as descriptors."""

import json
from datetime import UTC, datetime

import pytest

from channels.amazon.abilities import ALL_ORDERS, SETTLEMENT
from channels.errors import RefusedError
from channels.port import DocumentDescriptor, DocumentSource
from tests.channels.amazon.samples import MARKETPLACE, calls, market, opened, says

SINCE = datetime(2026, 11, 1, tzinfo=UTC)


def report(number: int, status: str = "DONE", **more: str) -> dict[str, str]:
    document = {"reportDocumentId": f"doc-{number}"} if status == "DONE" else {}
    return {
        "reportId": str(number),
        "reportType": SETTLEMENT,
        "createdTime": "2026-11-15T04:00:00Z",
        "processingStatus": status,
        "dataStartTime": "2026-11-01T00:00:00Z",
        **document,
        **more,
    }


async def test_documents_are_found_page_by_page_and_only_those_that_are_done() -> None:
    pages = says(
        {"reports": [report(1), report(2, "CANCELLED")], "nextToken": "n1"},
        {"reports": [report(3, "IN_PROGRESS"), report(4)]},
    )
    async with market(("GET", "/reports", pages)) as server, opened(server) as one:
        assert isinstance(one, DocumentSource)
        found = [d async for p in one.list_documents(SINCE) for d in p]
    assert found == [
        DocumentDescriptor(
            kind=SETTLEMENT,
            document_id=str(number),
            source=f"doc-{number}",
            made_at=datetime(2026, 11, 15, 4, tzinfo=UTC),
            covers_from=SINCE,
        )
        for number in (1, 4)
    ]
    first, second = (c.query for c in calls(server, "/reports"))
    assert SETTLEMENT in first["reportTypes"].split(",")
    assert first["createdSince"] == "2026-11-01T00:00:00.000Z"
    # Amazon takes it only alone.
    assert second == {"nextToken": "n1"}


async def test_a_report_is_asked_for_with_its_span_and_followed() -> None:
    routes = (
        ("POST", "/reports", says((202, {"reportId": "7"}))),
        ("GET", "/reports/2021-06-30/reports/7", says(report(7, "CANCELLED"))),
    )
    async with market(*routes) as server, opened(server) as one:
        assert await one.reports.create(ALL_ORDERS, SINCE) == "7"
        told = await one.reports.get("7")
    assert not told.is_done
    (call,) = calls(server, "/reports", "POST")
    assert json.loads(call.body) == {
        "reportType": ALL_ORDERS,
        "marketplaceIds": [MARKETPLACE],
        "dataStartTime": "2026-11-01T00:00:00.000Z",
    }


async def test_settlements_cannot_be_asked_for() -> None:
    async with market() as server, opened(server) as one:
        with pytest.raises(RefusedError, match="by itself"):
            await one.reports.create(SETTLEMENT)
    assert server.came == []
