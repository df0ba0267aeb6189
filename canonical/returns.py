"""What the customer sends back: a return belongs to its order and moves on its own."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import AwareDatetime, Field

from canonical.parts import Part
from canonical.text import Text


class ReturnState(StrEnum):
    """Where a return, or one item of it, stands."""

    REQUESTED = "requested"
    """Announced by the customer; the goods are not back yet."""
    WAITING_FOR_ANSWER = "waiting_for_answer"
    """The seller must approve or reject, as a rule until a deadline."""
    IN_DISPUTE = "in_dispute"
    """The marketplace decides; the seller cannot answer."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    """Withdrawn by the customer, or the goods never came."""
    UNKNOWN = "unknown"
    """A status this version does not know: stored, alerted, never acted upon."""


R = ReturnState

CLOSED_RETURN = frozenset({R.ACCEPTED, R.REJECTED, R.CANCELLED})
"""A rejected return can still be taken to the marketplace by the customer: it opens again then."""


class ReturnItem(Part):
    """Units of one line that come back together and share one state."""

    item_id: str
    """The marketplace's own; an answer names it."""
    line_id: str
    channel_sku: str
    quantity: int = Field(ge=1)
    parcel_id: str = ""
    """The parcel in which the units went out; empty where the marketplace does not say."""
    state: ReturnState
    channel_status: Text
    reason: Text = ""
    note: Text = ""
    """The customer's own words."""


class Return(Part):
    """One request of the customer."""

    return_id: str
    state: ReturnState
    version: int = Field(ge=0)
    """Grows with every change of this return at the marketplace."""
    items: tuple[ReturnItem, ...]
    requested_at: AwareDatetime | None = None
    answer_by: AwareDatetime | None = None
    """After this the marketplace decides without the seller; None where it sets no deadline."""


def return_state(items: Iterable[ReturnState]) -> ReturnState:
    """A return's state: that of its item which asks most of somebody."""
    states = set(items)
    return next((state for state in _MOST_URGENT_FIRST if state in states), R.UNKNOWN)


def joined(known: Return, other: Return) -> Return:
    """The newer of two versions, whichever comes first; the earliest deadline ever told."""
    newer = other if _age(other) > _age(known) else known
    told = [x.answer_by for x in (known, other) if x.answer_by is not None]
    return newer.model_copy(update={"answer_by": min(told, default=None)})


def _age(item: Return) -> tuple[int, int, tuple[str, ...]]:
    """By version. Where a marketplace moved an item without a new one: by what is settled."""
    closed = sum(x.state in CLOSED_RETURN for x in item.items)
    return item.version, closed, tuple(sorted(f"{x.item_id}={x.state}" for x in item.items))


_MOST_URGENT_FIRST = (
    R.WAITING_FOR_ANSWER,
    R.UNKNOWN,
    R.IN_DISPUTE,
    R.REQUESTED,
    R.ACCEPTED,
    R.REJECTED,
    R.CANCELLED,
)
