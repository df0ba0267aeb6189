"""What a channel can do and how it behaves, as data. Workflows branch on this alone."""

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from canonical.actions import ActionKind


class Carries(StrEnum):
    """How much of an order one event brings."""

    ORDER = "order"
    PARCEL = "parcel"
    NOTICE = "notice"
    """Only that something changed: the order must be read."""


class QuotaScope(StrEnum):
    """Whom the marketplace counts together."""

    ACCOUNT = "account"
    GROUP = "group"
    PROJECT = "project"
    APPLICATION = "application"
    ADDRESS = "address"


class QuotaKind(StrEnum):
    """How the marketplace counts."""

    WINDOW = "window"
    """At most `limit` calls in any window of `per`, wherever it begins."""
    BUCKET = "bucket"
    """`burst` tokens at most, of which `limit` come back every `per`; a call takes one."""
    CONCURRENCY = "concurrency"
    """At most `limit` calls under way at once, none of which lasts longer than `per`."""
    PERIOD = "period"
    """At most `limit` calls from one reset to the next, which come every `per`."""


class Quota(BaseModel):
    """At most `limit` calls of `operations` in `per`, counted as `kind` says."""

    model_config = ConfigDict(frozen=True)

    name: str
    limit: int = Field(gt=0)
    per: timedelta
    kind: QuotaKind = QuotaKind.WINDOW
    burst: int = Field(default=1, gt=0)
    """Of a bucket."""
    resets_at: timedelta = timedelta(0)
    """Of a period: how long after midnight UTC it begins; Beijing's midnight is 16 h."""
    scope: QuotaScope = QuotaScope.ACCOUNT
    operations: tuple[str, ...] = ()
    """The client's operation names that this quota counts together."""


class Polling(BaseModel):
    """How orders are read in bulk."""

    model_config = ConfigDict(frozen=True)

    every: timedelta
    overlap: timedelta
    """How far before the watermark each poll starts again."""
    reach: timedelta
    """How far back the marketplace lets us look at most."""
    walk_every: timedelta | None = None
    """How often all of that is read again, for what neither hooks nor polls have shown; None:
    never."""


class Webhooks(BaseModel):
    """How the marketplace pushes, and what it must be answered."""

    model_config = ConfigDict(frozen=True)

    junk_answer: int
    """HTTP status for a body that cannot be read; some hooks are switched off by bad answers."""
    body_limit: int = 1_048_576
    """Bytes; of what is larger only the beginning is read. It counts as junk, or, where it cannot
    be shown to be genuine, is refused with 413."""
    check_every: timedelta = timedelta(minutes=15)
    can_register: bool = True
    signs_body: bool = False
    """Whether what makes a hook genuine also covers its body, so that an altered one is refused."""


class Returns(BaseModel):
    """How returns are read and until when they must be answered."""

    model_config = ConfigDict(frozen=True)

    polling: Polling
    """Of returns alone; where orders carry their returns there is nothing to read."""
    warn_before: timedelta
    """How long before a return's deadline a person is called."""
    ask_again_before: timedelta | None = None
    """How long before it the internal systems are asked once more; None: they are asked once."""


class Abilities(BaseModel):
    """One channel's abilities; part of an order workflow's start input."""

    model_config = ConfigDict(frozen=True)

    actions: frozenset[ActionKind]
    event_carries: Carries
    order_readable: bool
    tokens: bool = False
    """Whether calls show a token that a login brings, that ends, and that must be renewed."""
    partial_answers: bool = False
    """Whether a write that is answered well can still say that it was not done, in its body."""
    names_wait: bool = True
    """Whether a refusal for quota can name the time after which to come again."""
    acknowledges: ActionKind | None = None
    """What tells the marketplace that the order is taken, before it is released."""
    ships_by: ActionKind
    """What a `ship` command becomes: `ready` where the marketplace's carrier ships."""
    ships_parts: bool = False
    """Whether `ship` of some units needs no parcel of their own first: each shipment makes one."""
    invoiced_when_ready: bool = True
    """Whether an invoice's number is told by `ready` where the seller ships, before `ship`."""
    visibility_lag: timedelta = timedelta(0)
    """How long after a write a read may still show the state before it."""
    decision_deadline: timedelta | None = None
    """From first receipt; None where the marketplace sets none."""
    dead_parcel_settles: timedelta | None = None
    """How long after a parcel's end a successor may still appear; then the order is read again, and
    only then counted as cancelled. None where a cancelled parcel has no successors."""
    missing_read_every: timedelta = timedelta(hours=1)
    """How often a replaced parcel's missing successor is looked for."""
    address_settles: timedelta | None = None
    """How long after the first event a blank address is worth another read; None: never."""
    returns: Returns | None = None
    """None where the channel has none, or where the orders carry them."""
    labels: bool = False
    """Whether a parcel's label can be fetched."""
    finance: tuple[str, ...] = ()
    """The kinds of finance rows that can be read."""
    documents: tuple[str, ...] = ()
    """The kinds of files that can be fetched: see `channels.port.DocumentSource`."""
    documents_polling: Polling | None = None
    """How these files are looked for; None where nobody has to look."""
    stock_mirrored: bool = False
    """Whether the marketplace keeps stock of ours: see `channels.port.StockMirror`."""
    polling: Polling | None = None
    webhooks: Webhooks | None = None
    pushes_to_queue: bool = False
    """Whether events come by a queue of ours, to which the account subscribes: that needs no URL,
    and is looked after as webhooks are."""
    retention: timedelta
    """How long personal data may be kept after delivery."""
    currencies: frozenset[str]
    """What orders are paid in; another one calls a person. Empty: not known, nobody is called."""
    quotas: tuple[Quota, ...] = ()
