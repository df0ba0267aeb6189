"""What a marketplace fulfils itself is told and nothing else, whatever is asked and happens."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical.attention import AttentionWord
from canonical.commands import Accept, Cancel, Reject, Ship
from canonical.effects import Effect, EffectState
from canonical.events import OrderEventKind
from canonical.order import FulfilledBy
from canonical.states import OrderState, ParcelState
from canonical.steps import Publish
from canonical.wishes import Wishes
from tests.canonical.views import (
    EVERYTHING,
    NOW,
    RECEIVED,
    SILENCE,
    about,
    effect_of,
    parcel,
    planned,
    view,
    wishing,
)

AMAZONS: dict[str, Any] = {"fulfilled_by": FulfilledBy.MARKETPLACE}
ASKED = wishing(
    Accept(**about()),
    Ship(**about(), carrier="SMSA", tracking_number="1"),
    Reject(**about("c2")),
    Cancel(**about("c3")),
)
STATES = st.sampled_from(sorted(ParcelState))


@given(
    st.lists(STATES, min_size=1, max_size=3),
    st.sampled_from([Wishes(), ASKED]),
    st.sampled_from([None, *OrderState]),
    st.booleans(),
    st.booleans(),
)
def test_nothing_but_received_and_changed_is_ever_due(
    states: list[ParcelState],
    wishes: Wishes,
    told: OrderState | None,
    received: bool,
    news: bool,
) -> None:
    parcels = [parcel(f"P{n}", s, seller_ships=bool(n)) for n, s in enumerate(states)]
    order = view(
        *parcels,
        done=[RECEIVED] if received else [],
        wishes=wishes,
        told_state=told if received else None,
        told_digest="d1" if received else None,
        digest="d2" if news else "d1",
        **AMAZONS,
    )
    plain = EVERYTHING.model_copy(update={"dead_parcel_settles": None})
    made = planned(order, abilities=plain)
    if made.step is not None:
        assert isinstance(made.step, Publish)
        assert made.step.kind in (OrderEventKind.RECEIVED, OrderEventKind.CHANGED)
        assert (made.step.kind is OrderEventKind.RECEIVED) is not received


@given(st.lists(STATES, min_size=1, max_size=6))
def test_whatever_it_goes_through_the_last_state_is_told_and_each_once(
    life: list[ParcelState],
) -> None:
    """Carries out what is due after each change, as the workflow does."""
    done: list[str] = []
    told: OrderState | None = None
    plain = EVERYTHING.model_copy(update={"dead_parcel_settles": None})
    for version, state in enumerate(life, 1):
        for _ in range(3):
            order = view(
                parcel(state=state), done=done, told_state=told, version=version, **AMAZONS
            )
            name = effect_of(planned(order, abilities=plain))
            if name is None:
                break
            assert name not in done
            done.append(name)
            told = order.state
        else:
            pytest.fail("there is always something due")
    last = view(parcel(state=life[-1]), **AMAZONS).state
    if RECEIVED in done and last is not OrderState.UNKNOWN:
        assert told is last


def test_payment_that_was_waited_for_is_news_since_prices_come_with_it() -> None:
    pending = view(parcel(state=ParcelState.PENDING), **AMAZONS)
    assert effect_of(planned(pending)) == RECEIVED
    paid = view(parcel(), done=[RECEIVED], told_state=OrderState.PENDING, **AMAZONS)
    assert effect_of(planned(paid)) == "publish/order.changed/3"


def test_it_is_over_once_it_is_shipped_and_told() -> None:
    shipped = parcel(state=ParcelState.SHIPPED)
    order = view(shipped, done=[RECEIVED], over_at=NOW, **AMAZONS)
    assert planned(order).finished
    untold = view(
        shipped, done=[RECEIVED], over_at=NOW, told_state=OrderState.NEW, version=4, **AMAZONS
    )
    assert effect_of(planned(untold)) == "publish/order.changed/4"
    assert not planned(untold).finished


def test_nobody_is_silent_who_need_not_answer() -> None:
    order = view(parcel(), done=[RECEIVED], told_at=NOW, **AMAZONS)
    made = planned(order, NOW + 2 * SILENCE)
    assert made.attention is None
    ours = view(parcel(), done=[RECEIVED], told_at=NOW)
    late = planned(ours, NOW + 2 * SILENCE).attention
    assert late is not None
    assert late.word is AttentionWord.ERP_SILENT


def test_what_is_asked_of_it_in_vain_is_said() -> None:
    order = view(parcel(), done=[RECEIVED], wishes=ASKED, **AMAZONS)
    attention = planned(order).attention
    assert attention is not None
    assert "fulfils this order itself" in attention.what_happened


def test_an_order_of_the_sellers_that_left_is_over_at_its_date() -> None:
    over_at = NOW + timedelta(days=14)
    order = view(parcel(state=ParcelState.SHIPPED), done=[RECEIVED], over_at=over_at)
    assert planned(order).look_again_at == over_at
    assert planned(order, over_at).finished
    waiting = view(parcel(), done=[RECEIVED], over_at=NOW)
    assert not planned(waiting, over_at).finished


PARTS = EVERYTHING.model_copy(update={"ships_parts": True, "invoiced_when_ready": False})
OWN: dict[str, Any] = {"seller_ships": True}


def shipping(*commands: Ship) -> Wishes:
    return wishing(Accept(**about()), *commands)


def test_some_units_leave_without_a_parcel_of_their_own() -> None:
    some = Ship(
        **about("s1"),
        lines=({"line_id": "1", "quantity": 1},),
        carrier="SMSA",
        tracking_number="T1",
    )
    state = ParcelState.ACCEPTED
    order = view(parcel(state=state, **OWN), done=[RECEIVED], wishes=shipping(some))
    step = planned(order, abilities=PARTS).step
    assert step is not None
    assert step.effect == "ship/P1/1"
    assert (step.action.number, step.action.lines[0].quantity) == (1, 1)  # type: ignore[union-attr]
    # Once it has left, what is asked for all the rest is another shipment.
    rest = Ship(**about("s2"), carrier="SMSA", tracking_number="T2")
    left = parcel("1", ParcelState.SHIPPED, lines=[("1", "A", 1)])
    order = view(
        parcel(state=state, lines=[("1", "A", 1)], **OWN),
        left,
        done=[RECEIVED, "ship/P1/1"],
        wishes=shipping(some, rest),
    )
    step = planned(order, abilities=PARTS).step
    assert step is not None
    assert step.effect == "ship/P1"
    assert (step.action.number, step.action.tracking_number) == (2, "T2")  # type: ignore[union-attr]


def test_a_correction_of_the_whole_shipment_is_not_another_one() -> None:
    first = Ship(**about("s1"), carrier="SMSA", tracking_number="T1")
    second = Ship(**about("s2"), carrier="SMSA", tracking_number="T2")
    sent = Effect(name="ship/P1", state=EffectState.SENT)
    parcel_ = parcel(state=ParcelState.ACCEPTED, **OWN)
    for wishes in (shipping(first), shipping(first, second)):
        order = view(parcel_, done=[RECEIVED], effects=[sent], wishes=wishes)
        step = planned(order, abilities=PARTS).step
        assert step is not None
        assert step.action.number == 1  # type: ignore[union-attr]


def test_an_invoices_number_makes_no_pickup_of_what_the_seller_ships() -> None:
    ship = Ship(**about("s1"), carrier="SMSA", tracking_number="T1", invoice_number="INV-1")
    order = view(parcel(state=ParcelState.ACCEPTED, **OWN), done=[RECEIVED], wishes=shipping(ship))
    assert effect_of(planned(order, abilities=PARTS)) == "ship/P1"
    assert effect_of(planned(order)) == "ready/P1"
