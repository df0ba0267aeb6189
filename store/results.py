"""What the store answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from canonical.effects import EffectState
from canonical.identity import OrderRef
from canonical.order import Order
from canonical.states import OrderState
from canonical.view import OrderView


class InboxKind(StrEnum):
    EVENT = "event"
    COMMAND = "command"


class InboxState(StrEnum):
    """Received is not applied; every row ends in one of the other three."""

    RECEIVED = "received"
    APPLIED = "applied"
    SUPERSEDED = "superseded"
    """What it says was known already, in this version or a newer one."""
    DEAD_LETTERED = "dead_lettered"


EventKey = tuple[str, str, str]
"""(channel, account, event id)"""


@dataclass(frozen=True)
class UnknownOrder:
    """A command for an order that the store does not have; nothing was kept of it."""

    ref: OrderRef


@dataclass(frozen=True)
class InboxEntry:
    """One row of an order's log."""

    event_id: str
    kind: InboxKind
    source: str
    state: InboxState
    version: int
    subject: str
    received_at: datetime
    applied_at: datetime | None
    deliveries: int
    reason: str | None
    description: str | None


@dataclass(frozen=True)
class Kept:
    """The whole order as it is stored.

    Attributes:
        told_state: The newest state that the internal systems were told.
    """

    order: Order
    version: int
    correlation_id: str
    told_state: OrderState | None


@dataclass(frozen=True)
class Recorded:
    """The order after its inbox was drained, and what became of the rows."""

    view: OrderView
    applied: int = 0
    superseded: int = 0
    dead: int = 0


@dataclass(frozen=True)
class OrderSummary:
    """One row of an order list."""

    ref: OrderRef
    state: OrderState
    version: int
    attention: str | None
    attention_detail: str | None
    attention_since: datetime | None
    told_state: OrderState | None
    first_received_at: datetime | None
    updated_at: datetime


class Begun(StrEnum):
    """What the caller of `effects.begin` may do."""

    SEND = "send"
    """The row was written just now, by this caller alone."""
    DONE = "done"
    READ_BACK = "read_back"
    """It may have been sent before: ask the other side first."""
    REFUSED = "refused"


@dataclass(frozen=True)
class Cursor:
    """How far something has been read."""

    value: str
    version: int
    moved_at: datetime
    """By the database's clock."""


@dataclass(frozen=True)
class ImportCounts:
    """What an import of listings did."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class OrderCounts:
    """How many orders stand where."""

    states: Mapping[tuple[str, str], Mapping[OrderState, int]]
    """By (channel, account)."""
    attention: Mapping[str, int]
    """By word, over all accounts."""


@dataclass(frozen=True)
class StuckEffect:
    """An effect that was sent and has no answer yet."""

    ref: OrderRef
    name: str
    state: EffectState
    begun_at: datetime


@dataclass(frozen=True)
class StoreReport:
    """The store's own account of itself, for `souk verify`."""

    inbox: Mapping[InboxState, int]
    orders: Mapping[OrderState, int]
    effects: Mapping[EffectState, int]
    repeated_deliveries: int
    """Deliveries beyond the first, of all rows."""
    attention: Mapping[str, int]
    orders_without_lines: tuple[OrderRef, ...]
    quantities_disagree: tuple[OrderRef, ...]
    """Orders whose lines and parcels do not count the same units."""
    stuck_effects: tuple[StuckEffect, ...]
    oldest_received: datetime | None
