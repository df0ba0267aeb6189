"""An event on its way in: raw bytes and the few facts by which it is kept and found."""

import hashlib
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from canonical.identity import OrderRef
from canonical.text import NO_CONTROLS

UNREAD = "message:"
"""Prefix of the event id of a body that could not be read; it has no id of its own."""
BEGINNING = 16_384
"""Bytes that are kept of a body that is larger than may be sent: enough to see whose it is."""


def unread_id(channel: str, account: str, body: bytes) -> str:
    """The id of an unreadable body that is met again and again; of the same bytes the same."""
    digest = hashlib.sha256(f"{channel}/{account}/".encode() + body).hexdigest()
    return f"{UNREAD}{digest[:32]}"


class Source(StrEnum):
    """How an event came in."""

    WEBHOOK = "webhook"
    POLL = "poll"
    READ = "read"
    """The order was read again, by `resync` or because an event carries no order."""
    BACKFILL = "backfill"
    QUEUE = "queue"
    """By a queue of ours that the marketplace, or a store of files, writes to."""
    ERP = "erp"


class EventIdentity(BaseModel):
    """What a readable event is about."""

    model_config = ConfigDict(frozen=True)

    event_id: str = Field(min_length=1, max_length=200)
    """Stable under redelivery, equal by webhook and poll; never a content hash."""
    order_id: str = Field(min_length=1, max_length=300, pattern=NO_CONTROLS)
    subject: str = ""
    """What the version counts within: the parcel, or empty for the whole order."""
    version: int = Field(ge=0)


class InboundEvent(BaseModel):
    """One raw event of one account, as the bus carries it to the inbox."""

    model_config = ConfigDict(frozen=True)

    channel: str
    account: str
    event_id: str
    """The identity's id, or `message:{message id}` where the body could not be read."""
    order_id: str | None
    """None where the body could not be read."""
    source: Source
    received_at: AwareDatetime
    """First receipt; travels through dead letter and replay, so that deadlines never restart."""
    correlation_id: str
    body: bytes
    subject: str = ""
    """What it is about where that is no order: `report:51200199120`, `object:bucket/key`. One piece
    of work for each, however many events tell of it."""
    claim: str = ""
    """Where the body lies while it is too large for the bus (`s3://bucket/key`); `body` is empty
    until whoever receives the event has fetched it."""
    cut_from: int | None = None
    """Bytes that came, at least, where `body` is only their beginning."""

    @property
    def ref(self) -> OrderRef | None:
        if self.order_id is None:
            return None
        return OrderRef(channel=self.channel, account=self.account, order_id=self.order_id)
