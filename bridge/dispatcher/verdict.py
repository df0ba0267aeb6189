"""What is to become of a message, as its consumer says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from azure.servicebus import ServiceBusReceivedMessage

DESCRIPTION_LIMIT = 1_000
"""Characters; the broker keeps reason and description with the dead letter."""


class Fate(StrEnum):
    COMPLETE = "complete"
    DEAD_LETTER = "dead_letter"
    ABANDON = "abandon"
    LEAVE = "leave"
    """Its lock is gone: it comes again by itself, there is nothing to settle."""


@dataclass(frozen=True)
class Verdict:
    """One message's fate; a dead letter has a reason of docs/bus.md and a description."""

    message: ServiceBusReceivedMessage
    fate: Fate
    reason: str = ""
    description: str = ""


@dataclass
class Taken:
    """What a consumer made of a batch: a verdict for each message."""

    verdicts: list[Verdict] = field(default_factory=list)
    duplicates: int = 0
    outage: str = ""
    """Says who is away, where the store or Temporal was; the rest of the batch is abandoned."""
    refused: str = ""
    """Temporal's words, where it refused single orders."""

    def add(self, other: "Taken") -> None:
        """Joins another part of the same batch in."""
        self.verdicts += other.verdicts
        self.duplicates += other.duplicates
        self.outage = self.outage or other.outage
        self.refused = self.refused or other.refused


class Consumer(Protocol):
    """Takes a batch of messages over; what it has taken may be settled."""

    async def take(self, messages: Sequence[ServiceBusReceivedMessage]) -> Taken: ...


class OutageError(Exception):
    """The store or Temporal is away: nothing is wrong with the message in hand."""


def lock_has_run_out(message: ServiceBusReceivedMessage) -> bool:
    """Whether another receiver may have the message by now. Session messages have no own lock."""
    until = message.locked_until_utc
    return until is not None and until <= datetime.now(UTC)
