"""What can be done to an order at a marketplace, in our words. A channel says which it knows."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from canonical.commands import ShipLine


class ActionKind(StrEnum):
    ACCEPT = "accept"
    """Tell the marketplace that the parcel is being worked on."""
    READY = "ready"
    """Packed and invoiced; the marketplace's carrier may come."""
    SHIP = "ship"
    """Handed to the seller's own carrier, with tracking."""
    CANCEL_LINES = "cancel_lines"
    """Lines, or all, cannot be supplied."""


class _Action(BaseModel):
    model_config = ConfigDict(frozen=True)

    order_id: str
    parcel_id: str


class AcceptParcel(_Action):
    kind: Literal[ActionKind.ACCEPT] = ActionKind.ACCEPT
    lines: tuple[ShipLine, ...] = ()
    """All lines of the parcel with their quantities. Absent, a channel that must name them reads
    the parcel first, which costs a call."""


class ReadyParcel(_Action):
    kind: Literal[ActionKind.READY] = ActionKind.READY
    invoice_number: str = ""
    lines: tuple[ShipLine, ...] = ()
    """All lines of the parcel with their quantities."""


class ShipParcel(_Action):
    kind: Literal[ActionKind.SHIP] = ActionKind.SHIP
    carrier: str
    tracking_number: str
    lines: tuple[ShipLine, ...] = ()


class CancelLines(_Action):
    kind: Literal[ActionKind.CANCEL_LINES] = ActionKind.CANCEL_LINES
    lines: tuple[ShipLine, ...]
    reason: Literal["out_of_stock", "damaged", "wrong_price", "other"] = "out_of_stock"


Action = Annotated[
    AcceptParcel | ReadyParcel | ShipParcel | CancelLines, Field(discriminator="kind")
]
