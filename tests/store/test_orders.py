"""The record transaction: mapped, merged, written whole, marked; never twice."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from canonical.order import Order
from canonical.states import OrderState, ParcelState
from store import InboxState, Store
from tests.store.given import (
    REF,
    START,
    command,
    event,
    line,
    obey,
    order,
    parcel,
    receive,
    record,
    recorded,
    sar,
)

MUCH = sar("99999999999999")


async def _rows(url: str, query: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
    try:
        return [dict(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def test_an_order_that_never_came_does_not_exist(either: Store) -> None:
    result = await record(either)
    assert (result.view.exists, result.applied) == (False, 0)
    assert (await either.orders.view(REF)).exists is False
    assert await either.orders.load(REF) is None


async def test_the_first_event_makes_the_order(either: Store) -> None:
    result = await recorded(either, order())
    view = result.view
    assert (result.applied, result.superseded, result.dead) == (1, 0, 0)
    assert (view.exists, view.state, view.version) == (True, OrderState.NEW, 1)
    assert view.parcels[0].lines[0].quantity == 2
    assert view.first_received_at == START
    assert view.correlation_id == "c-1"
    assert view.unmapped == ("SKU-1",)
    assert view == await either.orders.view(REF)


async def test_the_canonical_order_comes_back_whole(either: Store) -> None:
    given = order(
        lines=(line(), line("l2", "SKU-2", 1)),
        parcels=(parcel("p1"), parcel("p2", ParcelState.ACCEPTED, 5, (line("l2", "SKU-2", 1),))),
        note="شكرا \u200f 👋",
    )
    await recorded(either, given)
    kept = await either.orders.load(REF)
    assert kept is not None
    assert kept.order.model_copy(update={"lines": given.lines}) == given
    assert [x.model_dump(exclude={"cancelled"}) for x in kept.order.lines] == [
        x.model_dump(exclude={"cancelled"}) for x in given.lines
    ]


async def test_the_tables_can_be_read_by_plain_sql(either: Store, clean_url: str) -> None:
    await recorded(either, order())
    (row,) = await _rows(clean_url, "SELECT * FROM orders")
    assert (row["state"], row["version"], row["currency"]) == ("new", 1, "SAR")
    assert (row["gross"], row["discount"], row["payable"]) == (100, 10, 90)
    assert row["vat"] == Decimal("11.74")
    (kept,) = await _rows(clean_url, "SELECT * FROM order_lines")
    assert (kept["discount_seller"], kept["discount_marketplace"]) == (Decimal(7), Decimal(3))
    assert (kept["name"], kept["tax_rate"], kept["ordered"]) == ("قميص قطن 👕", Decimal(15), 2)
    (piece,) = await _rows(clean_url, "SELECT * FROM parcel_lines")
    assert (piece["parcel_id"], piece["line_id"], piece["quantity"]) == ("p1", "l1", 2)


async def test_nothing_personal_stands_outside_the_sealed_columns(
    either: Store, clean_url: str
) -> None:
    given = order()
    given = given.model_copy(
        update={"buyer": given.buyer.model_copy(update={"name": "Xenia Q", "phone": "+96650"})}
    )
    await recorded(either, given)
    for table in ("orders", "order_lines", "parcels", "parcel_lines", "inbox", "effects"):
        for row in await _rows(clean_url, f"SELECT * FROM {table}"):  # noqa: S608
            clear = str({k: v for k, v in row.items() if k not in ("personal", "body")})
            assert "Xenia" not in clear
            assert "+96650" not in clear


async def test_with_nothing_new_nothing_is_written(either: Store, clean_url: str) -> None:
    await recorded(either, order())
    before = await _rows(clean_url, "SELECT xmin::text, * FROM orders")
    result = await record(either)
    assert (result.applied, result.view.version) == (0, 1)
    assert await _rows(clean_url, "SELECT xmin::text, * FROM orders") == before


async def test_a_newer_event_moves_the_order_once(either: Store) -> None:
    await recorded(either, order())
    result = await recorded(
        either, order(parcels=(parcel(state=ParcelState.ACCEPTED, version=2),)), "p1:2"
    )
    assert (result.applied, result.view.version) == (1, 2)
    assert result.view.state is OrderState.ACCEPTED
    assert result.view.parcels[0].channel_status == "Accepted"


async def test_several_events_are_one_new_version(either: Store) -> None:
    await receive(
        either,
        event(order(), "p1:1"),
        event(order(parcels=(parcel(state=ParcelState.ACCEPTED, version=2),)), "p1:2"),
    )
    result = await record(either)
    assert (result.applied, result.view.version, result.view.state) == (2, 1, OrderState.ACCEPTED)


async def test_late_news_is_superseded_and_changes_nothing(either: Store) -> None:
    newest = order(parcels=(parcel(state=ParcelState.ACCEPTED, version=2),))
    await recorded(either, newest, "p1:2")
    result = await recorded(either, order(), "p1:1")
    assert (result.applied, result.superseded) == (0, 1)
    assert (result.view.version, result.view.state) == (1, OrderState.ACCEPTED)
    assert await either.inbox.settled("trendyol", "riyadh", ["p1:1"]) == {"p1:1"}


async def test_a_dead_parcels_lines_leave_and_others_come(either: Store, clean_url: str) -> None:
    two = (line(), line("l2", "SKU-2", 1))
    await recorded(either, order(lines=two, parcels=(parcel(lines=two),)))
    fewer = order(lines=two, parcels=(parcel(version=2, lines=two[:1]),))
    await recorded(either, fewer, "p1:2")
    pieces = await _rows(clean_url, "SELECT line_id FROM parcel_lines ORDER BY 1")
    assert [x["line_id"] for x in pieces] == ["l1"]
    cancelled = await _rows(clean_url, "SELECT line_id, cancelled FROM order_lines")
    assert {x["line_id"]: x["cancelled"] for x in cancelled} == {"l1": 0, "l2": 1}


async def test_an_unreadable_event_is_a_dead_letter_and_a_problem(either: Store) -> None:
    await receive(either, event(b"{}", "p1:1"))
    result = await record(either)
    assert (result.dead, result.view.exists) == (1, False)
    assert result.view.contract_problem is not None
    assert "p1:1" in result.view.contract_problem
    (entry,) = await either.inbox.log(REF)
    assert (entry.state, entry.reason) == (InboxState.DEAD_LETTERED, "contract")
    assert entry.description
    assert "placed_at" in entry.description


async def test_the_next_readable_event_ends_the_problem(either: Store) -> None:
    await receive(
        either, event(b"{}", "p1:0"), event(order(), "p1:1", received_at=START + timedelta(1))
    )
    result = await record(either)
    assert (result.dead, result.applied) == (1, 1)
    assert result.view.contract_problem is None


async def test_a_resync_forgets_the_problem(either: Store) -> None:
    await receive(either, event(b"{}", "p1:0"))
    await record(either)
    await either.orders.clear_problems(REF)
    assert (await either.orders.view(REF)).contract_problem is None


async def test_a_move_that_nothing_explains_is_recorded_and_told(either: Store) -> None:
    await recorded(either, order(parcels=(parcel(state=ParcelState.DELIVERED, version=1),)))
    odd = order(parcels=(parcel(state=ParcelState.NEW, version=2),))
    view = (await recorded(either, odd, "p1:2")).view
    assert view.contract_problem is not None
    assert "from delivered to new" in view.contract_problem


async def test_an_error_of_ours_is_not_taken_for_unreadable(either: Store) -> None:
    await receive(either, event(order()))

    def broken(body: bytes) -> Order:
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="a fault of ours"):
        await either.orders.record(REF, broken)
    assert (await record(either)).applied == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (order(lines=(line(), line())), "stands for two"),
        (order(parcels=(parcel(), parcel())), "stands for two"),
        (order(lines=(line("x" * 200),)), "too long"),
        (order(lines=(line(sku="nul\x00"),)), "not text"),
        (order(parcels=(parcel(version=2**70),)), "64 bits"),
        (order(lines=(line(line_gross=MUCH), line("l2", line_gross=sar("9")))), "sum"),
        (order(REF.model_copy(update={"order_id": "other"})), "about order other"),
    ],
    ids=["line twice", "parcel twice", "long id", "nul", "version", "sum", "another order"],
)  # fmt: skip
async def test_an_order_that_does_not_fit_is_a_dead_letter(
    store: Store, given: Order, why: str
) -> None:
    envelope, identity = event(given.model_dump_json().encode(), "p1:1")
    await receive(store, (envelope, identity))
    result = await record(store)
    assert (result.dead, result.view.exists) == (1, False)
    (entry,) = await store.inbox.log(REF)
    assert entry.description
    assert why in entry.description


async def test_text_without_its_nul_is_kept(store: Store, clean_url: str) -> None:
    given = order().model_dump_json().replace("قميص", "\\u0000قميص").encode()
    await receive(store, event(given))
    assert (await record(store)).applied == 1
    (row,) = await _rows(clean_url, "SELECT name FROM order_lines")
    assert row["name"] == "قميص قطن 👕"


async def test_wishes_are_kept_with_the_order_and_no_new_version(either: Store) -> None:
    await recorded(either, order())
    await obey(either, command("accept", "c1"))
    await obey(either, command("ship", "c2", parcel_id="p1", invoice_number="INV1"), minutes=2)
    await obey(either, command("reject", "c3", note="نفد"), minutes=3)
    result = await record(either)
    wishes = result.view.wishes
    assert (result.applied, result.view.version) == (3, 1)
    assert wishes.accepted
    assert wishes.ship[0].invoice_number == "INV1"
    assert wishes.reject[0].note == "نفد"
    assert (await either.orders.view(REF)).wishes == wishes


async def test_a_command_that_does_not_fit_is_a_dead_letter(store: Store) -> None:
    await recorded(store, order())
    await store.inbox.receive_command(command("accept", "c1"), START, "c", b'{"kind": "dance"}')
    assert (await record(store)).dead == 1


async def test_items_come_from_the_listings_also_without_an_event(either: Store) -> None:
    head = "channel,account,channel_sku,item_id\n"
    assert (await recorded(either, order())).view.unmapped == ("SKU-1",)
    await either.listings.import_csv([head, "trendyol,riyadh,SKU-1,ITEM-9\n"])
    result = await record(either)
    assert (result.applied, result.view.unmapped, result.view.version) == (0, (), 2)
    kept = await either.orders.load(REF)
    assert kept is not None
    assert kept.order.lines[0].item_id == "ITEM-9"
    assert (await record(either)).view.version == 2


async def test_a_signal_without_an_event_leaves_no_order(either: Store) -> None:
    result = await record(either, expecting=True)
    assert (result.view.exists, result.applied) == (False, 0)
    assert await either.orders.load(REF) is None
    assert [x async for x in either.orders.open_refs()] == []


async def test_known_items_are_there_from_the_first(either: Store) -> None:
    await either.listings.import_csv(
        ["channel,account,channel_sku,item_id\n", "trendyol,riyadh,SKU-1,ITEM-9\n"]
    )
    assert (await recorded(either, order())).view.unmapped == ()


async def test_totals_that_differ_are_told(store: Store) -> None:
    view = (await recorded(store, order(stated_payable=sar("1.00")))).view
    assert view.totals_problem is not None


async def test_one_order_id_at_two_accounts_is_two_orders(store: Store) -> None:
    other = REF.model_copy(update={"account": "jeddah"})
    await recorded(store, order())
    await recorded(store, order(other))
    assert len(await store.orders.find()) == 2
