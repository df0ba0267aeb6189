"""Notices: kept as facts of the order, one count for all that one record drains."""

from datetime import timedelta

from pydantic import TypeAdapter

from canonical.effects import EffectState
from canonical.notice import Notice
from canonical.order import FulfilledBy, Order
from canonical.states import OrderState, ParcelState
from store import Recorded, Store
from tests.store.given import REF, START, UNREADABLE, event, order, parcel, receive, recorded

NEWS: TypeAdapter[Order | Notice] = TypeAdapter(Order | Notice)


def notice(minutes: int = 0, order_id: str = REF.order_id) -> bytes:
    changed_at = START + timedelta(minutes=minutes)
    return Notice(order_id=order_id, changed_at=changed_at).model_dump_json().encode()


async def noticed(store: Store, *bodies: bytes, first: int = 1) -> Recorded:
    for number, body in enumerate(bodies, first):
        await receive(store, event(body, f"n:{number}"))
    return await store.orders.record(REF, NEWS.validate_json, UNREADABLE)


async def test_a_notice_of_an_order_that_nobody_knows_makes_no_order(either: Store) -> None:
    result = await noticed(either, notice(3), notice(1))
    assert (result.applied, result.dead) == (2, 0)
    view = result.view
    assert (view.exists, view.version, view.state) == (False, 0, OrderState.UNKNOWN)
    assert (view.notices, view.noticed_at) == (2, START + timedelta(minutes=3))
    assert view == await either.orders.view(REF)


async def test_notices_are_counted_and_change_no_version(either: Store) -> None:
    changed_at = START - timedelta(minutes=1)
    await recorded(either, order(changed_at=changed_at))
    view = (await noticed(either, notice())).view
    assert (view.version, view.notices, view.changed_at) == (1, 1, changed_at)
    view = (await noticed(either, notice(), notice(2), first=2)).view
    assert (view.version, view.notices) == (1, 3)
    assert view.noticed_at == START + timedelta(minutes=2)


async def test_one_fact_that_comes_ten_times_is_one_notice(either: Store) -> None:
    for _ in range(10):
        await receive(either, event(notice(), "n:1"))
    result = await either.orders.record(REF, NEWS.validate_json, UNREADABLE)
    assert (result.applied, result.view.notices) == (1, 1)
    await receive(either, event(notice(), "n:1"))
    again = await either.orders.record(REF, NEWS.validate_json, UNREADABLE)
    assert (again.applied, again.view.notices) == (0, 1)


async def test_a_notice_of_another_order_is_a_dead_letter(either: Store) -> None:
    result = await noticed(either, notice(order_id="another"))
    assert (result.applied, result.dead) == (0, 1)
    assert "another order" in (result.view.contract_problem or "")


async def test_who_fulfils_and_when_it_is_over_come_back(either: Store) -> None:
    over_at = START + timedelta(days=14)
    given = order(
        fulfilled_by=FulfilledBy.MARKETPLACE, over_at=over_at, changed_at=START, parcels=(parcel(),)
    )
    view = (await recorded(either, given)).view
    assert (view.fulfilled_by, view.over_at) == (FulfilledBy.MARKETPLACE, over_at)
    assert view.changed_at == START


async def test_a_shipped_order_is_open_until_its_date(either: Store) -> None:
    shipped = (parcel(state=ParcelState.SHIPPED),)
    for over_at, is_open in ((START - timedelta(days=9_000), False), (None, True)):
        ref = REF.model_copy(update={"order_id": str(is_open)})
        given = order(ref, parcels=shipped, over_at=over_at)
        kept = await recorded(either, given, f"p1:{is_open}")
        await either.effects.begin(ref, "publish/order.received", kept.view.version)
        await either.effects.finish(
            ref, "publish/order.received", EffectState.DONE, told_state=OrderState.SHIPPED
        )
        found = [r.order_id async for r in either.orders.open_refs()]
        assert (ref.order_id in found) is is_open
