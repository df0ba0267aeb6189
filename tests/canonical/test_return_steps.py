"""Returns: told, answered, never forgotten before their deadline."""

from datetime import datetime, timedelta

import pytest

from canonical.abilities import Returns
from canonical.actions import AnswerReturn
from canonical.attention import AttentionWord
from canonical.commands import AnswerReturn as AnswerCommand
from canonical.effects import Effect, EffectState
from canonical.events import OrderEventKind
from canonical.returns import ReturnState
from canonical.states import ParcelState
from canonical.steps import Act, Publish
from canonical.view import ReturnView
from tests.canonical.views import (
    EVERYTHING,
    NOW,
    PACE,
    RECEIVED,
    about,
    effect_of,
    parcel,
    planned,
    returned,
    view,
    wishing,
)

R = ReturnState
HOME = parcel(state=ParcelState.DELIVERED)
DUE = NOW + timedelta(hours=48)
REQUESTED = "publish/order.return_requested/R1"


def approve(*items: str, command_id: str = "c1") -> AnswerCommand:
    return AnswerCommand(**about(command_id), return_id="R1", answer="approve", item_ids=items)


def reject(*items: str, command_id: str = "c2") -> AnswerCommand:
    return AnswerCommand(
        **about(command_id), return_id="R1", answer="reject", item_ids=items, reason="1651"
    )


def test_a_return_after_delivery_reopens_the_order_once() -> None:
    asked = returned(R.WAITING_FOR_ANSWER, answer_by=DUE)
    order = view(HOME, done=[RECEIVED], returns=(asked,))
    made = planned(order)
    assert effect_of(made) == REQUESTED
    told = view(HOME, done=[RECEIVED, REQUESTED], returns=(asked,))
    waits = planned(told)
    assert effect_of(waits) is None
    assert not waits.finished
    assert waits.look_again_at == DUE - timedelta(hours=6)
    closed = view(HOME, done=[RECEIVED, REQUESTED], returns=(returned(R.ACCEPTED),))
    assert effect_of(planned(closed)) == "publish/order.return_closed/R1/accepted"
    over = view(
        HOME,
        done=[RECEIVED, REQUESTED, "publish/order.return_closed/R1/accepted"],
        returns=(returned(R.ACCEPTED),),
    )
    assert planned(over).finished


def test_a_return_that_was_withdrawn_unheard_is_not_told() -> None:
    order = view(HOME, done=[RECEIVED], returns=(returned(R.CANCELLED),))
    assert planned(order).finished


def test_a_rejection_that_the_marketplace_overturns_is_told_again() -> None:
    done = [RECEIVED, REQUESTED, "publish/order.return_closed/R1/rejected"]
    dispute = view(HOME, done=done, returns=(returned(R.IN_DISPUTE),))
    assert not planned(dispute).finished
    accepted = view(HOME, done=done, returns=(returned(R.ACCEPTED),))
    assert effect_of(planned(accepted)) == "publish/order.return_closed/R1/accepted"


def test_nobody_answers_until_shortly_before_the_deadline() -> None:
    order = view(
        HOME, done=[RECEIVED, REQUESTED], returns=(returned(R.WAITING_FOR_ANSWER, answer_by=DUE),)
    )
    assert planned(order, DUE - timedelta(hours=7)).attention is None
    late = planned(order, DUE - timedelta(hours=6))
    assert late.attention is not None
    assert late.attention.word is AttentionWord.DEADLINE
    assert "2026-11-26 09:00 UTC" in late.attention.what_happened
    assert late.look_again_at == DUE
    passed = planned(order, DUE)
    assert passed.attention is not None
    assert "decides it now" in passed.attention.what_happened


def test_an_answer_names_the_items_that_wait() -> None:
    waits = returned(R.WAITING_FOR_ANSWER, R.ACCEPTED, R.WAITING_FOR_ANSWER, answer_by=DUE)
    order = view(HOME, done=[RECEIVED, REQUESTED], returns=(waits,), wishes=wishing(approve()))
    step = planned(order).step
    assert isinstance(step, Act)
    assert step.effect == "return/R1/c1"
    assert step.action == AnswerReturn(
        order_id="A-1", return_id="R1", answer="approve", item_ids=("i0", "i2")
    )
    answered = view(
        HOME,
        done=[RECEIVED, REQUESTED, "return/R1/c1"],
        returns=(waits,),
        wishes=wishing(approve()),
    )
    made = planned(answered, DUE - timedelta(minutes=1))
    assert effect_of(made) is None
    assert made.attention is None


def test_some_items_are_approved_and_the_rest_rejected() -> None:
    waits = returned(R.WAITING_FOR_ANSWER, R.WAITING_FOR_ANSWER, answer_by=DUE)
    wishes = wishing(approve("i0"), reject("i1"))
    done = [RECEIVED, REQUESTED]
    first = planned(view(HOME, done=done, returns=(waits,), wishes=wishes))
    assert effect_of(first) == "return/R1/c1"
    half = view(HOME, done=[*done, "return/R1/c1"], returns=(waits,), wishes=wishes)
    step = planned(half).step
    assert isinstance(step, Act)
    assert isinstance(step.action, AnswerReturn)
    assert (step.action.answer, step.action.item_ids) == ("reject", ("i1",))


def test_an_approval_of_some_items_leaves_the_others_to_the_deadline() -> None:
    waits = returned(R.WAITING_FOR_ANSWER, R.WAITING_FOR_ANSWER, answer_by=DUE)
    order = view(
        HOME,
        done=[RECEIVED, REQUESTED, "return/R1/c1"],
        returns=(waits,),
        wishes=wishing(approve("i0")),
    )
    made = planned(order, DUE - timedelta(hours=1))
    assert made.attention is not None
    assert made.attention.word is AttentionWord.DEADLINE


def test_an_answer_whose_own_answer_was_lost_is_owed_even_if_the_items_moved_on() -> None:
    sent = Effect(name="return/R1/c1", state=EffectState.SENT)
    order = view(
        HOME,
        done=[RECEIVED, REQUESTED, "publish/order.return_closed/R1/accepted"],
        effects=[sent],
        returns=(returned(R.ACCEPTED),),
        wishes=wishing(approve()),
    )
    assert effect_of(planned(order)) == "return/R1/c1"


@pytest.mark.parametrize("state", [R.REQUESTED, R.IN_DISPUTE, R.ACCEPTED, R.REJECTED])
def test_what_waits_for_no_answer_gets_none(state: ReturnState) -> None:
    done = [RECEIVED, REQUESTED, f"publish/order.return_closed/R1/{state}"]
    order = view(HOME, done=done, returns=(returned(state),), wishes=wishing(approve()))
    assert effect_of(planned(order)) is None


def test_a_return_of_an_order_that_nobody_knows_makes_it_read() -> None:
    order = view(returns=(returned(R.WAITING_FOR_ANSWER, answer_by=DUE),), told_state=None)
    assert effect_of(planned(order)) == "read/order"
    nothing = view(
        returns=(returned(R.WAITING_FOR_ANSWER, answer_by=DUE),),
        done=["read/order"],
        told_state=None,
    )
    made = planned(nothing)
    assert effect_of(made) is None
    assert made.attention is not None
    assert "does not show" in made.attention.what_happened


def test_a_return_status_that_is_unknown_calls_a_person() -> None:
    made = planned(view(HOME, done=[RECEIVED], returns=(returned(R.UNKNOWN),)))
    assert effect_of(made) is None
    assert not made.finished
    assert made.attention is not None
    assert made.attention.word is AttentionWord.CONTRACT


def test_a_return_that_is_over_before_its_order_is_known_is_left_alone() -> None:
    made = planned(view(returns=(returned(R.ACCEPTED),), told_state=None))
    assert effect_of(made) is None
    assert made.finished
    assert made.attention is None


@pytest.mark.parametrize(
    ("states", "stands"),
    [
        ((R.IN_DISPUTE,), False),
        ((R.ACCEPTED, R.WAITING_FOR_ANSWER), True),
    ],
)
def test_a_refused_answer_is_moot_once_another_was_taken_for_all_that_waits(
    states: tuple[ReturnState, ...], stands: bool
) -> None:
    order = view(
        HOME,
        done=[RECEIVED, REQUESTED, "return/R1/c2"],
        effects=[Effect(name="return/R1/c1", state=EffectState.REFUSED, answer="needs a file")],
        returns=(returned(*states, answer_by=DUE),),
        wishes=wishing(reject(command_id="c1"), reject("i0", command_id="c2")),
    )
    attention = planned(order).attention
    assert (attention is not None and attention.word is AttentionWord.REFUSED) is stands


AGAIN = f"{REQUESTED}/again"
ASKING = EVERYTHING.model_copy(
    update={
        "returns": Returns(
            polling=PACE, warn_before=timedelta(hours=6), ask_again_before=timedelta(hours=24)
        )
    }
)


def test_an_answer_that_is_missing_is_asked_for_once_more_before_a_person_is_called() -> None:
    asked = returned(R.WAITING_FOR_ANSWER, answer_by=DUE)
    order = view(HOME, done=[RECEIVED, REQUESTED], returns=(asked,))
    early = planned(order, abilities=ASKING)
    assert (early.step, early.look_again_at) == (None, DUE - timedelta(hours=24))
    late = planned(order, DUE - timedelta(hours=24), ASKING)
    assert late.step == Publish(OrderEventKind.RETURN_REQUESTED, AGAIN, "R1")
    told = view(HOME, done=[RECEIVED, REQUESTED, AGAIN], returns=(asked,))
    waits = planned(told, DUE - timedelta(hours=20), ASKING)
    assert (waits.step, waits.look_again_at) == (None, DUE - timedelta(hours=6))


@pytest.mark.parametrize(
    ("item", "answered", "now"),
    [
        (returned(R.WAITING_FOR_ANSWER, answer_by=DUE), True, DUE - timedelta(hours=1)),
        (returned(R.IN_DISPUTE, answer_by=DUE), False, DUE - timedelta(hours=1)),
        (returned(R.WAITING_FOR_ANSWER, answer_by=DUE), False, DUE),
    ],
)
def test_what_is_answered_or_past_is_not_asked_for_again(
    item: ReturnView, answered: bool, now: datetime
) -> None:
    done = [RECEIVED, REQUESTED, *(["return/R1/c1"] if answered else [])]
    wishes = wishing(approve()) if answered else wishing()
    order = view(HOME, done=done, returns=(item,), wishes=wishes)
    assert planned(order, now, ASKING).step is None


def test_orders_that_began_without_it_are_asked_once() -> None:
    asked = returned(R.WAITING_FOR_ANSWER, answer_by=DUE)
    order = view(HOME, done=[RECEIVED, REQUESTED], returns=(asked,))
    assert planned(order, DUE - timedelta(hours=1)).step is None
