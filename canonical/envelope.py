"""An event on its way in: raw bytes and the few facts by which it is kept and found."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from canonical.identity import OrderRef


class Source(StrEnum):
    """How an event came in."""

    WEBHOOK = "webhook"
    POLL = "poll"
    READ = "read"
    """The order was read again, by `resync` or because an event carries no order."""
    BACKFILL = "backfill"
    ERP = "erp"


class EventIdentity(BaseModel):
    """What a readable event is about."""

    model_config = ConfigDict(frozen=True)

    event_id: str = Field(min_length=1, max_length=200)
    """Stable under redelivery, equal by webhook and poll; never a content hash."""
    order_id: str = Field(min_length=1, max_length=300)
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

    @property
    def ref(self) -> OrderRef | None:
        if self.order_id is None:
            return None
        return OrderRef(channel=self.channel, account=self.account, order_id=self.order_id)
