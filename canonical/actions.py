"""What can be done to an order at a marketplace, in our words. A channel says which it knows."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from canonical.commands import ShipLine
from canonical.evidence import EvidenceFile
from canonical.text import Text


class ActionKind(StrEnum):
    ACCEPT = "accept"
    """Tell the marketplace that the parcel is being worked on."""
    READY = "ready"
    """Packed and invoiced; the marketplace's carrier may come."""
    SHIP = "ship"
    """Handed to the seller's own carrier, with tracking."""
    CANCEL_LINES = "cancel_lines"
    """Lines, parts of lines or all cannot be supplied."""
    SPLIT = "split"
    """Units leave for a parcel of their own."""
    CHANGE_CARRIER = "change_carrier"
    """Another of the marketplace's carriers."""
    ATTACH_INVOICE = "attach_invoice"
    """Where the customer can see the invoice."""
    DELIVER_OTHERWISE = "deliver_otherwise"
    """The seller brings it, outside all carriers that the marketplace knows."""
    ANSWER_RETURN = "answer_return"


class _OrderAction(BaseModel):
    model_config = ConfigDict(frozen=True)

    order_id: str


class _Action(_OrderAction):
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
    number: int = Field(default=1, ge=1)
    """Tells the order's shipments apart; the same one in every attempt."""


class CancelLines(_Action):
    kind: Literal[ActionKind.CANCEL_LINES] = ActionKind.CANCEL_LINES
    lines: tuple[ShipLine, ...]
    reason: Literal["out_of_stock", "damaged", "wrong_price", "other"] = "out_of_stock"


class SplitParcel(_Action):
    kind: Literal[ActionKind.SPLIT] = ActionKind.SPLIT
    groups: tuple[tuple[ShipLine, ...], ...]
    """Each becomes a parcel; what no group names stays together in one more."""
    whole_lines: bool = False
    """Whether the groups take every unit of the lines that they name."""


class ChangeCarrier(_Action):
    kind: Literal[ActionKind.CHANGE_CARRIER] = ActionKind.CHANGE_CARRIER
    carrier: str


class AttachInvoice(_Action):
    kind: Literal[ActionKind.ATTACH_INVOICE] = ActionKind.ATTACH_INVOICE
    link: str
    invoice_number: str = ""


class DeliverOtherwise(_Action):
    kind: Literal[ActionKind.DELIVER_OTHERWISE] = ActionKind.DELIVER_OTHERWISE
    tracking: str
    """A link or a phone number, by which the customer follows it."""


class AnswerReturn(_OrderAction):
    kind: Literal[ActionKind.ANSWER_RETURN] = ActionKind.ANSWER_RETURN
    return_id: str
    answer: Literal["approve", "reject"]
    item_ids: tuple[str, ...]
    """The items that wait and are meant."""
    reason: str = ""
    """Of a rejection: the marketplace's code, or its name."""
    note: Text = ""
    evidence_link: str = ""
    """Where a photo or document for a rejection can be fetched."""
    evidence_command: str = ""
    """The id of the command that brought one along; whoever carries the action out looks there."""
    evidence: EvidenceFile | None = Field(default=None, repr=False)
    """That file, put in at the last moment: no workflow holds it."""


Action = Annotated[
    AcceptParcel
    | ReadyParcel
    | ShipParcel
    | CancelLines
    | SplitParcel
    | ChangeCarrier
    | AttachInvoice
    | DeliverOtherwise
    | AnswerReturn,
    Field(discriminator="kind"),
]
