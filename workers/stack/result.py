"""What a demonstration came to, as the one JSON object that scripts read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

COUNTS: Final = ("placed", "finished", "lost", "duplicated", "wrong", "attention")
HOOKS: Final = (
    "events", "delivered", "duplicated", "reordered", "lost", "lostPassive", "passivations",
)  # fmt: skip
HAPPENED: Final = ("cancelled", "partly_cancelled", "split", "returns_accepted", "returns_rejected")
NOT_YET: Final[dict[str, dict[str, int]]] = {
    "offers": {"changed": 0, "published": 0, "failed": 0},
    "documents": {"expected": 0, "imported": 0, "wrong": 0},
    "deadlines": {"met": 0, "missed": 0},
}
"""Offers, documents and deadlines are not part of the platform yet: 0, but always there."""


@dataclass(frozen=True)
class DemoResult:
    """Counts of all channels together, and why it is not clean, in sentences."""

    verdicts: Sequence[dict[str, Any]]
    """The judge's, one a channel."""
    differences: Sequence[str]
    """What `souk verify` found."""
    unfinished: str | None
    """What was still open when the time was up."""
    wanted: int
    """Orders that were to be placed, those of earlier runs in the same folder too."""
    seconds: float
    restarts: int
    seed: int

    @property
    def clean(self) -> bool:
        """Every order that was asked for is finished, none lost, doubled, wrong or stuck."""
        orders = self._orders()
        faults = sum(orders[name] for name in ("lost", "duplicated", "wrong", "attention"))
        complete = orders["placed"] == orders["finished"] == self.wanted
        judged_clean = all(verdict["clean"] for verdict in self.verdicts)
        return complete and not faults and judged_clean and not self.why

    @property
    def why(self) -> list[str]:
        """Everything that is not as it should be, a sentence each."""
        details = [text for verdict in self.verdicts for text in verdict["wrong_details"]]
        return [*([self.unfinished] if self.unfinished else []), *self.differences, *details]

    def as_json(self) -> dict[str, Any]:
        """The object."""
        hooks = [verdict["hooks"] for verdict in self.verdicts]
        return {
            "orders": self._orders(),
            "happened": {
                name: sum(verdict["happened"][name] for verdict in self.verdicts)
                for name in HAPPENED
            },
            **NOT_YET,
            "throttled_calls": sum(verdict["throttled_calls"] for verdict in self.verdicts),
            "hooks": {name: sum(each.get(name, 0) for each in hooks) for name in HOOKS},
            "seconds": round(self.seconds, 1),
            "quota_floor_seconds": max(
                (verdict["quota_floor_seconds"] for verdict in self.verdicts), default=0
            ),
            "seed": self.seed,
            "restarts": self.restarts,
            "clean": self.clean,
            "why": self.why,
        }

    def _orders(self) -> dict[str, int]:
        return {name: sum(verdict["orders"][name] for verdict in self.verdicts) for name in COUNTS}
