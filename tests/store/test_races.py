"""Many at once: one row, one set of lines, one `SEND`, and no error that escapes."""

import asyncio

import pytest

from canonical.effects import EffectState
from canonical.envelope import Source
from canonical.states import ParcelState
from store import Begun, InboxState, Recorded, Store
from tests.store.given import REF, command, event, obey, order, parcel, receive, record, recorded

WRITERS = 16
ROUNDS = 20


async def _one_of_many(store: Store, writer: int, order_id: str) -> Recorded:
    """Half come by webhook, half by poll, all under one event id."""
    ref = REF.model_copy(update={"order_id": order_id})
    source = Source.WEBHOOK if writer % 2 else Source.POLL
    await receive(store, event(order(ref), f"{order_id}:1", source=source))
    return await record(store, ref, expecting=True)


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(200, marks=pytest.mark.slow)])
async def test_sixteen_first_writers_make_one_order(either: Store, rounds: int) -> None:
    for number in range(rounds):
        order_id = f"race-{number}"
        ref = REF.model_copy(update={"order_id": order_id})
        results = await asyncio.gather(
            *(_one_of_many(either, writer, order_id) for writer in range(WRITERS))
        )
        assert sum(r.applied for r in results) == 1
        assert {r.view.version for r in results} == {1}
        assert {len(r.view.parcels) for r in results} == {1}
        (entry,) = await either.inbox.log(ref)
        assert (entry.state, entry.deliveries) == (InboxState.APPLIED, WRITERS)
    report = await either.report.read()
    assert sum(report.orders.values()) == rounds
    assert report.orders_without_lines == report.quantities_disagree == ()
    assert report.repeated_deliveries == rounds * (WRITERS - 1)


async def test_batches_that_overlap_in_every_order_neither_lock_up_nor_lose(either: Store) -> None:
    events = [event(order(), f"e{n}") for n in range(50)]
    batches = [events, events[::-1], events[25:] + events[:25]] * 4
    await asyncio.gather(*(receive(either, *batch) for batch in batches))
    log = await either.inbox.log(REF)
    assert len(log) == 50
    assert {x.deliveries for x in log} == {len(batches)}


async def test_each_event_is_applied_by_one_of_many_who_drain(either: Store) -> None:
    states = [ParcelState.NEW, ParcelState.ACCEPTED, ParcelState.READY, ParcelState.SHIPPED]
    for version, state in enumerate(states, 1):
        news = order(parcels=(parcel(state=state, version=version),))
        await receive(either, event(news, f"p1:{version}"))
    results = await asyncio.gather(*(record(either, expecting=bool(n % 2)) for n in range(WRITERS)))
    assert sum(r.applied + r.superseded for r in results) == len(states)
    assert {r.view.parcels[0].state for r in results} == {ParcelState.SHIPPED}
    assert {r.view.version for r in results} == {1}


async def test_commands_and_events_at_once_lose_neither(either: Store) -> None:
    await recorded(either, order())
    newer = event(order(parcels=(parcel(state=ParcelState.ACCEPTED, version=2),)), "p1:2")

    async def command_comes(number: int) -> None:
        await obey(either, command("acknowledge", f"c{number}", event_id=f"e{number}"))
        await record(either)

    async def event_comes() -> None:
        await receive(either, newer)
        await record(either)

    await asyncio.gather(*(command_comes(n) for n in range(8)), event_comes(), event_comes())
    view = (await record(either)).view
    assert view.wishes.acknowledged == {f"e{n}" for n in range(8)}
    assert (view.version, view.parcels[0].state) == (2, ParcelState.ACCEPTED)


@pytest.mark.parametrize("after", ["never begun", "taken back"])
async def test_of_many_who_begin_one_may_send(either: Store, after: str) -> None:
    await recorded(either, order())
    for number in range(ROUNDS):
        name = f"accept/{number}"
        if after == "taken back":
            assert await either.effects.begin(REF, name, 1) is Begun.SEND
            await either.effects.release(REF, name)
        begun = await asyncio.gather(*(either.effects.begin(REF, name, 1) for _ in range(WRITERS)))
        assert begun.count(Begun.SEND) == 1
        assert begun.count(Begun.READ_BACK) == WRITERS - 1


async def test_what_is_done_stays_done_whoever_is_late(either: Store) -> None:
    await recorded(either, order())
    await either.effects.begin(REF, "accept/p1", 1)
    outcomes = [EffectState.UNKNOWN, EffectState.DONE, EffectState.REFUSED] * 3
    await asyncio.gather(*(either.effects.finish(REF, "accept/p1", state) for state in outcomes))
    assert (await either.orders.view(REF)).done("accept/p1")


async def test_a_cursor_is_moved_by_one_of_many(either: Store) -> None:
    moved = await asyncio.gather(
        *(either.cursors.commit("trendyol", "riyadh", "orders", str(n), None) for n in range(8))
    )
    assert moved.count(True) == 1
    moved = await asyncio.gather(
        *(either.cursors.commit("trendyol", "riyadh", "orders", str(n), 1) for n in range(8))
    )
    assert moved.count(True) == 1


async def test_overlapping_imports_of_listings_agree(either: Store) -> None:
    head = "channel,account,channel_sku,item_id\n"
    rows = [f"trendyol,riyadh,SKU-{n},ITEM-{n}\n" for n in range(200)]
    await asyncio.gather(
        *(either.listings.import_csv([head, *part]) for part in (rows, rows[::-1], rows[50:]))
    )
    found = await either.listings.lookup("trendyol", "riyadh", [f"SKU-{n}" for n in range(200)])
    assert len(found) == 200
