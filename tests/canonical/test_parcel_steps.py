"""From the internal systems' commands to acts on parcels that are no longer what they named."""

from typing import Any

import pytest

from canonical.actions import (
    ActionKind,
    AttachInvoice,
    CancelLines,
    ChangeCarrier,
    DeliverOtherwise,
    ReadyParcel,
    ShipParcel,
    SplitParcel,
)
from canonical.commands import Accept, Command, Invoice, Reject, Ship
from canonical.effects import Effect, EffectState
from canonical.states import ParcelState
from canonical.steps import Act
from canonical.view import OrderView
from tests.canonical.views import (
    EVERYTHING,
    RECEIVED,
    RELEASED,
    about,
    effect_of,
    parcel,
    planned,
    units,
    view,
    wishing,
)

TAKEN = parcel(state=ParcelState.ACCEPTED)
DONE = [RECEIVED, RELEASED]
ACCEPT = Accept(**about("a1"))


def ship(command_id: str = "s1", **more: Any) -> Ship:
    return Ship(**about(command_id), **more)


def act(order: OrderView) -> Act:
    step = planned(order).step
    assert isinstance(step, Act)
    return step


def wanting(*commands: Command) -> Any:
    return wishing(ACCEPT, *commands)


def test_part_of_a_line_is_cancelled_and_the_successor_is_left_alone() -> None:
    reject = Reject(**about("r1"), lines=units(("1", 1)))
    step = act(view(TAKEN, done=DONE, wishes=wanting(reject)))
    assert step.effect == "reject/P1/r1/1"
    assert isinstance(step.action, CancelLines)
    assert step.action.lines == units(("1", 1))
    lags = view(TAKEN, done=[*DONE, "reject/P1/r1/1"], wishes=wanting(reject, ship()))
    assert planned(lags).step is None
    dead = parcel(state=ParcelState.CANCELLED)
    rest = parcel("P2", ParcelState.ACCEPTED, [("9", "A", 1)], origins=("P1",))
    after = view(dead, rest, done=[*DONE, "reject/P1/r1/1"], wishes=wanting(reject))
    assert planned(after).step is None


def test_a_rejection_goes_on_where_the_first_parcel_did_not_hold_enough() -> None:
    reject = Reject(**about("r1"), lines=units(("1", 2)))
    one = parcel(state=ParcelState.ACCEPTED, lines=[("1", "A", 1)])
    two = parcel("P2", ParcelState.ACCEPTED, [("1", "A", 3)])
    first = act(view(one, two, done=DONE, wishes=wanting(reject)))
    assert first.effect == "reject/P1/r1/1"
    dead = parcel(state=ParcelState.CANCELLED, lines=[("1", "A", 1)])
    second = act(view(dead, two, done=[*DONE, first.effect, "settle/P1"], wishes=wanting(reject)))
    assert second.effect == "reject/P2/r1/1"


def test_a_rejection_that_met_a_parcel_which_had_just_ended_goes_to_the_successor() -> None:
    reject = Reject(**about("r1"), lines=units(("1", 1)))
    dead = parcel(state=ParcelState.CANCELLED, lines=[("1", "A", 3)])
    rest = parcel("P2", ParcelState.ACCEPTED, [("9", "A", 2)], origins=("P1",))
    refused = Effect(name="reject/P1/r1/1", state=EffectState.REFUSED, answer="package is dead")
    step = act(view(dead, rest, done=DONE, effects=[refused], wishes=wanting(reject)))
    assert step.effect == "reject/P2/r1/1"


def test_a_rejection_in_the_air_keeps_its_name_and_its_units() -> None:
    reject = Reject(**about("r1"), lines=units(("1", 1), ("2", 1)))
    held = parcel(state=ParcelState.ACCEPTED, lines=[("1", "A", 2), ("2", "B", 1)])
    sent = Effect(name="reject/P1/r1/1.1", state=EffectState.SENT)
    step = act(view(held, done=DONE, effects=[sent], wishes=wanting(reject)))
    assert step.effect == "reject/P1/r1/1.1"
    assert isinstance(step.action, CancelLines)
    assert step.action.lines == units(("1", 1), ("2", 1))


def test_a_whole_order_that_is_rejected_takes_its_successors_with_it() -> None:
    reject = Reject(**about("r1"), reason="damaged")
    dead = parcel(state=ParcelState.CANCELLED)
    rest = parcel("P2", origins=("P1",), lines=[("1", "A", 1)])
    step = act(view(dead, rest, done=[*DONE, "reject/P1/r1"], wishes=wanting(reject)))
    assert step.effect == "reject/P2/r1"


def test_what_leaves_alone_is_split_off_and_only_that_is_shipped() -> None:
    wishes = wanting(ship(parcel_id="P1", lines=units(("1", 1)), invoice_number="INV-1"))
    split = act(view(TAKEN, done=DONE, wishes=wishes))
    assert split.effect == "split/P1"
    assert isinstance(split.action, SplitParcel)
    assert split.action.groups == (units(("1", 1)),)
    gone = parcel(state=ParcelState.REPLACED)
    done = [*DONE, "split/P1"]
    left = parcel("P2", ParcelState.ACCEPTED, [("7", "A", 1)], ("P1",))
    right = parcel("P3", ParcelState.ACCEPTED, [("8", "A", 1)], ("P1",))
    step = act(view(gone, right, done=done, wishes=wishes))
    assert step.effect == "ready/P3"
    both = view(gone, left, right, done=[*done, "ready/P3"], wishes=wishes)
    assert planned(both).step is None


def test_two_halves_are_shipped_by_two_commands() -> None:
    wishes = wanting(
        ship("s1", parcel_id="P1", lines=units(("1", 1)), invoice_number="INV-1"),
        ship("s2", parcel_id="P1", lines=units(("1", 1)), invoice_number="INV-2"),
    )
    gone = parcel(state=ParcelState.REPLACED)
    halves = [
        parcel(name, ParcelState.ACCEPTED, [(name, "A", 1)], ("P1",)) for name in ("P2", "P3")
    ]
    first = act(view(gone, *halves, done=[*DONE, "split/P1"], wishes=wishes))
    second = act(view(gone, *halves, done=[*DONE, "split/P1", first.effect], wishes=wishes))
    assert isinstance(first.action, ReadyParcel)
    assert isinstance(second.action, ReadyParcel)
    assert (first.effect, second.effect) == ("ready/P2", "ready/P3")
    assert (first.action.invoice_number, second.action.invoice_number) == ("INV-1", "INV-2")


def test_without_splits_a_part_is_shown_to_a_person() -> None:
    fewer = EVERYTHING.model_copy(update={"actions": EVERYTHING.actions - {ActionKind.SPLIT}})
    order = view(TAKEN, done=DONE, wishes=wanting(ship(lines=units(("1", 1)))))
    made = planned(order, abilities=fewer)
    assert made.step is None
    assert made.attention is not None
    assert "splits no parcels" in made.attention.what_happened


def test_carrier_then_ready_then_the_invoice_link() -> None:
    wishes = wanting(
        ship(invoice_number="INV-1", carrier="Aramex", invoice_link="https://i.example/1.pdf")
    )
    done = list(DONE)
    actions = []
    for _ in range(3):
        step = act(view(TAKEN, done=done, wishes=wishes))
        actions.append(step.action)
        done.append(step.effect)
    assert [type(a) for a in actions] == [ChangeCarrier, ReadyParcel, AttachInvoice]
    assert planned(view(TAKEN, done=done, wishes=wishes)).step is None


def test_an_invoice_may_come_after_delivery_and_another_link_is_another_act() -> None:
    home = parcel(state=ParcelState.DELIVERED)
    invoice = Invoice(**about("i1"), invoice_link="https://i.example/1.pdf")
    step = act(view(home, done=DONE, wishes=wanting(invoice)))
    assert isinstance(step.action, AttachInvoice)
    corrected = Invoice(**about("i2"), invoice_link="https://i.example/2.pdf")
    again = act(view(home, done=[*DONE, step.effect], wishes=wanting(invoice, corrected)))
    assert again.effect != step.effect
    assert planned(
        view(home, done=[*DONE, step.effect, again.effect], wishes=wanting(invoice, corrected))
    ).finished


def test_where_the_seller_pays_the_parcel_tracking_follows_the_invoice() -> None:
    mine = parcel(state=ParcelState.ACCEPTED, seller_ships=True)
    wishes = wanting(ship(invoice_number="INV-1", carrier="DHLMP", tracking_number="T1"))
    first = act(view(mine, done=DONE, wishes=wishes))
    assert first.effect == "ready/P1"
    ready = parcel(state=ParcelState.READY, seller_ships=True)
    second = act(view(ready, done=[*DONE, "ready/P1"], wishes=wishes))
    assert isinstance(second.action, ShipParcel)
    assert second.action.tracking_number == "T1"


def test_the_retailers_own_driver_needs_no_ready() -> None:
    wishes = wanting(ship(own_delivery="https://t.example/1"))
    step = act(view(TAKEN, done=DONE, wishes=wishes))
    assert isinstance(step.action, DeliverOtherwise)
    assert step.effect == "otherwise/P1"
    fewer = EVERYTHING.model_copy(
        update={"actions": EVERYTHING.actions - {ActionKind.DELIVER_OTHERWISE}}
    )
    made = planned(view(TAKEN, done=DONE, wishes=wishes), abilities=fewer)
    assert made.attention is not None
    assert "may not deliver" in made.attention.what_happened


@pytest.mark.parametrize("state", [EffectState.REFUSED, EffectState.UNKNOWN])
def test_what_is_refused_or_unclear_holds_up_what_comes_after_it(state: EffectState) -> None:
    wishes = wanting(ship(carrier="Aramex"))
    stuck = Effect(name="carrier/P1", state=state, answer="CPE001")
    made = planned(view(TAKEN, done=DONE, effects=[stuck], wishes=wishes))
    assert effect_of(made) is None
    assert made.attention is not None


def test_a_partly_cancelled_order_is_told_once() -> None:
    order = view(TAKEN, done=DONE, wishes=wishing(ACCEPT), digest="d2", told_digest="d1")
    assert effect_of(planned(order)) == "publish/order.changed/3"
    told = view(TAKEN, done=[*DONE, "publish/order.changed/3"], wishes=wishing(ACCEPT))
    assert planned(told).step is None
    old = view(TAKEN, done=DONE, wishes=wishing(ACCEPT), digest="d2", told_digest=None)
    assert planned(old).step is None
