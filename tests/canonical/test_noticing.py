"""News that only say that an order changed: one read for all that came before it."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canonical.attention import AttentionWord
from canonical.effects import Effect, EffectState
from canonical.identity import OrderRef
from canonical.states import OrderState
from canonical.view import OrderView
from tests.canonical.views import EVERYTHING, NOW, RECEIVED, effect_of, parcel, planned, view

LAG = timedelta(minutes=2)
LATE = EVERYTHING.model_copy(update={"visibility_lag": LAG, "dead_parcel_settles": None})
REF = OrderRef(channel="toy", account="main", order_id="A-1")


def known(notices: int = 1, *, done: tuple[str, ...] = (), **more: object) -> OrderView:
    fields: dict[str, Any] = {"noticed_at": NOW, "changed_at": NOW - timedelta(hours=1), **more}
    return view(parcel(), done=[RECEIVED, *done], notices=notices, **fields)


def unseen(*done: str) -> OrderView:
    effects = tuple(Effect(name=name, state=EffectState.DONE) for name in done)
    return OrderView(ref=REF, exists=False, effects=effects, notices=1, noticed_at=NOW)


def test_a_notice_makes_the_order_be_read_before_anything_else_is_done() -> None:
    order = known(digest="d2")
    assert effect_of(planned(order, abilities=LATE)) == "read/notice/1"
    read = known(done=("read/notice/1",), changed_at=NOW, digest="d2")
    assert effect_of(planned(read, abilities=LATE)) == "publish/order.changed/3"


def test_many_notices_are_one_read_and_what_comes_during_it_another() -> None:
    assert effect_of(planned(known(10), abilities=LATE)) == "read/notice/10"
    during = known(11, done=("read/notice/10",), changed_at=NOW)
    assert effect_of(planned(during, abilities=LATE)) == "read/notice/11"
    after = known(11, done=("read/notice/10", "read/notice/11"), changed_at=NOW)
    assert planned(after, abilities=LATE).step is None


def test_a_read_that_shows_an_older_order_is_made_once_more_after_the_lag() -> None:
    early = known(done=("read/notice/1",))
    made = planned(early, abilities=LATE)
    assert made.step is None
    assert made.look_again_at == NOW + LAG
    assert effect_of(planned(early, NOW + LAG, LATE)) == "read/notice/1/2"
    again = known(done=("read/notice/1", "read/notice/1/2"))
    made = planned(again, NOW + LAG, LATE)
    assert (made.step, made.look_again_at, made.attention) == (None, None, None)


def test_an_order_that_nobody_knows_is_read_for_its_notice() -> None:
    assert effect_of(planned(unseen(), abilities=LATE)) == "read/notice/1"


def test_an_order_that_is_not_shown_is_looked_for_in_growing_steps_then_by_a_person() -> None:
    done, waits = ["read/notice/1"], []
    for number in range(2, 7):
        made = planned(unseen(*done), abilities=LATE)
        assert made.look_again_at is not None
        assert made.attention is None
        waits.append(made.look_again_at - NOW)
        name = effect_of(planned(unseen(*done), made.look_again_at, LATE))
        assert name == f"read/notice/1/{number}"
        done.append(name)
    assert waits == [LAG * n for n in (1, 3, 7, 15, 31)]
    made = planned(unseen(*done), NOW + timedelta(days=1), LATE)
    assert made.attention is not None
    assert made.attention.word is AttentionWord.CONTRACT
    assert not made.finished


def test_a_read_that_was_lost_in_a_crash_is_made_again() -> None:
    sent = Effect(name="read/notice/1", state=EffectState.SENT)
    order = view(parcel(), done=[RECEIVED], effects=[sent], notices=1, noticed_at=NOW)
    assert effect_of(planned(order, abilities=LATE)) == "read/notice/1"


def test_without_notices_nothing_is_read() -> None:
    order = view(parcel(), done=[RECEIVED], told_state=OrderState.NEW)
    assert planned(order, abilities=LATE).step is None


@given(st.lists(st.sampled_from(["notice", "read"]), max_size=30))
def test_every_notice_is_followed_by_a_read_that_began_after_it(what: list[str]) -> None:
    """In whatever order notices come and reads are made."""
    notices, done = 0, list[str]()
    unread = False
    for each in [*what, "read"]:
        if each == "notice":
            notices, unread = notices + 1, True
            continue
        fields: dict[str, Any] = {"changed_at": NOW, "noticed_at": NOW if notices else None}
        order = view(parcel(), done=[RECEIVED, *done], notices=notices, **fields)
        name = effect_of(planned(order, abilities=LATE))
        assert (name is not None) == unread
        if name is not None:
            done.append(name)
        unread = False
    assert len(done) <= notices
