"""Labels: each wanted one is fetched once, and nothing waits for it."""

import pytest

from canonical.attention import AttentionWord
from canonical.commands import Accept, Label, Ship
from canonical.effects import Effect, EffectState
from canonical.states import ParcelState
from canonical.steps import FetchLabel
from tests.canonical.views import (
    EVERYTHING,
    RECEIVED,
    RELEASED,
    about,
    effect_of,
    parcel,
    planned,
    view,
    wishing,
)

ACCEPTED = parcel(state=ParcelState.ACCEPTED)
TOLD = [RECEIVED, RELEASED, "accept/P1"]
NAME = "label/P1/l1"


def wanted(command_id: str = "l1", parcel_id: str | None = None) -> Label:
    return Label(**about(command_id), parcel_id=parcel_id)


def accept() -> Accept:
    return Accept(**about("a1"))


def refused(name: str = NAME) -> Effect:
    return Effect(name=name, state=EffectState.REFUSED, answer="no label yet")


@pytest.mark.parametrize("parcel_id", [None, "P1"])
def test_a_label_is_fetched_once_for_each_command(parcel_id: str | None) -> None:
    wishes = wishing(accept(), wanted(parcel_id=parcel_id), wanted(parcel_id=parcel_id))
    assert planned(view(ACCEPTED, done=TOLD, wishes=wishes)).step == FetchLabel("P1", "l1", NAME)
    done = [*TOLD, NAME]
    assert effect_of(planned(view(ACCEPTED, done=done, wishes=wishes))) is None
    again = wishing(accept(), wanted(parcel_id=parcel_id), wanted("l2", parcel_id))
    assert effect_of(planned(view(ACCEPTED, done=done, wishes=again))) == "label/P1/l2"


@pytest.mark.parametrize(
    ("state", "done", "due"),
    [
        (ParcelState.PENDING, [], False),
        (ParcelState.NEW, [], False),
        (ParcelState.NEW, ["accept/P1"], True),
        (ParcelState.READY, ["accept/P1"], True),
        (ParcelState.SHIPPED, ["accept/P1"], True),
    ],
)
@pytest.mark.parametrize("parcel_id", [None, "P1"])
def test_it_comes_as_soon_as_the_parcel_is_being_worked_on(
    state: ParcelState, done: list[str], due: bool, parcel_id: str | None
) -> None:
    order = view(
        parcel(state=state),
        done=[RECEIVED, RELEASED, *done],
        wishes=wishing(wanted("l1", parcel_id)),
    )
    assert effect_of(planned(order)) == (NAME if due else None)


def test_where_nothing_is_acknowledged_a_new_parcel_has_its_label() -> None:
    abilities = EVERYTHING.model_copy(update={"acknowledges": None})
    order = view(parcel(), done=[RECEIVED, RELEASED], wishes=wishing(wanted()))
    assert effect_of(planned(order, abilities=abilities)) == NAME


def test_everything_else_stands_before_it() -> None:
    wishes = wishing(accept(), wanted(), Ship(**about("s1"), invoice_number="INV-1"))
    assert effect_of(planned(view(ACCEPTED, done=TOLD, wishes=wishes))) == "ready/P1"
    untold = view(ACCEPTED, done=[RECEIVED, "accept/P1"], wishes=wishing(accept(), wanted()))
    assert effect_of(planned(untold)) == RELEASED
    changed = view(ACCEPTED, done=TOLD, wishes=wishing(accept(), wanted()), digest="d2")
    assert effect_of(planned(changed)) == "publish/order.changed/3"


def test_of_all_parcels_only_live_ones_are_meant_and_successors_too() -> None:
    gone = parcel(state=ParcelState.CANCELLED)
    heir = parcel("P2", ParcelState.ACCEPTED, origins=("P1",))
    order = view(gone, heir, done=[*TOLD, "accept/P2", "settle/P1"], wishes=wishing(wanted()))
    assert effect_of(planned(order)) == "label/P2/l1"


@pytest.mark.parametrize("parcel_id", ["P1", "P9"])
def test_whoever_names_a_parcel_gets_an_answer_whatever_became_of_it(parcel_id: str) -> None:
    order = view(
        parcel(state=ParcelState.CANCELLED),
        done=[*TOLD, "settle/P1", "publish/order.cancelled"],
        wishes=wishing(wanted(parcel_id=parcel_id)),
    )
    assert effect_of(planned(order)) == f"label/{parcel_id}/l1"
    answered = view(
        parcel(state=ParcelState.CANCELLED),
        done=[*TOLD, "settle/P1", "publish/order.cancelled", f"label/{parcel_id}/l1"],
        wishes=wishing(wanted(parcel_id=parcel_id)),
    )
    assert planned(answered).finished


def test_one_that_was_under_way_when_its_parcel_ended_is_brought_to_its_end() -> None:
    order = view(
        parcel(state=ParcelState.CANCELLED),
        done=[*TOLD, "settle/P1", "publish/order.cancelled"],
        effects=[Effect(name=NAME, state=EffectState.SENT)],
        wishes=wishing(wanted()),
    )
    assert effect_of(planned(order)) == NAME


def test_a_refusal_is_for_a_person_until_a_label_came_or_the_parcel_left() -> None:
    wishes = wishing(accept(), wanted())
    made = planned(view(ACCEPTED, done=TOLD, effects=[refused()], wishes=wishes))
    assert made.step is None
    assert made.attention and made.attention.word is AttentionWord.REFUSED
    assert "no label yet" in made.attention.what_happened
    came = view(
        ACCEPTED,
        done=[*TOLD, "label/P1/l2"],
        effects=[refused()],
        wishes=wishing(accept(), wanted(), wanted("l2")),
    )
    assert planned(came).attention is None
    left = view(parcel(state=ParcelState.SHIPPED), done=TOLD, effects=[refused()], wishes=wishes)
    assert planned(left).attention is None
