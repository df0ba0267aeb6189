"""What a rejection brings along: bounded, and never in the record or a workflow."""

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from canonical.actions import AnswerReturn
from canonical.commands import COMMAND
from canonical.commands import AnswerReturn as AnswerCommand
from canonical.evidence import INLINE_LIMIT, EvidenceFile
from canonical.returns import ReturnState
from canonical.states import ParcelState
from canonical.steps import Act
from tests.canonical.views import RECEIVED, about, parcel, planned, returned, view, wishing

PHOTO = {"name": "photo.jpg", "media_type": "image/jpeg", "content": "/9j/4A=="}


def command(**given: Any) -> dict[str, Any]:
    ref = {"channel": "toy", "account": "main", "order_id": "A-1"}
    fixed = {"command_id": "c1", "ref": ref, "at": "2026-11-24T09:00:00Z", "kind": "answer_return"}
    return {**fixed, "return_id": "R1", "answer": "reject", "reason": "2077", **given}


def words(given: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as error:
        COMMAND.validate_python(given)
    return "; ".join(p["msg"] for p in error.value.errors())


def test_a_file_up_to_the_limit_is_taken_and_one_beyond_it_is_told_its_size() -> None:
    most = base64.b64encode(bytes(INLINE_LIMIT)).decode()
    taken = COMMAND.validate_python(command(evidence={**PHOTO, "content": most}))
    assert isinstance(taken, AnswerCommand) and taken.evidence is not None
    assert taken.evidence.data == bytes(INLINE_LIMIT)
    more = base64.b64encode(bytes(INLINE_LIMIT + 1)).decode()
    said = words(command(evidence={**PHOTO, "content": more}))
    assert f"has {INLINE_LIMIT + 1} bytes" in said and "evidence_link" in said


@pytest.mark.parametrize("content", ["no base64!", "abc", "صورة"])
def test_what_is_no_base64_is_said(content: str) -> None:
    assert "not in Base64" in words(command(evidence={**PHOTO, "content": content}))


@pytest.mark.parametrize(
    "odd", [{"content": ""}, {"name": ""}, {"media_type": "image"}, {"media_type": "a/b\r\nX: y"}]
)
def test_a_file_has_content_a_name_and_a_type(odd: dict[str, str]) -> None:
    assert words(command(evidence={**PHOTO, **odd}))


def test_a_file_and_a_link_exclude_each_other() -> None:
    link = "https://erp.example/photo.jpg"
    assert "give one of them" in words(command(evidence=PHOTO, evidence_link=link))


def test_wishes_and_steps_name_the_command_and_hold_no_content() -> None:
    brought = AnswerCommand(
        **about("c1"),
        return_id="R1",
        answer="reject",
        reason="2077",
        evidence=EvidenceFile(**PHOTO),
    )
    wishes = wishing(brought)
    order = view(
        parcel(state=ParcelState.DELIVERED),
        done=[RECEIVED, "publish/order.return_requested/R1"],
        returns=(returned(ReturnState.WAITING_FOR_ANSWER),),
        wishes=wishes,
    )
    step = planned(order).step
    assert isinstance(step, Act) and isinstance(step.action, AnswerReturn)
    assert (step.action.evidence_command, step.action.evidence) == ("c1", None)
    for held in (wishes.model_dump_json(), step.action.model_dump_json()):
        assert PHOTO["content"] not in held
