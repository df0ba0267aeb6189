"""What the internal systems ask for, on the bus's `commands` queue. Imperative names."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from canonical.evidence import EvidenceFile
from canonical.identity import OrderRef
from canonical.text import NO_CONTROLS, Text

COMMAND_SCHEMA: Literal["souk.command/1"] = "souk.command/1"

LINK = r"^(https://[^\s\x00-\x1f\x7f]{1,1000})?$"
Name = Annotated[str, Field(max_length=200, pattern=NO_CONTROLS)]
"""An id, a number or a carrier, as it goes on to the marketplace."""
REJECTED_LINES_LIMIT = 60
"""The name of the effect holds their quantities."""


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True)

    schema_: Literal["souk.command/1"] = Field(default=COMMAND_SCHEMA, alias="schema")
    command_id: str = Field(min_length=1, max_length=120, pattern=NO_CONTROLS)
    """The sender's own id; a command sent twice under one id is done once."""
    ref: OrderRef
    by: Name = "erp"
    at: AwareDatetime


class Acknowledge(_Command):
    """An event of ours has arrived in the internal system."""

    kind: Literal["acknowledge"] = "acknowledge"
    event_id: str = Field(max_length=400, pattern=NO_CONTROLS)


class Accept(_Command):
    """The order will be fulfilled: tell the marketplace, then release it."""

    kind: Literal["accept"] = "accept"


class ShipLine(BaseModel):
    model_config = ConfigDict(frozen=True)

    line_id: Name
    quantity: int = Field(ge=1)


class Ship(_Command):
    """A parcel is packed and invoiced; the carrier may come.

    Without a parcel id all live parcels are meant. Without lines the whole parcel is; with some of
    them, these leave in a parcel of their own, where the channel can split.
    """

    kind: Literal["ship"] = "ship"
    parcel_id: Name | None = None
    lines: tuple[ShipLine, ...] = ()
    invoice_number: Name = ""
    carrier: Name = ""
    tracking_number: Name = ""
    invoice_link: str = Field(default="", pattern=LINK)
    """Where the customer finds the invoice."""
    own_delivery: str = Field(default="", max_length=500, pattern=NO_CONTROLS)
    """The tracking link or phone number of the retailer's own driver, where he brings it."""


class Invoice(_Command):
    """An invoice's link that comes after the parcel was shipped, or for all parcels alike."""

    kind: Literal["invoice"] = "invoice"
    parcel_id: Name | None = None
    invoice_link: str = Field(min_length=1, pattern=LINK)
    invoice_number: Name = ""


class Reject(_Command):
    """Units cannot be delivered. Without lines the whole order is meant."""

    kind: Literal["reject"] = "reject"
    lines: tuple[ShipLine, ...] = Field(default=(), max_length=REJECTED_LINES_LIMIT)
    reason: Literal["out_of_stock", "damaged", "wrong_price", "other"] = "out_of_stock"
    note: Text = ""


class Cancel(_Command):
    """The retailer withdraws from the order."""

    kind: Literal["cancel"] = "cancel"
    note: Text = ""


class AnswerReturn(_Command):
    """What the retailer says to a return that waits for an answer."""

    kind: Literal["answer_return"] = "answer_return"
    return_id: str = Field(min_length=1, max_length=100, pattern=NO_CONTROLS)
    answer: Literal["approve", "reject"]
    item_ids: tuple[Name, ...] = Field(default=(), max_length=200)
    """Which of its items; without any, all that wait."""
    reason: Name = ""
    """Of a rejection: the marketplace's code of the reason, or its name."""
    text: Text = Field(default="", max_length=500)
    evidence_link: str = Field(default="", pattern=LINK)
    """Where a photo or document can be fetched, for reasons that need one."""
    evidence: EvidenceFile | None = None
    """The photo or document itself, instead of a link."""

    @model_validator(mode="after")
    def _one_document(self) -> "AnswerReturn":
        if self.evidence is not None and self.evidence_link:
            raise ValueError("evidence and evidence_link exclude each other: give one of them")
        return self


class Label(_Command):
    """A parcel's shipping label is wanted; `parcel.label` answers, with it or with why not.

    Asked for before the parcel is accepted, it comes as soon as there can be one. Without a parcel
    id all live parcels are meant, later successors among them. A reprint is a new command.
    """

    kind: Literal["label"] = "label"
    parcel_id: Name | None = None


Command = Annotated[
    Acknowledge | Accept | Ship | Invoice | Reject | Cancel | AnswerReturn | Label,
    Field(discriminator="kind"),
]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
"""Reads a command; raises `pydantic.ValidationError` naming the fields that do not fit."""
