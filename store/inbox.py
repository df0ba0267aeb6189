"""The inbox: every event and command that came, once, and what became of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from canonical.commands import Command
from canonical.envelope import EventIdentity, InboundEvent
from canonical.identity import OrderRef
from store.results import EventKey, InboxEntry, InboxState, UnknownOrder


class Inbox:
    """Rows are keyed by (channel, account, kind, event id); all methods may be repeated."""

    async def receive(
        self, events: Sequence[InboundEvent], identities: Sequence[EventIdentity]
    ) -> dict[EventKey, InboxState]:
        """Keeps readable events; one that is known counts as a further delivery.

        A dead-lettered event that comes again (a replay) is `received` again.

        Args:
            events: What came; at most a bus batch.
            identities: What each is about, in the same order.

        Returns:
            Each event's state afterwards: only `received` ones need work.
        """
        raise NotImplementedError

    async def receive_command(
        self, command: Command, received_at: datetime, correlation_id: str, body: bytes
    ) -> InboxState | UnknownOrder:
        """Keeps a command; its id is unique within the account."""
        raise NotImplementedError

    async def settled(self, channel: str, account: str, event_ids: Iterable[str]) -> set[str]:
        """Those of the events that are applied or superseded already."""
        raise NotImplementedError

    async def dead_letter(self, event: InboundEvent, reason: str, description: str) -> None:
        """Keeps an event that cannot be processed; never demotes an applied or superseded row."""
        raise NotImplementedError

    async def body(self, channel: str, account: str, event_id: str) -> bytes | None:
        """An event's bytes as they came."""
        raise NotImplementedError

    async def log(self, ref: OrderRef) -> list[InboxEntry]:
        """All that came for an order, oldest first."""
        raise NotImplementedError

    async def counts(self) -> dict[InboxState, int]:
        """Rows by state."""
        raise NotImplementedError

    async def oldest_received(self) -> datetime | None:
        """When the oldest row was received that still waits to be applied."""
        raise NotImplementedError
