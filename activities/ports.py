"""What activities need of the bus; fulfilled by the bridge, handed in at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from canonical.envelope import InboundEvent
from canonical.events import Event

if TYPE_CHECKING:
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
