"""Reading orders: cursor, windows, watermark, and what a moving head does."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from canonical.merge import merge
from channels.errors import ContractError, RefusedError, UnavailableError
from channels.port import OrderPage, RawEvent
from tests.channels.servers import CountingLimiter, answers, cuts, serving
from tests.channels.trendyol.samples import case, opened, package

DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def millis(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def changed_at(moment: datetime, number: int = 1) -> dict[str, Any]:
    return package(
        shipmentPackageId=3300000000 + number,
        orderNumber=f"1060000{number:04}",
        lastModifiedDate=millis(moment),
    )


def page(*packages: Any, cursor: str = "") -> dict[str, Any]:
    more = bool(cursor)
    return {"size": 200, "hasMore": more, "nextCursor": cursor, "content": list(packages)}


async def read(url: str, since: datetime, until: datetime) -> list[OrderPage]:
    async with opened(url) as one:
        return [p async for p in one.list_orders(since, until)]


def ids(events: tuple[RawEvent, ...]) -> list[str | None]:
    return [e.identity.order_id if e.identity else None for e in events]


async def test_pages_follow_the_cursor_and_the_first_one_gives_the_watermark() -> None:
    until = now()
    newest, older = until - timedelta(minutes=1), until - timedelta(minutes=30)
    # The head moves while it is read: the second page brings a change newer than the first's.
    moved = until + timedelta(seconds=2)
    stream = answers(
        page(changed_at(older, 1), changed_at(newest, 2), cursor="c/+1=="),
        page(changed_at(moved, 3), changed_at(older, 4)),
    )
    async with serving(stream) as server:
        pages = await read(server.url, until - timedelta(hours=4), until)
    assert [(len(p.events), p.watermark, p.last) for p in pages] == [
        (2, newest, False),
        (2, newest, True),
    ]
    first, second = server.came
    assert first.query == {
        "size": "200",
        "lastModifiedStartDate": str(millis(until - timedelta(hours=4))),
        "lastModifiedEndDate": str(millis(until + timedelta(hours=3))),
    }
    assert second.query == {**first.query, "nextCursor": "c/+1=="}


async def test_events_are_cut_out_with_their_own_bytes() -> None:
    raw = case("H39")
    async with serving(answers(web.Response(body=raw))) as server:
        pages = await read(server.url, now() - DAY, now())
    (events,) = (p.events for p in pages)
    assert ids(events) == [f"1060039000{n}" for n in range(1, 6)]
    assert all(e.body in raw for e in events)
    ids_of_events = [e.identity.event_id for e in events if e.identity]
    assert ids_of_events[0] == "SA:3300390001:Created:1795503480000"


async def test_one_bad_package_keeps_neither_the_others_nor_the_watermark_back() -> None:
    until = now()
    stream = answers(page(changed_at(until, 1), package(lines={}), 7, changed_at(until - DAY, 2)))
    async with serving(stream) as server:
        (only,) = await read(server.url, until - 2 * DAY, until)
    assert ids(only.events) == ["10600000001", None, None, "10600000002"]
    assert json.loads(only.events[2].body) == 7
    assert only.watermark == until


async def test_nothing_changed() -> None:
    async with serving(answers(page())) as server:
        (only,) = await read(server.url, now() - DAY, now())
    assert only == OrderPage((), None, True)


async def test_a_long_way_back_is_read_in_windows_of_fourteen_days_oldest_first() -> None:
    until = now()
    since = until - 30 * DAY
    stream = answers(
        page(changed_at(since + DAY, 1)),
        page(),
        page(changed_at(until - DAY, 2), cursor="c"),
        page(),
    )
    async with serving(stream) as server:
        pages = await read(server.url, since, until)
    spans = [
        (int(c.query["lastModifiedStartDate"]), int(c.query["lastModifiedEndDate"]))
        for c in server.came
    ]
    assert spans[0][0] == millis(since)
    assert spans[-1][1] == millis(until + timedelta(hours=3))
    assert all(end - start <= 14 * 86_400_000 for start, end in spans)
    # No gap between the windows, whichever of their ends is inclusive.
    assert spans[1][0] == spans[0][1] - 1
    assert spans[2][0] == spans[1][1] - 1
    assert [(p.watermark, p.last) for p in pages] == [
        (since + DAY, False),
        (since + DAY, False),
        (until - DAY, False),
        (until - DAY, True),
    ]


async def test_what_trendyol_no_longer_has_is_not_asked_for() -> None:
    until = now()
    async with serving(answers(page())) as server:
        await read(server.url, until - 400 * DAY, until)
    assert len(server.came) == 7
    oldest = int(server.came[0].query["lastModifiedStartDate"])
    assert abs(oldest - millis(until - 89 * DAY)) < 60_000


async def test_a_date_far_ahead_does_not_carry_the_watermark_off() -> None:
    until = now()
    stream = answers(page(changed_at(until + 3650 * DAY, 1)))
    async with serving(stream) as server:
        (only,) = await read(server.url, until - DAY, until)
    assert only.watermark == until + timedelta(hours=3)


async def test_a_refused_cursor_starts_the_window_again_once() -> None:
    until = now()
    first = page(changed_at(until - DAY, 1), cursor="old")
    again = page(changed_at(until, 2), changed_at(until - DAY, 1))
    refused = web.json_response({"error": "invalid.cursor", "message": "expired"}, status=400)
    async with serving(answers(first, refused, again)) as server:
        pages = await read(server.url, until - 2 * DAY, until)
    assert [p.watermark for p in pages] == [until - DAY, until]
    assert [p.last for p in pages] == [False, True]
    assert "nextCursor" not in server.came[2].query

    async with serving(answers(first, refused, first, refused)) as server:
        with pytest.raises(RefusedError, match=r"invalid\.cursor"):
            await read(server.url, until - 2 * DAY, until)
    assert len(server.came) == 4


async def test_a_refusal_without_a_cursor_is_not_repeated() -> None:
    refused = web.json_response({"error": "x", "message": "dates"}, status=400)
    async with serving(answers(refused)) as server:
        with pytest.raises(RefusedError):
            await read(server.url, now() - DAY, now())
    assert len(server.came) == 1


@pytest.mark.parametrize(
    "pages", [[{"hasMore": True}], [{"hasMore": True, "nextCursor": "a"}] * 3], ids=["none", "same"]
)
async def test_a_cursor_that_leads_nowhere_is_an_error(pages: list[dict[str, Any]]) -> None:
    async with serving(answers(*({"content": [], **p} for p in pages))) as server:
        with pytest.raises(ContractError) as refused:
            await read(server.url, now() - DAY, now())
    assert refused.value.fields == ("nextCursor",)


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (web.Response(body=b"<html>"), ()),
        ({"content": []}, ("hasMore",)),
        ({"hasMore": False}, ("content",)),
        ({"hasMore": "no", "content": {}}, ("content", "hasMore")),
    ],
)
async def test_a_page_of_another_shape_is_an_error(answer: Any, fields: tuple[str, ...]) -> None:
    async with serving(answers(answer)) as server:
        with pytest.raises(ContractError) as refused:
            await read(server.url, now() - DAY, now())
    assert refused.value.fields == fields


async def test_an_unreachable_stream_is_unavailable() -> None:
    async with serving(cuts) as server:
        with pytest.raises(UnavailableError):
            await read(server.url, now() - DAY, now())


async def test_an_order_is_all_its_packages() -> None:
    found = page(package("partly_cancelled_remains"), package("partly_cancelled_successor"))
    limiter = CountingLimiter()
    async with serving(answers(found)) as server, opened(server.url, limiter) as one:
        events = await one.fetch_order("10600123456")
        order = None
        for event in events:
            order = merge(order, one.to_canonical(event.body)).order
    assert order is not None
    assert [p.parcel_id for p in order.parcels] == ["3300123456", "3300123499"]
    (call,) = server.came
    assert call.path == "/integration/order/sellers/900123/v2/orders"
    assert call.query == {"orderNumber": "10600123456", "page": "0", "size": "200"}
    assert limiter.reserved == [("main", "orders", False)]


async def test_an_order_on_several_pages_is_read_to_the_end() -> None:
    first = {**page(package()), "totalPages": 2, "page": 0}
    second = {**page(package("partly_cancelled_successor")), "totalPages": 2, "page": 1}
    async with serving(answers(first, second)) as server, opened(server.url) as one:
        assert len(await one.fetch_order("10600123456")) == 2
    assert [c.query["page"] for c in server.came] == ["0", "1"]


async def test_what_belongs_to_another_order_is_left_out() -> None:
    found = page(package(), package(orderNumber="999"), package(lines={}))
    async with serving(answers(found)) as server, opened(server.url) as one:
        assert ids(await one.fetch_order("10600123456")) == ["10600123456", None]


async def test_an_older_order_is_looked_for_a_month_back() -> None:
    async with (
        serving(answers(page(), page(), page(package()))) as server,
        opened(server.url) as one,
    ):
        assert len(await one.fetch_order("10600123456")) == 1
    assert "startDate" not in server.came[0].query
    later, earlier = ((int(c.query["startDate"]), int(c.query["endDate"])) for c in server.came[1:])
    assert earlier[0] < later[0] <= earlier[1] < later[1]
    assert all(end - start <= 14 * 86_400_000 for start, end in (later, earlier))


@pytest.mark.parametrize(
    "answer",
    [
        page(),
        web.json_response({"errors": [{"key": "order.not.found", "message": "?"}]}, status=404),
        web.Response(status=404),
    ],
    ids=["empty", "not found", "bare 404"],
)
async def test_an_order_that_is_not_shown_is_empty(answer: Any) -> None:
    async with serving(answers(answer)) as server, opened(server.url) as one:
        assert await one.fetch_order("1") == ()
    assert len(server.came) <= 4


async def test_the_orders_path_is_an_option() -> None:
    async with (
        serving(answers(page(package()))) as server,
        opened(server.url, orders_path="v3/orders") as one,
    ):
        await one.fetch_order("10600123456")
    assert server.came[0].path.endswith("/sellers/900123/v3/orders")
