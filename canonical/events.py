"""What the internal systems are told, on the bus's `orders` topic."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from canonical.documents.head import Content
from canonical.documents.ref import DocumentRef
from canonical.identity import OrderRef
from canonical.order import Order
from canonical.states import OrderState
from canonical.text import Text

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


class ParcelEventKind(StrEnum):
    """What is said of one parcel, in answer to a command."""

    LABEL = "parcel.label"
    """The label that a `label` command asked for, or why there is none."""


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


class LabelDocument(BaseModel):
    """One box's label: its content, or where the marketplace keeps it."""

    model_config = ConfigDict(frozen=True)

    media_type: str
    """Of the content, e.g. `application/zpl`; `text/uri-list` of a link."""
    content: str = ""
    """Base64; empty where there is a link."""
    link: str = ""


class ParcelLabel(BaseModel):
    """The answer to a `label` command; its id is the effect's key, equal on every repeat."""

    model_config = ConfigDict(frozen=True)

    schema_: Literal["souk.event/1"] = Field(default=EVENT_SCHEMA, alias="schema")
    event_id: str
    kind: Literal[ParcelEventKind.LABEL] = ParcelEventKind.LABEL
    ref: OrderRef
    parcel_id: str
    command_id: str
    """Which command it answers."""
    correlation_id: str
    occurred_at: AwareDatetime
    labels: tuple[LabelDocument, ...] = ()
    """One for each box; empty where it is refused."""
    refused: Text = ""
    """Why there is none. The order waits for a person, who may ask again: then another event with
    an id of its own follows."""


class DocumentEventKind(StrEnum):
    """What is said of a document."""

    STORED = "document.stored"
    """A settlement, report or invoice is in the store with all its rows."""


class DocumentStored(BaseModel):
    """A document is in the store, whole; its rows are read there. Its id is equal on repeats."""

    model_config = ConfigDict(frozen=True)

    schema_: Literal["souk.event/1"] = Field(default=EVENT_SCHEMA, alias="schema")
    event_id: str
    kind: Literal[DocumentEventKind.STORED] = DocumentEventKind.STORED
    ref: DocumentRef
    content: Content
    number: Text = ""
    """The document's own, such as a settlement's or an invoice's; empty where it bears none."""
    key: int
    """Its key in the store: `document_pk` of its rows."""
    rows: int
    currency: str = ""
    total: Decimal | None = None
    """As it states, which its rows add up to; None where it states none."""
    period_from: AwareDatetime | None = None
    period_to: AwareDatetime | None = None
    paid_at: AwareDatetime | None = None
    sha256: str
    """Of its bytes as they came."""
    correlation_id: str
    occurred_at: AwareDatetime


Event = OrderEvent | ParcelLabel | DocumentStored
"""All that is told on the topic."""
