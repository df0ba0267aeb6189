"""What an order's returns need: the internal systems told, answers carried out, deadlines kept."""

from datetime import datetime

from canonical.abilities import Abilities
from canonical.actions import ActionKind, AnswerReturn
from canonical.attention import Attention, AttentionWord
from canonical.effects import EffectState, publish_name
from canonical.events import OrderEventKind
from canonical.returns import CLOSED_RETURN, ReturnState
from canonical.steps import Act, Publish
from canonical.view import OrderView, ReturnView
from canonical.wishes import AnswerWish

RETURN = "return"
"""The first word of an answer's effect."""


def return_step(view: OrderView, abilities: Abilities) -> Publish | Act | None:
    """The one step that is due now for any of the returns."""
    for item in view.returns:
        step = _tell(view, item) or _answer(view, item, abilities)
        if step is not None:
            return step
    return None


def has_open_returns(view: OrderView) -> bool:
    """Whether any return is still on its way."""
    return any(x.state not in CLOSED_RETURN for x in view.returns)


def is_answered(view: OrderView, return_id: str) -> bool:
    """Whether an answer was taken and nothing of the return waits for one any more."""
    prefix = f"{RETURN}/{return_id}/"
    taken = any(e.name.startswith(prefix) and e.state is EffectState.DONE for e in view.effects)
    return taken and not any(x.waiting for x in view.returns if x.return_id == return_id)


def return_deadline(
    view: OrderView, abilities: Abilities, now: datetime
) -> tuple[Attention | None, datetime | None]:
    """The attention that a deadline asks for by now, or when the next one will."""
    if abilities.returns is None:
        return None, None
    waits = sorted(
        (item.answer_by, item.return_id)
        for item in view.returns
        if item.answer_by is not None and _unanswered(view, item)
    )
    if not waits:
        return None, None
    answer_by, return_id = waits[0]
    warn_at = answer_by - abilities.returns.warn_before
    if now < warn_at:
        return None, warn_at
    when = f"{answer_by:%Y-%m-%d %H:%M} UTC"
    passed = now >= answer_by
    attention = Attention.of(
        AttentionWord.DEADLINE,
        f"Return {return_id} {'had' if passed else 'has'} to be answered by {when}."
        + (" The marketplace decides it now." if passed else ""),
        "the internal system's `answer_return`, or the marketplace's own decision",
        "Let the ERP approve or reject it, or answer it in the marketplace's panel.",
    )
    return attention, None if passed else answer_by


def ask_again(
    view: OrderView, abilities: Abilities, now: datetime
) -> tuple[Publish | None, datetime | None]:
    """Asks for an answer that is still missing, once more for each return; or says when."""
    before = abilities.returns.ask_again_before if abilities.returns else None
    if before is None:
        return None, None
    due = None
    for item in view.returns:
        name = f"{_requested(item)}/again"
        if item.answer_by is None or not _unanswered(view, item) or _settled(view, name):
            continue
        at = item.answer_by - before
        if at <= now < item.answer_by and _settled(view, _requested(item)):
            return Publish(OrderEventKind.RETURN_REQUESTED, name, item.return_id), None
        if now < at:
            due = at if due is None else min(due, at)
    return None, due


def _requested(item: ReturnView) -> str:
    return f"{publish_name(OrderEventKind.RETURN_REQUESTED)}/{item.return_id}"


def _tell(view: OrderView, item: ReturnView) -> Publish | None:
    requested = _requested(item)
    if item.state is ReturnState.UNKNOWN:
        return None
    if view.effect(requested) is None and item.state is ReturnState.CANCELLED:
        # It was withdrawn before anybody heard of it.
        return None
    if not _settled(view, requested):
        return Publish(OrderEventKind.RETURN_REQUESTED, requested, item.return_id)
    closed = f"{publish_name(OrderEventKind.RETURN_CLOSED)}/{item.return_id}/{item.state}"
    if item.state in CLOSED_RETURN and not _settled(view, closed):
        return Publish(OrderEventKind.RETURN_CLOSED, closed, item.return_id)
    return None


def _settled(view: OrderView, name: str) -> bool:
    effect = view.effect(name)
    return effect is not None and effect.state in (EffectState.DONE, EffectState.REFUSED)


def _answer(view: OrderView, item: ReturnView, abilities: Abilities) -> Act | None:
    """One after the other: an approval of some items, a rejection of the rest."""
    if ActionKind.ANSWER_RETURN not in abilities.actions:
        return None
    for wish in _wishes(view, item):
        name = _name(item, wish)
        effect = view.effect(name)
        meant = _meant(item, wish)
        if effect is None and meant:
            return Act(_action(view, item, wish, meant), name)
        if effect is not None and effect.state is EffectState.SENT:
            # Its answer is still owed, also where the items have moved on meanwhile.
            every = frozenset(wish.item_ids) or frozenset(x.item_id for x in item.items)
            return Act(_action(view, item, wish, meant or every), name)
    return None


def _action(
    view: OrderView, item: ReturnView, wish: AnswerWish, meant: frozenset[str]
) -> AnswerReturn:
    return AnswerReturn(
        order_id=view.ref.order_id,
        return_id=item.return_id,
        answer=wish.answer,
        item_ids=tuple(sorted(meant)),
        reason=wish.reason,
        note=wish.text,
        evidence_link=wish.evidence_link,
        evidence_command=wish.command_id if wish.evidence_inline else "",
    )


def _wishes(view: OrderView, item: ReturnView) -> list[AnswerWish]:
    return [w for w in view.wishes.answers if w.return_id == item.return_id]


def _name(item: ReturnView, wish: AnswerWish) -> str:
    return f"{RETURN}/{item.return_id}/{wish.command_id}"


def _meant(item: ReturnView, wish: AnswerWish) -> frozenset[str]:
    """The items that wait and are meant; an answer to what waits no more is not sent."""
    return item.waiting & frozenset(wish.item_ids) if wish.item_ids else item.waiting


def _unanswered(view: OrderView, item: ReturnView) -> bool:
    left = item.waiting
    for wish in _wishes(view, item):
        if view.done(_name(item, wish)):
            left -= _meant(item, wish)
    return bool(left)
