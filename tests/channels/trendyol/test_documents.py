"""Labels and finance rows: what is fetched and kept as it came."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from channels.errors import ContractError, RefusedError, UnavailableError
from channels.port import LINK, Document, FinanceRow
from channels.trendyol import ABILITIES
from tests.channels.servers import answers, serving
from tests.channels.trendyol.samples import opened, package

ORDER, PARCEL = "10600123456", "3300123456"
SINCE = datetime(2026, 12, 1, tzinfo=UTC)
LABEL_PATH = "/integration/sellers/900123/common-label/7330001234567890"
PDF = {"data": [{"format": "PDF", "label": "https://carrier.example/label/1.pdf"}]}
ZPL = {"data": [{"label": "^XA1^XZ", "format": "ZPL"}, {"label": "^XA2^XZ", "format": "ZPL"}]}


def labels(*answers_in_turn: Any, **changes: Any) -> Any:
    """Shows the package; reads of the label are answered in turn."""
    left = list(answers_in_turn)

    async def answer(request: web.Request) -> web.StreamResponse:
        if "common-label" not in request.path:
            return web.json_response({"content": [package(**changes)], "totalPages": 1})
        if request.method == "POST":
            return web.Response()
        found = left.pop(0)
        return found if isinstance(found, web.Response) else web.json_response(found)

    return answer


def no_label(status: int) -> web.Response:
    return web.Response(status=status, text="no")


@pytest.mark.parametrize(
    ("answer", "documents"),
    [
        (PDF, (Document(LINK, b"https://carrier.example/label/1.pdf"),)),
        (
            ZPL,
            (
                Document("application/zpl", b"^XA1^XZ"),
                Document("application/zpl", b"^XA2^XZ"),
            ),
        ),
    ],
)
async def test_a_label_that_is_there(answer: Any, documents: tuple[Document, ...]) -> None:
    async with serving(labels(answer)) as server, opened(server.url) as one:
        assert await one.label(ORDER, PARCEL) == documents
    assert [(c.method, c.path) for c in server.came[1:]] == [("GET", LABEL_PATH)]


@pytest.mark.parametrize("first", [{"data": []}, 404, 400])
async def test_a_label_is_asked_for_where_there_is_none(first: Any) -> None:
    missing = no_label(first) if isinstance(first, int) else first
    async with serving(labels(missing, ZPL)) as server, opened(server.url) as one:
        assert len(await one.label(ORDER, PARCEL)) == 2
    assert [c.method for c in server.came[1:]] == ["GET", "POST", "GET"]


async def test_a_label_that_is_still_being_made_says_so() -> None:
    answer = labels({"data": []}, {"data": []})
    async with serving(answer) as server, opened(server.url) as one:
        with pytest.raises(UnavailableError, match="being made") as error:
            await one.label(ORDER, PARCEL)
    assert error.value.order_id == ORDER


@pytest.mark.parametrize(
    ("parcel", "changes", "match"),
    [
        (PARCEL, {"cargoTrackingNumber": None}, "no cargo number"),
        ("other", {}, "does not show package other"),
    ],
)
async def test_no_label_without_a_cargo_number(
    parcel: str, changes: dict[str, Any], match: str
) -> None:
    async with serving(labels(**changes)) as server, opened(server.url) as one:
        with pytest.raises(RefusedError, match=match):
            await one.label(ORDER, parcel)


async def test_a_label_that_is_no_json_is_a_contract_error() -> None:
    answer = labels(web.Response(text="<html>"))
    async with serving(answer) as server, opened(server.url) as one:
        with pytest.raises(ContractError):
            await one.label(ORDER, PARCEL)


ROW = {
    "id": "725041340",
    "transactionType": "Satış",
    "debt": 0.0,
    "credit": 139.5,
    "orderNumber": ORDER,
    "currency": "SAR",
}


def rows(*found: dict[str, Any], pages: int = 1) -> dict[str, Any]:
    return {"page": 0, "size": 1000, "totalPages": pages, "content": list(found)}


async def finance(one: Any, kind: str, days: int) -> list[FinanceRow]:
    until = SINCE + timedelta(days=days)
    return [row async for page in one.list_finance(kind, SINCE, until) for row in page]


async def test_rows_bear_the_type_that_was_asked_for_and_their_very_bytes() -> None:
    async with serving(answers(rows(ROW))) as server, opened(server.url) as one:
        (row,) = await finance(one, "settlements/Sale", 5)
    assert (row.kind, row.row_id, row.order_id) == ("settlements/Sale", "725041340", ORDER)
    assert b'"credit": 139.5' in row.body
    (call,) = server.came
    assert call.path == "/integration/finance/che/sellers/900123/settlements"
    assert call.query["transactionType"] == "Sale"
    assert call.query["size"] == "1000"


async def test_no_window_is_longer_than_fifteen_days_and_none_is_left_out() -> None:
    async with serving(answers(rows())) as server, opened(server.url) as one:
        assert await finance(one, "otherfinancials/PaymentOrder", 40) == []
    asked = [(int(c.query["startDate"]), int(c.query["endDate"])) for c in server.came]
    assert all(end - start < 15 * 86_400_000 for start, end in asked)
    assert [start for start, _ in asked[1:]] == [end for _, end in asked[:-1]]
    assert asked[-1][1] - asked[0][0] == 40 * 86_400_000


async def test_all_pages_are_read() -> None:
    pages = answers(rows(ROW, pages=2), rows({**ROW, "id": "2"}, pages=2))
    async with serving(pages) as server, opened(server.url) as one:
        found = await finance(one, "settlements/Return", 1)
    assert [r.row_id for r in found] == ["725041340", "2"]
    assert [c.query["page"] for c in server.came] == ["0", "1"]


async def test_an_unknown_kind_is_refused_and_the_known_ones_are_named() -> None:
    async with serving(answers(rows())) as server, opened(server.url) as one:
        with pytest.raises(RefusedError, match="settlements/Sale"):
            await finance(one, "settlements/Stock", 1)
    assert server.came == []
    assert "settlements/Sale" in ABILITIES.finance


async def test_a_row_without_an_id_is_a_contract_error() -> None:
    async with serving(answers(rows({"credit": 1}))) as server, opened(server.url) as one:
        with pytest.raises(ContractError) as error:
            await finance(one, "settlements/Sale", 1)
    assert error.value.fields == ("id",)
