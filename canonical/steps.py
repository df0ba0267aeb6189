"""The kinds of steps that a plan can ask for."""

from dataclasses import dataclass

from canonical.actions import Action
from canonical.events import OrderEventKind


@dataclass(frozen=True)
class Publish:
    """Tell the internal systems."""

    kind: OrderEventKind
    effect: str
    return_id: str | None = None
    """The return that it is about."""


@dataclass(frozen=True)
class Act:
    """Do something at the marketplace."""

    action: Action
    effect: str


@dataclass(frozen=True)
class Reread:
    """Read the order at the marketplace again, since what is known does not suffice."""

    reason: str
    effect: str
    first: bool = False
    """Whether it goes before everything else: what is known may be overtaken."""


@dataclass(frozen=True)
class FetchLabel:
    """Fetch a parcel's label at the marketplace and hand it to the internal systems."""

    parcel_id: str
    command_id: str
    """Of the command that asked for it."""
    effect: str


Step = Publish | Act | Reread | FetchLabel
