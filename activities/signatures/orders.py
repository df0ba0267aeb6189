"""Activities of an order's life."""

from pydantic import BaseModel, ConfigDict
from temporalio import activity

from activities.signatures import by_body
from canonical.abilities import Abilities
from canonical.actions import Action
from canonical.attention import Attention
from canonical.effects import Effect
from canonical.events import OrderEventKind
from canonical.identity import OrderRef
from canonical.view import OrderView


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True)

    ref: OrderRef


class RecordInput(_Input):
    """Drain the order's inbox: map, merge and record all that has come, in one transaction.

    Attributes:
        expecting: Whether a signal told that something has come.
    """

    expecting: bool = False


class RecordResult(BaseModel):
    view: OrderView
    applied: int = 0
    superseded: int = 0
    dead: int = 0
    """Events that turned out unreadable; they stand in the inbox with their reason."""


class PublishInput(_Input):
    """Tell the internal systems, once."""

    kind: OrderEventKind
    effect: str
    order_version: int
    return_id: str | None = None
    """The return that it is about."""


class PublishResult(BaseModel):
    effect: Effect
    event_id: str
    view: OrderView
    """The order as it stands afterwards, which spares the workflow a step."""


class ActInput(_Input):
    """Carry out one action at the marketplace, once."""

    action: Action
    effect: str
    order_version: int
    abilities: Abilities
    """By which the workflow plans: each attempt asks the same plan whether it is still wanted."""


class ActResult(BaseModel):
    effect: Effect | None
    """`done`; `refused` with the marketplace's words; `unknown` where reading back can't tell;
    None where the step was no longer wanted and nothing was sent."""
    view: OrderView
    """The order as it stands afterwards."""


class SendLabelInput(_Input):
    """Fetch a parcel's label and hand it to the internal systems, once for each command."""

    parcel_id: str
    command_id: str
    effect: str
    order_version: int


class SendLabelResult(BaseModel):
    effect: Effect
    """`done`, or `refused` with why there is no label; the internal systems were told either."""
    view: OrderView


class ReadInput(_Input):
    """Read the order at the marketplace into the inbox, and give refused steps another try."""

    by: str
    why: str = ""


class ReadResult(BaseModel):
    events: int
    """How many events the read brought; 0 where the marketplace does not show the order."""


class RereadInput(_Input):
    """Read the order at the marketplace into the inbox, once, since the plan needs to know."""

    effect: str
    reason: str
    order_version: int


class RereadResult(BaseModel):
    effect: Effect
    """`done`, or `refused` where what came cannot be read."""
    events: int
    view: OrderView
    """The order before what came is recorded."""


class SkipInput(_Input):
    """Mark a step that a person has settled elsewhere as done."""

    effect: str
    by: str
    why: str


class AskCancelInput(_Input):
    """Put a person's cancel into the order's inbox, where the internal systems' commands go too."""

    command_id: str
    by: str
    why: str


class NoteInput(_Input):
    """Write the order's attention (or its end) where people list orders."""

    attention: Attention | None


@activity.defn(name="record_order")
async def record_order(arg: RecordInput) -> RecordResult:
    """Store. Short."""
    by_body()


@activity.defn(name="publish_order_event")
async def publish_order_event(arg: PublishInput) -> PublishResult:
    """Store and bus. Short."""
    by_body()


@activity.defn(name="act_at_marketplace")
async def act_at_marketplace(arg: ActInput) -> ActResult:
    """Marketplace. Retried by Temporal; reads back before it repeats."""
    by_body()


@activity.defn(name="send_label")
async def send_label(arg: SendLabelInput) -> SendLabelResult:
    """Marketplace, store and bus. Retried by Temporal, for a while."""
    by_body()


@activity.defn(name="read_order")
async def read_order(arg: ReadInput) -> ReadResult:
    """Marketplace and store."""
    by_body()


@activity.defn(name="reread_order")
async def reread_order(arg: RereadInput) -> RereadResult:
    """Marketplace and store. Retried by Temporal until the marketplace answers."""
    by_body()


@activity.defn(name="skip_step")
async def skip_step(arg: SkipInput) -> Effect:
    """Store. Short."""
    by_body()


@activity.defn(name="ask_cancel")
async def ask_cancel(arg: AskCancelInput) -> None:
    """Store. Short."""
    by_body()


@activity.defn(name="note_attention")
async def note_attention(arg: NoteInput) -> None:
    """Store. Short."""
    by_body()
