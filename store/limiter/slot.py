"""A slot in the hands of its caller."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Slot:
    """Leave to send one request, good until an instant of the process's own clock (ms)."""

    until: float = float("inf")
    clock: Callable[[], float] = field(default=lambda: 0.0, repr=False)

    def good(self) -> bool:
        """Whether the request may still leave."""
        return self.clock() <= self.until
