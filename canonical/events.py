"""What the internal systems are told, on the bus's `orders` topic."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from canonical.identity import OrderRef
from canonical.order import Order
from canonical.states import OrderState

EVENT_SCHEMA: Literal["souk.event/1"] = "souk.event/1"


class OrderEventKind(StrEnum):
    """Two steps on purpose: hear of an order first, fulfil it only once it is released."""

    RECEIVED = "order.received"
    """For information and decision."""
    RELEASED = "order.released"
    """Accepted at the marketplace: fulfil it."""
    CHANGED = "order.changed"
    """It moved at the marketplace: shipped, delivered, partly cancelled, ..."""
    CANCELLED = "order.cancelled"
    """Nothing of it is left to fulfil."""
    RETURN_REQUESTED = "order.return_requested"
    """The customer sends something back; `return_id` says which of the order's returns."""
    RETURN_CLOSED = "order.return_closed"
    """A return was accepted, rejected or withdrawn."""


class OrderEvent(BaseModel):
    """An event of the platform; its id is the effect's key, equal on every repeat."""

    model_config = ConfigDict(frozen=True)

    schema_: Literal["souk.event/1"] = Field(default=EVENT_SCHEMA, alias="schema")
    event_id: str
    kind: OrderEventKind
    ref: OrderRef
    state: OrderState
    order_version: int
    correlation_id: str
    occurred_at: AwareDatetime
    return_id: str | None = None
    """The return that the event is about, where it is about one."""
    order: Order
