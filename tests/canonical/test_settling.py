"""A parcel's end is not the order's: successors may come first, later, or never."""

from datetime import timedelta

from canonical.attention import AttentionWord
from canonical.effects import Effect, EffectState
from canonical.states import OrderState, ParcelState
from tests.canonical.views import EVERYTHING, NOW, RECEIVED, effect_of, parcel, planned, view

CANCELLED, REPLACED = ParcelState.CANCELLED, ParcelState.REPLACED
SOON = NOW + timedelta(minutes=2)


def test_a_cancelled_parcel_is_no_cancelled_order_until_it_was_read_again() -> None:
    order = view(parcel(state=CANCELLED), done=[RECEIVED], told_state=OrderState.NEW)
    waits = planned(order)
    assert effect_of(waits) is None
    assert waits.look_again_at == SOON
    assert not waits.finished
    assert effect_of(planned(order, SOON)) == "settle/P1"
    settled = view(parcel(state=CANCELLED), done=[RECEIVED, "settle/P1"], told_state=OrderState.NEW)
    assert effect_of(planned(settled)) == "publish/order.cancelled"
    told = view(parcel(state=CANCELLED), done=[RECEIVED, "settle/P1", "publish/order.cancelled"])
    assert planned(told).finished


def test_a_read_that_was_lost_in_a_crash_is_done_again() -> None:
    sent = Effect(name="settle/P1", state=EffectState.SENT)
    order = view(parcel(state=CANCELLED), done=[RECEIVED], effects=[sent])
    assert effect_of(planned(order, SOON)) == "settle/P1"


def test_a_read_that_could_not_be_understood_holds_the_order_and_calls_a_person() -> None:
    refused = Effect(name="settle/P1", state=EffectState.REFUSED, answer="unreadable")
    order = view(parcel(state=CANCELLED), done=[RECEIVED], effects=[refused])
    made = planned(order, SOON)
    assert effect_of(made) is None
    assert not made.finished
    assert made.attention is not None
    assert made.attention.word is AttentionWord.REFUSED


def test_an_order_that_died_before_anybody_heard_of_it_settles_too() -> None:
    assert planned(view(parcel(state=CANCELLED))).look_again_at == SOON
    settled = view(parcel(state=CANCELLED), done=["settle/P1"])
    assert planned(settled).finished
    assert effect_of(planned(settled)) is None


def test_a_known_successor_needs_no_read_and_tells_the_new_quantities() -> None:
    rest = parcel("P2", ParcelState.ACCEPTED, lines=[("1", "A", 1)], origins=("P1",))
    order = view(
        parcel(state=CANCELLED), rest, done=[RECEIVED], told_state=OrderState.NEW, digest="d2"
    )
    made = planned(order)
    assert effect_of(made) == "publish/order.changed/3"
    assert made.look_again_at is None


def test_nothing_is_told_of_quantities_while_half_of_a_split_is_missing() -> None:
    half = parcel("P2", lines=[("1", "A", 1)], origins=("P1",))
    order = view(parcel(state=REPLACED), half, done=[RECEIVED], digest="d2")
    made = planned(order)
    assert effect_of(made) is None
    assert made.look_again_at == SOON
    whole = view(
        parcel(state=REPLACED),
        half,
        parcel("P3", lines=[("1", "A", 1)], origins=("P1",)),
        done=[RECEIVED],
    )
    assert planned(whole).look_again_at is None


def test_a_successor_that_names_the_first_parcel_alone_costs_one_read() -> None:
    second = parcel("P2", CANCELLED, lines=[("1", "A", 2)], origins=("P1",))
    third = parcel("P3", lines=[("1", "A", 1)], origins=("P1",))
    order = view(parcel(state=CANCELLED), second, third, done=[RECEIVED])
    assert effect_of(planned(order, SOON)) == "settle/P2"


def test_replaced_without_successor_is_looked_for_every_hour_and_shown() -> None:
    order = view(parcel(state=REPLACED), done=[RECEIVED])
    assert planned(order).attention is None
    once = view(parcel(state=REPLACED), done=[RECEIVED, "settle/P1"])
    made = planned(once)
    assert made.attention is not None
    assert "replaced" in made.attention.what_happened
    assert made.look_again_at == SOON + timedelta(hours=1)
    assert effect_of(planned(once, SOON + timedelta(hours=1))) == "settle/P1/2"
    names = ["settle/P1", *(f"settle/P1/{n}" for n in range(2, 25))]
    given_up = planned(view(parcel(state=REPLACED), done=[RECEIVED, *names]), SOON)
    assert given_up.look_again_at is None
    assert given_up.attention is not None
    assert not given_up.finished


def test_a_late_successor_revives_the_order_without_a_second_one() -> None:
    done = [RECEIVED, "settle/P1", "publish/order.cancelled"]
    late = parcel("P2", origins=("P1",))
    revived = view(
        parcel(state=CANCELLED), late, done=done, told_state=OrderState.CANCELLED, version=5
    )
    assert effect_of(planned(revived)) == "publish/order.changed/5"
    gone_again = view(
        parcel(state=CANCELLED),
        parcel("P2", CANCELLED, origins=("P1",)),
        done=[*done, "publish/order.changed/5", "settle/P2"],
        told_state=OrderState.NEW,
        version=6,
    )
    assert effect_of(planned(gone_again)) == "publish/order.cancelled/6"


def test_a_channel_without_successors_waits_for_none() -> None:
    plain = EVERYTHING.model_copy(update={"dead_parcel_settles": None})
    order = view(parcel(state=CANCELLED), done=[RECEIVED], told_state=OrderState.NEW)
    assert effect_of(planned(order, abilities=plain)) == "publish/order.cancelled"


def test_a_blank_address_is_read_once_more_while_nothing_has_left() -> None:
    order = view(parcel(), done=[RECEIVED], address_blank=True)
    assert planned(order).look_again_at == NOW + timedelta(minutes=5)
    assert effect_of(planned(order, NOW + timedelta(minutes=5))) == "read/address"
    read = view(parcel(), done=[RECEIVED, "read/address"], address_blank=True)
    assert planned(read).step is None
    gone = view(parcel(state=ParcelState.SHIPPED), done=[RECEIVED], address_blank=True)
    assert planned(gone).look_again_at is None
