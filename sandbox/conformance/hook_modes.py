"""What becomes of the next webhooks, as an operator wants it."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sandbox.conformance.words import HookMode

SWAP_S = 0.3
"""How long a swapped webhook is held back after the one that overtakes it."""

Event = TypeVar("Event")


@dataclass
class Fate(Generic[Event]):
    """What to do about one event."""

    times: int = 1
    """How often to send it now."""
    lost: bool = False
    late: list[Event] = field(default_factory=list)
    """Earlier ones to be sent `SWAP_S` later, as they were."""


class HookModes(Generic[Event]):
    """Each seller's modes, used up one event after the other."""

    def __init__(self) -> None:
        self._modes: dict[str, list[str]] = defaultdict(list)
        self._held: dict[str, list[Event]] = defaultdict(list)

    def add(self, asked: HookMode) -> None:
        """The seller's next webhooks are so."""
        self._modes[asked.seller] += [asked.mode] * asked.times

    def clear(self) -> None:
        """All is in order; what is held back is forgotten."""
        self._modes.clear()
        self._held.clear()

    def fate(self, seller: str, event: Event) -> Fate[Event]:
        """What is to be done about this event; a swapped one is kept here."""
        mode = self._modes[seller].pop(0) if self._modes[seller] else ""
        if mode == "swapped":
            self._held[seller].append(event)
            return Fate(times=0)
        late = self._held.pop(seller, [])
        if mode == "lost":
            return Fate(times=0, lost=True, late=late)
        return Fate(times=2 if mode == "twice" else 1, late=late)
