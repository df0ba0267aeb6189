"""What activities need of the bus; fulfilled by the bridge, handed in at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Protocol

from canonical.envelope import InboundEvent
from canonical.events import Event

if TYPE_CHECKING:
    from pathlib import Path

    from canonical.documents.ref import DocumentRef

    # The errors below are all that small programs need: a cold start pays for each import.
    from channels.port import Channel
    from store import Store


class BusUnavailableError(Exception):
    """The bus did not take a message; nothing is known to be sent."""


class TooLargeForBusError(Exception):
    """What no message of the bus can hold; everything else of the same call was sent.

    Attributes:
        events: The inbound events that were left out; empty where it is an event of ours.
    """

    def __init__(self, what: str, events: Sequence[InboundEvent] = ()) -> None:
        super().__init__(f"Larger than a message of the bus may be: {what}.")
        self.events = tuple(events)


class Bus(Protocol):
    """The bus, as seen by activities. Returning means that the bus has it durably."""

    async def publish(self, event: Event) -> None:
        """Tells the internal systems, on the `orders` topic.

        Raises:
            BusUnavailableError: Not taken, or nobody knows; the same event may be sent again.
            TooLargeForBusError: The event is larger than a message may be.
        """
        ...

    async def send_inbound(self, events: Sequence[InboundEvent], *, backfill: bool = False) -> None:
        """Sends raw events to their channels' queues, in batches as large as the bus takes.

        Raises:
            BusUnavailableError: Some may not be on the bus; sending all again is harmless.
            TooLargeForBusError: Naming those that cannot be sent; the others were.
        """
        ...


class Files(Protocol):
    """Files in buckets of ours."""

    async def fetch(self, source: str, to_path: Path) -> None:
        """Streams a file (`s3://bucket/key`, perhaps with `?versionId=`) to disk as it is.

        Raises:
            FileGoneError: It is not there (any more), or larger than may be kept.
            FilesUnavailableError: Nobody knows; trying again may help.
        """
        ...


class FileGoneError(Exception):
    """There is no such file, or none that may be kept."""


class FilesUnavailableError(Exception):
    """The bucket does not answer."""


class DocumentReader(Protocol):
    """Reads documents into rows, away from the worker's own process."""

    async def read(self, ref: DocumentRef, kinds: str, file: BinaryIO) -> None:
        """Reads a file into the document's rows; returns once it is stored.

        Args:
            ref: Whose rows they become.
            kinds: The module whose `KINDS` the channel's documents may be of; empty for none.
            file: The document's bytes, open for reading.

        Raises:
            UnreadableError: Saying why and where; nothing is stored.
            ReaderDiedError: It ended without a word.
            StoreError: As the store raises it there.
        """
        ...


class ReaderDiedError(Exception):
    """The process that reads a document ended without saying how; nothing is stored of it."""


async def nobody(channel: str, account: str) -> None:
    """Asks no account to look at itself."""


@dataclass(frozen=True)
class Platform:
    """All that activity bodies work with."""

    store: Store
    bus: Bus
    channels: Mapping[tuple[str, str], Channel]
    """By (channel, account)."""
    callback_urls: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Where each account's webhook points; none where it has no webhooks."""
    reader: DocumentReader | None = None
    """None in processes that read no documents."""
    files: Files | None = None
    """None where no bucket is configured."""
    recheck: Callable[[str, str], Awaitable[None]] = nobody
    """Asks the workflow of an account (channel, account) to check it now, without waiting."""

    def channel(self, channel: str, account: str) -> Channel:
        """The open account.

        Raises:
            LookupError: The account is not configured in this worker.
        """
        try:
            return self.channels[channel, account]
        except KeyError:
            raise LookupError(
                f"Account {account!r} of {channel!r} is not configured here:"
                " add it under `accounts` in the settings file and restart the worker."
            ) from None
