"""When a refusal is a person's business, and when nothing is left to mend."""

import pytest

from canonical.attention import AttentionWord
from canonical.effects import Effect, EffectState
from canonical.states import ParcelState
from tests.canonical.views import RECEIVED, parcel, planned, view

P = ParcelState


def attention_of(name: str, state: ParcelState, effect: EffectState) -> AttentionWord | None:
    refused = Effect(name=name, state=effect, answer="Package is Cancelled")
    order = view(parcel(state=state), done=[RECEIVED], effects=[refused])
    attention = planned(order).attention
    return attention.word if attention else None


@pytest.mark.parametrize("name", ["accept/P1", "ready/P1", "cancel/P1", "reject/P1/r1"])
def test_a_refusal_on_a_live_parcel_needs_a_person(name: str) -> None:
    assert attention_of(name, P.NEW, EffectState.REFUSED) is AttentionWord.REFUSED
    assert attention_of(name, P.NEW, EffectState.UNKNOWN) is AttentionWord.AMBIGUOUS


@pytest.mark.parametrize("effect", [EffectState.REFUSED, EffectState.UNKNOWN])
@pytest.mark.parametrize("state", [P.CANCELLED, P.REPLACED])
@pytest.mark.parametrize("name", ["accept/P1", "ready/P1", "cancel/P1", "reject/P1/r1"])
def test_a_parcel_that_ended_meanwhile_leaves_nothing_to_mend(
    name: str, state: ParcelState, effect: EffectState
) -> None:
    assert attention_of(name, state, effect) is None


def test_what_was_refused_before_the_parcel_left_is_settled_by_its_leaving() -> None:
    assert attention_of("accept/P1", P.SHIPPED, EffectState.REFUSED) is None
    assert attention_of("ready/P1", P.DELIVERED, EffectState.REFUSED) is None


def test_a_cancel_that_came_too_late_stays_a_persons_business() -> None:
    assert attention_of("cancel/P1", P.SHIPPED, EffectState.REFUSED) is AttentionWord.REFUSED


def test_a_refusal_that_is_about_no_parcel_is_never_moot() -> None:
    name = "publish/order.cancelled"
    assert attention_of(name, P.CANCELLED, EffectState.REFUSED) is AttentionWord.REFUSED
