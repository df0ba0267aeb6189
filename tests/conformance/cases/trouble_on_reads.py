"""What a read makes of a marketplace that throttles, breaks, cuts or dawdles."""

import asyncio
import time
from datetime import timedelta

from channels.errors import (
    ContractError,
    CredentialsError,
    ThrottledError,
    UnavailableError,
)
from tests.conformance.case import LISTS, NAMES_WAIT, READS, SHOWS, case
from tests.conformance.cases.raises import raised
from tests.conformance.stage import Stage

NAMED_S = 7
SLOW_S = 1.5
TOGETHER = 6
SHORT = timedelta(seconds=5)


@case(
    "throttled-with-a-time",
    "A 429 that names a time is a ThrottledError with that time, and the limiter hears it.",
    SHOWS,
    NAMES_WAIT,
)
async def throttled_with_time(at: Stage) -> None:
    told = await at.one.place()
    await at.one.read(told.order_id)
    await at.market.fault(seller=at.one.seller, kind="throttled", retry_after=NAMED_S)
    error = await raised(at.one.read(told.order_id), ThrottledError)
    named = timedelta(seconds=NAMED_S)
    assert abs(error.retry_after - named) <= timedelta(seconds=1), error.retry_after
    assert [wait for _, wait in at.one.limiter.corrected] == [error.retry_after]
    assert await at.one.read(told.order_id)


@case(
    "throttled-without-a-time",
    "A 429 that names no time is a ThrottledError with a time of ours; calls that are refused"
    " together do not add up.",
    SHOWS,
)
async def throttled_without_time(at: Stage) -> None:
    told = await at.one.place()
    await at.one.read(told.order_id)
    await at.market.fault(seller=at.one.seller, kind="throttled", times=TOGETHER)
    reads = (raised(at.one.read(told.order_id), ThrottledError) for _ in range(TOGETHER))
    waits = [error.retry_after for error in await asyncio.gather(*reads)]
    assert all(timedelta(0) < wait <= SHORT for wait in waits), waits
    assert len(at.one.limiter.corrected) == TOGETHER
    assert await at.one.read(told.order_id)


@case("server-error-on-read", "A 5xx on a read is an UnavailableError, sent once.", SHOWS)
async def server_error(at: Stage) -> None:
    told = await at.one.place()
    await at.one.read(told.order_id)
    for status in (500, 503):
        await at.market.fault(seller=at.one.seller, kind="broken", status=status)
        asked = len(at.one.limiter.asked)
        await raised(at.one.read(told.order_id), UnavailableError)
        assert len(at.one.limiter.asked) - asked == 1, "it was repeated in place"
    assert await at.one.read(told.order_id)


@case(
    "gateway-page-on-read",
    "A gateway's HTML page with a 5xx is an UnavailableError in a line without markup at its head.",
    SHOWS,
)
async def gateway_page(at: Stage) -> None:
    told = await at.one.place()
    await at.one.read(told.order_id)
    await at.market.fault(seller=at.one.seller, kind="broken", status=502, html=True)
    error = await raised(at.one.read(told.order_id), UnavailableError)
    assert "\n" not in str(error) and len(str(error)) < 2_000
    assert await at.one.read(told.order_id)


@case(
    "page-instead-of-orders",
    "An HTML page with a 200 is never an empty list or a missing order; with a 403 it is an error"
    " of the port.",
    SHOWS,
)
async def page_instead(at: Stage) -> None:
    told = await at.one.place()
    await at.one.read(told.order_id)
    await at.market.fault(seller=at.one.seller, kind="page", status=200)
    await raised(at.one.read(told.order_id), ContractError, UnavailableError)
    await at.market.fault(seller=at.one.seller, kind="page", status=403, times=FORBIDDEN)
    await raised(at.one.read(told.order_id), CredentialsError, UnavailableError)
    await at.market.reset()
    assert await at.one.read(told.order_id)


FORBIDDEN = 3
"""A channel with tokens may try once more with another."""


@case("cut-on-read", "A connection cut during a read is an UnavailableError.", SHOWS)
async def cut(at: Stage) -> None:
    told = await at.one.place()
    await at.one.read(told.order_id)
    for kind in ("cut_before", "cut_after"):
        await at.market.fault(seller=at.one.seller, kind=kind)
        await raised(at.one.read(told.order_id), UnavailableError)
    assert await at.one.read(told.order_id)


@case(
    "trouble-on-the-second-page",
    "A list that breaks at its second page raises; it does not end as if it were whole.",
    LISTS,
)
async def second_page(at: Stage) -> None:
    for _ in range(5):
        await at.one.place()
    await at.market.settings(page_size=2)
    await at.one.pages()
    await at.market.fault(seller=at.one.seller, on="list", kind="broken", after=1)
    await raised(at.one.pages(), UnavailableError)
    pages = await at.one.pages()
    assert [page.last for page in pages].index(True) == len(pages) - 1


@case("slow-answer", "An answer that takes its time is waited for, and asked for once.", READS)
async def slow(at: Stage) -> None:
    told = await at.one.place()
    await at.one.read(told.order_id)
    first = len(at.one.limiter.asked)
    await at.one.read(told.order_id)
    usual = len(at.one.limiter.asked) - first
    await at.market.fault(seller=at.one.seller, kind="slow", seconds=SLOW_S)
    before = time.monotonic()
    assert await at.one.read(told.order_id)
    assert time.monotonic() - before >= SLOW_S * 0.9, "the fault did not strike"
    assert len(at.one.limiter.asked) - first == 2 * usual, "it was asked for twice"
