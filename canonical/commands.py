"""What the internal systems ask for, on the bus's `commands` queue. Imperative names."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from canonical.identity import OrderRef
from canonical.text import Text

COMMAND_SCHEMA: Literal["souk.command/1"] = "souk.command/1"


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True)

    schema_: Literal["souk.command/1"] = Field(default=COMMAND_SCHEMA, alias="schema")
    command_id: str = Field(min_length=1, max_length=120)
    """The sender's own id; a command sent twice under one id is done once."""
    ref: OrderRef
    by: str = "erp"
    at: AwareDatetime


class Acknowledge(_Command):
    """An event of ours has arrived in the internal system."""

    kind: Literal["acknowledge"] = "acknowledge"
    event_id: str


class Accept(_Command):
    """The order will be fulfilled: tell the marketplace, then release it."""

    kind: Literal["accept"] = "accept"


class ShipLine(BaseModel):
    model_config = ConfigDict(frozen=True)

    line_id: str
    quantity: int = Field(ge=1)


class Ship(_Command):
    """A parcel is packed and invoiced; the carrier may come.

    Without a parcel id all live parcels are meant. Without lines the whole parcel is.
    """

    kind: Literal["ship"] = "ship"
    parcel_id: str | None = None
    lines: tuple[ShipLine, ...] = ()
    invoice_number: str = ""
    carrier: str = ""
    tracking_number: str = ""


class Reject(_Command):
    """Lines cannot be delivered. Without lines the whole order is meant."""

    kind: Literal["reject"] = "reject"
    lines: tuple[ShipLine, ...] = ()
    reason: Literal["out_of_stock", "damaged", "wrong_price", "other"] = "out_of_stock"
    note: Text = ""


class Cancel(_Command):
    """The retailer withdraws from the order."""

    kind: Literal["cancel"] = "cancel"
    note: Text = ""


Command = Annotated[
    Acknowledge | Accept | Ship | Reject | Cancel,
    Field(discriminator="kind"),
]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
"""Reads a command; raises `pydantic.ValidationError` naming the fields that do not fit."""
