"""Reading orders while the marketplace goes on: drift, repeats, lateness, clocks."""

from datetime import UTC, datetime, timedelta

from canonical.abilities import Carries
from canonical.states import ParcelState
from channels.port import OrderPage, RawEvent
from tests.conformance.case import LISTS, READS, SHOWS, case
from tests.conformance.stage import BEFORE, Stage, Trader, of_order

AHEAD_S = 90.0
MARGIN_S = 60.0


def _states(trader: Trader, events: list[RawEvent] | tuple[RawEvent, ...]) -> set[ParcelState]:
    return {parcel.state for parcel in trader.folded(events).parcels}


def _newest(pages: list[OrderPage]) -> datetime | None:
    """What a poll would commit."""
    found = [page.watermark for page in pages if page.watermark is not None]
    return found[-1] if found else None


@case(
    "paging-drifts",
    "Orders that appear and change between two pages push no other out of the read; they are in it"
    " or in the next one, which begins its overlap before the watermark.",
    LISTS,
)
async def paging_drifts(at: Stage) -> None:
    polling = at.one.abilities.polling
    assert polling is not None
    await at.market.settings(page_size=2)
    placed = [(await at.one.place()).order_id for _ in range(7)]
    start, until = at.one.started - BEFORE, datetime.now(UTC)
    pages: list[OrderPage] = []
    moved: list[str] = []
    async for page in at.one.channel.list_orders(start, until):
        pages.append(page)
        seen = [x for x in placed if of_order(pages, x)]
        unseen = [x for x in placed if x not in seen]
        if seen and unseen and not moved:
            moved = [seen[0], unseen[0]]
            for order_id in moved:
                await at.market.change(at.one.seller, order_id, what="cancel")
            moved.append((await at.one.place()).order_id)
    assert moved, "all came on one page"
    lost = [x for x in placed if x not in moved and not of_order(pages, x)]
    assert not lost, f"the read missed {lost}, which did not change"
    watermark = _newest(pages)
    since = start if watermark is None else min(watermark - polling.overlap, start)
    again = await at.one.pages(since)
    for order_id in moved:
        events = of_order(pages, order_id) + of_order(again, order_id)
        assert events, f"{order_id} is in neither read"
        if order_id != moved[-1] and at.one.abilities.event_carries is not Carries.NOTICE:
            latest = max(events, key=lambda e: e.identity.version if e.identity else -1)
            now = {e.identity for e in await at.one.read(order_id)}
            assert latest.identity in now, f"the change of {order_id} is in neither read"


@case(
    "duplicates",
    "The same state of an order read twice is the same event: id, subject and version.",
    SHOWS,
)
async def duplicates(at: Stage) -> None:
    told = await at.one.place()
    first = {e.identity for e in await at.one.read(told.order_id)}
    second = {e.identity for e in await at.one.read(told.order_id)}
    assert first == second and None not in first
    abilities = at.one.abilities
    if abilities.polling is not None and abilities.event_carries is not Carries.NOTICE:
        assert {e.identity for e in await at.one.listed(told.order_id)} == first


@case(
    "event-before-its-order",
    "An order that cannot be read yet is no order and no error; later it is there.",
    READS,
)
async def event_before_order(at: Stage) -> None:
    await at.market.settings(visible_after_s=3600)
    told = await at.one.place()
    assert await at.one.channel.fetch_order(told.order_id) == ()
    await at.market.settings(visible_after_s=0)
    (event, *_) = await at.one.channel.fetch_order(told.order_id)
    assert event.identity is not None and event.identity.order_id == told.order_id


@case(
    "changed-between-two-reads",
    "A change makes another event with a higher version of the same subject, and the newer counts"
    " in whichever order both come.",
    SHOWS,
)
async def changed_between(at: Stage) -> None:
    told = await at.one.place()
    before = await at.one.read(told.order_id)
    await at.market.change(at.one.seller, told.order_id, what="cancel")
    after = await at.one.read(told.order_id)
    old = {e.identity.subject: e.identity for e in before if e.identity}
    new = {e.identity.subject: e.identity for e in after if e.identity}
    for subject in old.keys() & new.keys():
        assert new[subject].version > old[subject].version
        assert new[subject].event_id != old[subject].event_id
    assert old.keys() & new.keys(), "nothing tells that it is the same parcel"
    assert _states(at.one, (*before, *after)) == {ParcelState.CANCELLED}
    assert _states(at.one, (*after, *before)) == {ParcelState.CANCELLED}


@case(
    "clock-ahead",
    "An order stamped in our future is an order like any other, and orders stamped earlier that"
    " come after it are found.",
    READS,
    LISTS,
)
async def clock_ahead(at: Stage) -> None:
    polling = at.one.abilities.polling
    assert polling is not None
    await at.market.settings(clock_ahead_s=AHEAD_S)
    ahead = await at.one.place()
    assert (await at.one.order(ahead.order_id)).ref.order_id == ahead.order_id
    start = at.one.started - BEFORE
    pages = await at.one.pages(start)
    assert all(event.identity for page in pages for event in page.events)
    watermark = _newest(pages)
    await at.market.settings(clock_ahead_s=0)
    told = await at.one.place()
    since = start if watermark is None else watermark - polling.overlap
    assert of_order(await at.one.pages(since), told.order_id)


@case(
    "clock-behind",
    "A marketplace whose clock is behind ours by more than the overlap loses no order: watermarks"
    " are its own stamps.",
    LISTS,
)
async def clock_behind(at: Stage) -> None:
    polling = at.one.abilities.polling
    assert polling is not None
    behind = polling.overlap + timedelta(seconds=MARGIN_S)
    await at.market.settings(clock_ahead_s=-behind.total_seconds())
    start = at.one.started - behind - BEFORE
    first = await at.one.place()
    pages = await at.one.pages(start, datetime.now(UTC))
    assert of_order(pages, first.order_id)
    watermark = _newest(pages)
    second = await at.one.place()
    since = start if watermark is None else watermark - polling.overlap
    assert of_order(await at.one.pages(since, datetime.now(UTC)), second.order_id)


@case(
    "empty-account",
    "An account that never had an order reads as one last page without events, an order that is"
    " not there as none; so do its returns and its finance rows.",
    SHOWS,
)
async def empty_account(at: Stage) -> None:
    elsewhere = await at.one.place()
    async with at.new_market() as trader:
        abilities, now = trader.abilities, datetime.now(UTC)
        day = (now - timedelta(days=1), now)
        if abilities.order_readable:
            assert await trader.channel.fetch_order(elsewhere.order_id) == ()
        if abilities.polling is not None:
            pages = await trader.pages(*day)
            assert [(page.last, page.events) for page in pages] == [(True, ())]
            end = datetime.now(UTC)
            assert all(page.watermark is None or page.watermark <= end for page in pages)
        if abilities.returns is not None:
            returns = [page async for page in trader.channel.list_returns(*day)]
            assert [page.last for page in returns][-1:] == [True]
            assert not any(page.events for page in returns)
        for kind in abilities.finance:
            rows = [row async for page in trader.channel.list_finance(kind, *day) for row in page]
            assert rows == []
