"""Merging must not depend on the order of events, nor on how often they come."""

from collections.abc import Iterable
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from canonical.merge import merge
from canonical.order import Address, Order, Parcel, ParcelLine, Payment, PaymentMethod
from canonical.returns import Return, ReturnItem, ReturnState
from canonical.states import DEAD, ParcelState, order_state
from tests.canonical.lives import Life, later, lives, order_with, order_with_return, sar

PRICES = {"A": sar("12.50").amount, "B": sar("3.00").amount}


def all_merged(events: Iterable[Order]) -> Order:
    done: Order | None = reduce(lambda known, e: merge(known, e).order, events, None)
    assert done is not None
    return done


def parcel(
    parcel_id: str = "P0",
    state: ParcelState = ParcelState.NEW,
    version: int = 1,
    lines: tuple[tuple[str, str, int], ...] = (("1", "A", 2),),
    origins: tuple[str, ...] = (),
) -> Parcel:
    return Parcel(
        parcel_id=parcel_id,
        state=state,
        channel_status=state.value,
        version=version,
        lines=tuple(ParcelLine(line_id=i, channel_sku=s, quantity=q) for i, s, q in lines),
        origin_parcel_ids=origins,
    )


@given(life=lives(), data=st.data())
def test_any_order_and_any_number_of_repeats_end_in_the_same_order(
    life: Life, data: st.DataObject
) -> None:
    expected = all_merged(life.events)
    shuffled = data.draw(st.permutations(life.events + life.events))
    assert all_merged(shuffled) == expected


@given(life=lives(), data=st.data())
def test_a_repeated_event_changes_nothing(life: Life, data: st.DataObject) -> None:
    known = all_merged(life.events)
    again = merge(known, data.draw(st.sampled_from(life.events)))
    assert again.order == known
    assert not again.changed


@given(life=lives())
def test_quantities_and_money_are_those_of_the_first_parcel(life: Life) -> None:
    order = all_merged(life.events)
    first = life.events[0]
    assert [x.line_id for x in order.lines] == [x.line_id for x in first.lines]
    assert [x.ordered for x in order.lines] == [x.ordered for x in first.lines]
    assert order.payable == first.payable
    assert all(0 <= x.cancelled <= x.ordered for x in order.lines)
    assert all(0 <= x.returned <= x.shipped <= x.ordered for x in order.lines)


@given(life=lives())
def test_what_is_not_cancelled_is_what_lives(life: Life) -> None:
    order = all_merged(life.events)
    for line in order.lines:
        alive = sum(
            part.quantity
            for p in life.parcels.values()
            if p.state not in DEAD
            for part in p.lines
            if part.channel_sku == line.channel_sku
        )
        assert line.ordered - line.cancelled == alive


@given(life=lives())
def test_what_came_back_counts_once_by_parcel_or_by_return(life: Life) -> None:
    order = all_merged(life.events)
    for line in order.lines:
        back = 0
        for p in life.parcels.values():
            parts = [x for x in p.lines if x.channel_sku == line.channel_sku]
            if p.state is ParcelState.RETURNED:
                back += sum(x.quantity for x in parts)
                continue
            back += sum(
                item.quantity
                for r in life.returns.values()
                for item in r.items
                if item.parcel_id == p.parcel_id
                and item.channel_sku == line.channel_sku
                and item.state is ReturnState.ACCEPTED
            )
        assert line.returned == back


@given(life=lives(), data=st.data())
def test_each_return_stands_in_its_newest_version_with_its_first_deadline(
    life: Life, data: st.DataObject
) -> None:
    order = all_merged(data.draw(st.permutations(life.events)))
    assert {r.return_id: r.items for r in order.returns} == {
        r.return_id: r.items for r in life.returns.values()
    }
    for r in order.returns:
        told = [x.answer_by for e in life.events for x in e.returns if x.return_id == r.return_id]
        assert r.answer_by == min((t for t in told if t), default=None)


@given(life=lives(), data=st.data())
def test_each_parcel_stands_in_its_newest_version(life: Life, data: st.DataObject) -> None:
    order = all_merged(data.draw(st.permutations(life.events)))
    for known in order.parcels:
        newest = life.parcels[known.parcel_id]
        held = tuple(x for x in known.lines if x.quantity)
        assert known.model_copy(update={"lines": held}) == newest
    assert len(order.parcels) == len(life.parcels)
    assert order.note == f"as of {life.clock}"
    assert order_state(p.state for p in order.parcels) == order_state(
        p.state for p in life.parcels.values()
    )


def test_an_older_version_is_superseded() -> None:
    newer = order_with(parcel(state=ParcelState.SHIPPED, version=5), PRICES)
    older = order_with(parcel(state=ParcelState.ACCEPTED, version=4), PRICES)
    known = merge(None, newer).order
    late = merge(known, older)
    assert not late.changed
    assert late.order.parcels[0].state is ParcelState.SHIPPED


def test_a_move_that_nothing_explains_is_recorded_and_told() -> None:
    known = merge(None, order_with(parcel(state=ParcelState.DELIVERED), PRICES)).order
    back = merge(known, order_with(parcel(state=ParcelState.NEW, version=2), PRICES))
    assert back.order.parcels[0].state is ParcelState.NEW
    assert back.unexpected == ["parcel P0 went from delivered to new (new)"]


def test_a_split_with_new_line_ids_is_not_ordered_twice() -> None:
    first = order_with(parcel(), PRICES)
    dead = order_with(parcel(state=ParcelState.REPLACED, version=2), PRICES)
    one = order_with(parcel("P1", version=3, lines=(("7", "A", 1),), origins=("P0",)), PRICES)
    two = order_with(parcel("P2", version=4, lines=(("8", "A", 1),), origins=("P0",)), PRICES)
    order = all_merged([two, one, dead, first])
    assert [(x.line_id, x.ordered, x.cancelled) for x in order.lines] == [("1", 2, 0)]
    assert order.payable == sar("25.00")


def test_lines_of_one_sku_are_told_apart_by_their_quantities() -> None:
    lines = (("1", "A", 1), ("2", "A", 3))
    first = order_with(parcel(lines=lines), PRICES)
    dead = order_with(parcel(state=ParcelState.CANCELLED, version=2, lines=lines), PRICES)
    rest = order_with(parcel("P1", version=3, lines=(("9", "A", 3),), origins=("P0",)), PRICES)
    order = all_merged([first, dead, rest])
    assert [(x.line_id, x.ordered, x.cancelled) for x in order.lines] == [("1", 1, 1), ("2", 3, 0)]


def test_two_first_parcels_make_one_order_without_a_total_of_one_of_them() -> None:
    left = order_with(parcel("P0", lines=(("1", "A", 1),)), PRICES)
    right = order_with(parcel("P1", version=2, lines=(("2", "B", 2),)), PRICES)
    for events in ([left, right], [right, left], [left, right, left]):
        order = all_merged(events)
        assert order.payable == sar("18.50")
        assert order.stated_payable is None


def test_what_the_courier_collects_is_not_taken_from_one_of_two_parcels() -> None:
    cod = Payment(method=PaymentMethod.CASH_ON_DELIVERY, to_collect=sar("12.50"))
    left = order_with(parcel("P0", lines=(("1", "A", 1),)), PRICES)
    left = left.model_copy(update={"payment": cod})
    alone = all_merged([left])
    assert alone.payment.to_collect == sar("12.50")
    right = order_with(parcel("P1", version=2, lines=(("2", "B", 2),)), PRICES)
    both = all_merged([left, right.model_copy(update={"payment": cod})])
    assert both.payment == Payment(method=PaymentMethod.CASH_ON_DELIVERY)


def test_a_whole_orders_event_keeps_its_total() -> None:
    left = order_with(parcel("P0", lines=(("1", "A", 1),)), PRICES)
    right = order_with(parcel("P1", version=2, lines=(("2", "B", 2),)), PRICES)
    whole = left.model_copy(
        update={
            "parcels": left.parcels + right.parcels,
            "lines": left.lines + right.lines,
            "stated_payable": sar("18.50"),
        }
    )
    moved = right.parcels[0].model_copy(update={"version": 3, "state": ParcelState.SHIPPED})
    newer = whole.model_copy(update={"parcels": (*left.parcels, moved)})
    assert all_merged([whole, newer, whole]).stated_payable == sar("18.50")


def test_the_internal_item_of_a_line_survives_the_next_event() -> None:
    first = order_with(parcel(), PRICES)
    known = merge(None, first).order
    mapped = known.model_copy(
        update={"lines": tuple(x.model_copy(update={"item_id": "ITEM-1"}) for x in known.lines)}
    )
    moved = order_with(parcel(state=ParcelState.ACCEPTED, version=2), PRICES)
    assert merge(mapped, moved).order.lines[0].item_id == "ITEM-1"


def test_the_earliest_date_is_when_it_was_placed() -> None:
    early = order_with(parcel(), PRICES)
    late = order_with(parcel("P1", version=2, origins=("P0",)), PRICES)
    late = late.model_copy(update={"placed_at": later(2)})
    assert all_merged([late, early]).placed_at == all_merged([early, late]).placed_at == later(0)


def back(
    parcel_id: str = "P0", line_id: str = "1", sku: str = "A", quantity: int = 1, version: int = 1
) -> Order:
    item = ReturnItem(
        item_id="i1",
        line_id=line_id,
        channel_sku=sku,
        quantity=quantity,
        parcel_id=parcel_id,
        state=ReturnState.ACCEPTED,
        channel_status="Accepted",
    )
    return order_with_return(
        Return(return_id="R1", state=ReturnState.ACCEPTED, version=version, items=(item,))
    )


def test_a_return_may_come_before_its_order_and_leaves_no_trace_in_the_rest() -> None:
    home = order_with(parcel(state=ParcelState.DELIVERED), PRICES)
    early, late = all_merged([back(), home]), all_merged([home, back()])
    assert early == late
    assert early.placed_at == home.placed_at
    assert early.stated_payable == home.stated_payable
    assert early.lines[0].returned == 1


def test_a_return_that_names_no_parcel_counts_only_beyond_what_came_back() -> None:
    lines = (("1", "A", 2),)
    home = order_with(parcel(state=ParcelState.RETURNED, lines=lines), PRICES)
    assert all_merged([home, back(parcel_id="")]).lines[0].returned == 2
    partly = order_with(parcel(state=ParcelState.DELIVERED, lines=lines), PRICES)
    assert all_merged([partly, back(parcel_id="")]).lines[0].returned == 1


def test_a_return_that_knows_only_the_sku_finds_a_line_with_room() -> None:
    lines = (("1", "A", 1), ("2", "A", 3))
    home = order_with(parcel(state=ParcelState.DELIVERED, lines=lines), PRICES)
    order = all_merged([home, back(line_id="other", quantity=2)])
    assert [x.returned for x in order.lines] == [0, 2]


def test_a_blank_address_is_filled_under_the_same_version() -> None:
    bare = order_with(parcel(), PRICES)
    full = bare.model_copy(update={"ship_to": Address(line1="King Fahd Rd 10", city="Riyadh")})
    for events in ([bare, full], [full, bare]):
        assert all_merged(events).ship_to.city == "Riyadh"
    moved = order_with(parcel(version=2), PRICES)
    assert all_merged([full, moved]).ship_to.city == "Riyadh"
