"""What the ERP answers to an event. Pure."""

from dataclasses import dataclass

from sandbox.erp.commands import ACCEPT, ACKNOWLEDGE, ANSWER_RETURN, SHIP
from sandbox.erp.events import CANCELLED, CHANGED, RECEIVED, RELEASED, RETURN_REQUESTED


@dataclass(frozen=True)
class Answer:
    """A command to send for an event."""

    kind: str
    at_once: bool = False
    """False: after the ERP's usual delay."""


def answers(kind: str, cancelled: bool, accepts: bool) -> tuple[Answer, ...]:
    """The commands that an event of this kind calls for.

    `order.received` comes once, also while payment is pending, so `accept` is sent whatever the
    state: it means "accept as soon as it may be".

    Args:
        kind: The event's kind.
        cancelled: Whether the order is known to be cancelled already.
        accepts: Whether the ERP decides by itself.
    """
    if cancelled:
        return ()
    if kind == RECEIVED:
        return (Answer(ACCEPT),) if accepts else ()
    if kind == RELEASED:
        return (Answer(ACKNOWLEDGE, at_once=True), Answer(SHIP))
    if kind == RETURN_REQUESTED:
        return (Answer(ANSWER_RETURN),) if accepts else ()
    return ()


def lives_on(kind: str, state: str, before: str) -> bool:
    """Whether an order that was told as cancelled goes on in a late successor parcel.

    The caller has made sure that the event is newer than the cancellation.
    """
    return (before, kind) == ("cancelled", CHANGED) and state != "cancelled"


def stage(kind: str, before: str) -> str:
    """How the ERP calls the order after an event: received, released or cancelled."""
    if CANCELLED in (f"order.{before}", kind):
        return "cancelled"
    if RELEASED in (f"order.{before}", kind):
        return "released"
    return "received"
