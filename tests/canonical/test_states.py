"""The state machine: every combination has a state, and moves lead where they should."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical.states import (
    DEAD,
    FINAL,
    FINISHED_ORDER,
    PARCEL_MOVES,
    OrderState,
    ParcelState,
    can_reach,
    order_state,
)

PARCELS = st.lists(st.sampled_from(ParcelState), max_size=6)


@given(PARCELS)
def test_every_combination_of_parcels_has_a_state(parcels: list[ParcelState]) -> None:
    assert order_state(parcels) in OrderState


@given(PARCELS, st.randoms())
def test_the_order_of_parcels_and_repeats_do_not_matter(
    parcels: list[ParcelState], rng: object
) -> None:
    shuffled = parcels * 2
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order_state(shuffled) is order_state(parcels)


@given(PARCELS.filter(lambda parcels: any(p not in DEAD for p in parcels)))
def test_dead_parcels_do_not_count_beside_live_ones(parcels: list[ParcelState]) -> None:
    assert order_state(parcels) is order_state([p for p in parcels if p not in DEAD])


@given(PARCELS)
def test_an_order_is_finished_only_when_no_parcel_can_move_on_its_own(
    parcels: list[ParcelState],
) -> None:
    if order_state(parcels) in FINISHED_ORDER:
        assert all(p in FINAL for p in parcels)


@pytest.mark.parametrize(
    ("parcels", "expected"),
    [
        ([], OrderState.UNKNOWN),
        ([ParcelState.CANCELLED], OrderState.CANCELLED),
        ([ParcelState.REPLACED], OrderState.UNKNOWN),
        ([ParcelState.REPLACED, ParcelState.CANCELLED], OrderState.CANCELLED),
        ([ParcelState.REPLACED, ParcelState.NEW], OrderState.NEW),
        ([ParcelState.NEW, ParcelState.SHIPPED], OrderState.PARTLY_SHIPPED),
        ([ParcelState.READY, ParcelState.DELIVERED], OrderState.PARTLY_SHIPPED),
        ([ParcelState.PENDING, ParcelState.SHIPPED], OrderState.PENDING),
        ([ParcelState.SHIPPED, ParcelState.DELIVERED], OrderState.SHIPPED),
        ([ParcelState.DELIVERED, ParcelState.RETURNED], OrderState.DELIVERED),
        ([ParcelState.UNKNOWN, ParcelState.DELIVERED], OrderState.UNKNOWN),
    ],
)
def test_the_slowest_live_parcel_tells(parcels: list[ParcelState], expected: OrderState) -> None:
    assert order_state(parcels) is expected


def test_every_state_has_its_moves() -> None:
    assert set(PARCEL_MOVES) == set(ParcelState)


@pytest.mark.parametrize("state", sorted(set(ParcelState) - {ParcelState.UNKNOWN}))
def test_reachable_is_what_the_moves_add_up_to(state: ParcelState) -> None:
    reached = {state, ParcelState.UNKNOWN}
    for _ in ParcelState:
        reached |= {b for a in reached - {ParcelState.UNKNOWN} for b in PARCEL_MOVES[a]}
    assert {s for s in ParcelState if can_reach(state, s)} == reached


def test_nothing_leads_out_of_a_dead_parcel_and_nothing_back_before_the_payment() -> None:
    known = set(ParcelState) - {ParcelState.UNKNOWN}
    for dead, other in product(DEAD | {ParcelState.RETURNED}, known):
        assert can_reach(dead, other) == (dead is other)
    assert [s for s in known if can_reach(s, ParcelState.PENDING)] == [ParcelState.PENDING]


def test_a_shipped_parcel_is_not_cancelled_any_more() -> None:
    assert not can_reach(ParcelState.SHIPPED, ParcelState.CANCELLED)
    assert can_reach(ParcelState.NEW, ParcelState.RETURNED)
