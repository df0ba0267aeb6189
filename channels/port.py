"""The one protocol that every marketplace fulfils."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from canonical.abilities import Abilities
from canonical.actions import Action
from canonical.envelope import EventIdentity
from canonical.mirrored_stock import MirroredStock
from canonical.notice import Notice
from canonical.order import Order


@dataclass(frozen=True)
class RawEvent:
    """One event's own bytes, cut from a webhook body or a page."""

    body: bytes
    identity: EventIdentity | None
    """None where the body cannot be read; it is kept and dead-lettered, never dropped."""


@dataclass(frozen=True)
class OrderPage:
    """One page of a bulk read.

    `watermark` is what to commit once the last page is safe; it may be given by any page.
    """

    events: tuple[RawEvent, ...]
    watermark: datetime | None
    last: bool


LINK = "text/uri-list"
"""The media type of a document that is a link alone."""


@dataclass(frozen=True)
class Document:
    """A file of a marketplace, or where it is.

    Attributes:
        media_type: Of `content`; `LINK` where the marketplace gives a link alone.
        content: The file's bytes, or the link.
    """

    media_type: str
    content: bytes


@dataclass(frozen=True)
class FinanceRow:
    """One row of a settlement, as it came.

    Attributes:
        kind: The kind that was asked for; rows may name theirs in the reader's language.
        row_id: The marketplace's own.
        order_id: Empty where the row is about no order.
        body: The row's own bytes.
    """

    kind: str
    row_id: str
    order_id: str
    body: bytes


@dataclass(frozen=True)
class DocumentDescriptor:
    """A file that the marketplace has for us, before it is fetched.

    Attributes:
        kind: The marketplace's word for what it is, such as a report's type.
        document_id: Its identity: two descriptors of one are the same document.
        source: What `download` fetches it by; may change.
        made_at: When the marketplace made it.
        covers_from: The beginning of what it is about, where it says so.
        covers_to: Its end.
    """

    kind: str
    document_id: str
    source: str
    made_at: datetime
    covers_from: datetime | None = None
    covers_to: datetime | None = None


@dataclass(frozen=True)
class Downloaded:
    """A file as it was written.

    Attributes:
        path: Where it stands, whole.
        size: Bytes of the content, unpacked.
        sha256: Of the same, in hexadecimal.
        was_gzip: Whether it came packed.
    """

    path: Path
    size: int
    sha256: str
    was_gzip: bool


class WebhookHealth(StrEnum):
    """How the account's webhook stands at the marketplace."""

    ACTIVE = "active"
    PASSIVE = "passive"
    MISSING = "missing"


class Seen(StrEnum):
    """What a read-back says about an action that had no clear answer."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    UNCLEAR = "unclear"


class Channel(Protocol):
    """One account at one marketplace.

    Every method that calls out raises the errors of `channels.errors` and nothing else.
    """

    name: str
    account: str
    abilities: Abilities

    def list_orders(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        """Reads what changed between two instants, page by page; may repeat, must not miss."""
        ...

    async def fetch_order(self, order_id: str) -> tuple[RawEvent, ...]:
        """Reads one order as it is now; empty where the marketplace does not show it."""
        ...

    def webhook_is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Checks key or signature in constant time, before the body is parsed."""
        ...

    def split_webhook(self, body: bytes) -> tuple[RawEvent, ...]:
        """Cuts a webhook body into events. Never raises: junk is one event without identity."""
        ...

    def identify(self, body: bytes) -> EventIdentity:
        """Reads whose event it is, by the very model that `to_canonical` reads.

        Raises:
            ContractError: Naming each field that does not fit.
        """
        ...

    def to_canonical(self, body: bytes) -> Order | Notice:
        """Maps one event's body. Pure. `item_id`s stay None: listings are the store's.

        A notice only where `abilities.event_carries` says so: the order is read for it.

        Raises:
            ContractError: Naming each field that does not fit.
        """
        ...

    async def perform(self, action: Action) -> None:
        """Carries out one action. Returning means that the marketplace confirmed it."""
        ...

    async def read_back(self, action: Action) -> Seen:
        """Tells, after the visibility lag, whether an unanswered action was applied."""
        ...

    async def webhook_health(self, callback_url: str) -> WebhookHealth:
        """Looks up how the hook that points to us stands."""
        ...

    async def subscribe(self, callback_url: str) -> None:
        """Registers or re-activates the account's webhook; doing it twice changes nothing."""
        ...

    def list_returns(self, since: datetime, until: datetime) -> AsyncIterator[OrderPage]:
        """Reads returns as `list_orders` reads orders; only where `abilities.returns` is set."""
        ...

    async def fetch_returns(self, order_id: str) -> tuple[RawEvent, ...]:
        """Reads an order's returns as they are now; only where `abilities.returns` is set."""
        ...

    async def label(self, order_id: str, parcel_id: str) -> tuple[Document, ...]:
        """Fetches a parcel's labels, one for each box; only where `abilities.labels` is set.

        Raises:
            RefusedError: There is none, and asking again does not help.
            UnavailableError: Also where the marketplace is still making it.
        """
        ...

    def list_finance(
        self, kind: str, since: datetime, until: datetime
    ) -> AsyncIterator[tuple[FinanceRow, ...]]:
        """Reads finance rows of one kind of `abilities.finance`, page by page."""
        ...

    async def close(self) -> None:
        """Releases connections."""
        ...


@runtime_checkable
class DocumentSource(Protocol):
    """A channel whose `abilities.documents` names kinds of files."""

    document_kinds: str
    """The module whose `KINDS` say how its documents are read; a process of its own imports it."""

    def announced(self, body: bytes) -> tuple[DocumentDescriptor, ...] | None:
        """The documents that an event tells of; empty where these are not to be fetched.

        None where the event is about something else.
        """
        ...

    def list_documents(self, since: datetime) -> AsyncIterator[tuple[DocumentDescriptor, ...]]:
        """Files that are ready and were made since an instant, page by page; may repeat."""
        ...

    async def download(
        self, document: DocumentDescriptor, to_path: Path, *, as_it_came: bool = False
    ) -> Downloaded:
        """Streams a file to disk, unpacked or `as_it_came`; it stands there once it is whole.

        Raises:
            ContractError: It is a broken archive, or larger than may be kept.
        """
        ...


@runtime_checkable
class StockMirror(Protocol):
    """A channel whose marketplace keeps stock of ours (`abilities.stock_mirrored`)."""

    def list_stock(self, since: datetime | None) -> AsyncIterator[tuple[MirroredStock, ...]]:
        """All of it, or what changed since an instant, page by page.

        A SKU may come twice; `MirroredStock.newer` says which counts.
        """
        ...
