"""Returns and successors as the tables hold them, and what of them the view tells."""

import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from canonical.effects import EffectState
from canonical.order import Address, Order
from canonical.returns import Return, ReturnItem, ReturnState
from canonical.states import OrderState, ParcelState
from store import InboxState, Store
from tests.store.given import REF, START, event, line, order, parcel, receive, record, recorded

DUE = START + timedelta(hours=48)
RECEIVED = "publish/order.received"


def back(
    state: ReturnState = ReturnState.WAITING_FOR_ANSWER, version: int = 1, **more: Any
) -> Order:
    """News of a return of one of the order's two units."""
    item = ReturnItem(
        item_id="i1",
        line_id="l1",
        channel_sku="SKU-1",
        quantity=1,
        parcel_id="p1",
        state=state,
        channel_status=state.value,
        reason="Changed mind",
        note="call me on 0501234567",
    )
    waits = state is ReturnState.WAITING_FOR_ANSWER
    fields = {
        "return_id": "r1",
        "state": state,
        "version": version,
        "items": (item,),
        "requested_at": START,
        "answer_by": DUE if waits else None,
        **more,
    }
    return order(lines=(), parcels=(), returns=(Return(**fields),))


async def _rows(url: str, query: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
    try:
        return [dict(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def delivered() -> Order:
    return order(parcels=(parcel(state=ParcelState.DELIVERED),))


async def test_a_return_is_a_row_of_its_order(either: Store, clean_url: str) -> None:
    await recorded(either, delivered())
    view = (await recorded(either, back(), "r1:1")).view
    (item,) = view.returns
    assert (item.return_id, item.state, item.answer_by) == (
        "r1",
        ReturnState.WAITING_FOR_ANSWER,
        DUE,
    )
    assert item.waiting == {"i1"}
    (row,) = await _rows(clean_url, "SELECT * FROM returns")
    assert (row["state"], row["units"], row["answer_by"]) == ("waiting_for_answer", 1, DUE)
    assert json.loads(row["items"])[0]["reason"] == "Changed mind"
    assert "0501234567" not in row["items"]
    kept = await either.orders.load(REF)
    assert kept is not None
    assert kept.order.returns[0].items[0].note == "call me on 0501234567"


async def test_an_accepted_return_counts_in_the_line_and_moves_nothing_else(
    either: Store, clean_url: str
) -> None:
    await recorded(either, delivered())
    await recorded(either, back(), "r1:1")
    done = await recorded(either, back(ReturnState.ACCEPTED, 2), "r1:2")
    assert done.view.state is OrderState.DELIVERED
    assert done.view.version == 3
    (row,) = await _rows(clean_url, "SELECT ordered, shipped, returned FROM order_lines")
    assert dict(row) == {"ordered": 2, "shipped": 2, "returned": 1}
    late = await recorded(either, back(), "r1:1-again")
    assert (late.superseded, late.view.version) == (1, 3)
    assert (await either.report.read()).quantities_disagree == ()


async def test_a_return_may_come_before_its_order(either: Store) -> None:
    early = await recorded(either, back(), "r1:1")
    assert (early.view.exists, early.view.state, early.view.parcels) == (
        True,
        OrderState.UNKNOWN,
        (),
    )
    assert (await either.report.read()).orders_without_lines == ()
    both = await recorded(either, delivered())
    assert both.view.state is OrderState.DELIVERED
    assert [r.return_id for r in both.view.returns] == ["r1"]


async def test_an_order_with_an_open_return_is_open(store: Store) -> None:
    await recorded(store, delivered())
    await store.effects.begin(REF, RECEIVED, 1)
    await store.effects.finish(REF, RECEIVED, EffectState.DONE, told_state=OrderState.DELIVERED)
    assert [ref async for ref in store.orders.open_refs()] == []
    await recorded(store, back(), "r1:1")
    assert [ref async for ref in store.orders.open_refs()] == [REF]
    await recorded(store, back(ReturnState.REJECTED, 2), "r1:2")
    assert [ref async for ref in store.orders.open_refs()] == []


async def test_what_was_told_is_noted_with_its_digest(either: Store) -> None:
    first = (await recorded(either, order())).view
    assert first.told_digest is None
    await either.effects.begin(REF, RECEIVED, 1)
    await either.effects.finish(
        REF, RECEIVED, EffectState.DONE, told_state=OrderState.NEW, told_digest=first.digest
    )
    assert (await either.orders.view(REF)).told_digest == first.digest
    rest = parcel("p2", version=3, lines=(line(ordered=1),))
    rest = rest.model_copy(update={"origin_parcel_ids": ("p1",)})
    dead = parcel(state=ParcelState.CANCELLED, version=2)
    await receive(either, event(order(parcels=(dead,)), "p1:2"))
    successor = order(lines=(line(ordered=1),), parcels=(rest,))
    view = (await recorded(either, successor, "p2:3")).view
    assert view.digest != view.told_digest == first.digest
    assert [p.origin_parcel_ids for p in view.parcels] == [(), ("p1",)]


async def test_when_the_order_was_last_heard_of(either: Store) -> None:
    await recorded(either, order())
    moved = order(parcels=(parcel(state=ParcelState.CANCELLED, version=2),))
    at = START + timedelta(minutes=5)
    await receive(either, event(moved, "p1:2", received_at=at))
    assert (await record(either)).view.heard_at == at
    later = START + timedelta(minutes=9)
    await receive(either, event(moved, "p1:2-again", received_at=later))
    assert (await record(either)).view.heard_at == at


async def test_a_blank_address_is_told_and_nothing_of_a_full_one(either: Store) -> None:
    assert (await recorded(either, order())).view.address_blank
    full = order(ship_to=Address(line1="King Fahd Rd 10", city="Riyadh"))
    view = (await recorded(either, full, "p1:1-full")).view
    assert not view.address_blank
    assert "Riyadh" not in view.model_dump_json()


async def test_a_parcel_that_the_seller_ships(either: Store) -> None:
    mine = parcel().model_copy(update={"seller_ships": True})
    assert (await recorded(either, order(parcels=(mine,)))).view.parcels[0].seller_ships


@pytest.mark.parametrize(
    "more",
    [{"return_id": "x" * 300}, {"version": 2**63}],
    ids=["long id", "huge version"],
)
async def test_a_return_that_does_not_fit_is_a_dead_letter(
    store: Store, more: dict[str, Any]
) -> None:
    await recorded(store, delivered())
    result = await recorded(store, back(**more), "r1:1")
    assert (result.dead, result.view.returns) == (1, ())
    (_, entry) = await store.inbox.log(REF)
    assert entry.state is InboxState.DEAD_LETTERED
