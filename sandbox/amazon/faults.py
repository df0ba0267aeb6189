"""Faults that an operator asks for, and which call each one hits."""

from typing import Literal

from sandbox.amazon.knobs import Knobs
from sandbox.engine.database import Database
from sandbox.engine.faults import AnyFault, FaultBook

Kind = Literal[
    "refuse",
    "status",
    "timeout_after_commit",
    "timeout_before_commit",
    "cut_before_commit",
    "cut_after_commit",
    "html",
    "answer_after_commit",
    "throttle_burst",
    "expired_token",
    "slow",
    "report_fatal",
    "report_cancelled",
    "report_stuck",
    "feed_fatal",
    "feed_stuck",
    "truncated",
    "gzip_twice",
]
"""From `report_fatal` on a fault strikes what is worked off or downloaded later."""


class Fault(AnyFault):
    """One fault; a field that is None matches every call."""

    order_number: str | None = None
    kind: Kind
    message: str = "The request could not be carried out."

    def fits(self, seller: str, operation: str, order_number: str | None) -> bool:
        """Whether the fault is meant for such a call."""
        return self.meant_for(seller, operation) and self.order_number in (None, order_number)


LATER = frozenset(
    {
        "report_fatal",
        "report_cancelled",
        "report_stuck",
        "feed_fatal",
        "feed_stuck",
        "truncated",
        "gzip_twice",
    }
)


class Faults(FaultBook[Fault]):
    """The faults in force, oldest first; the first that strikes wins."""

    def __init__(self, database: Database, knobs: Knobs) -> None:
        super().__init__(database, Fault, lambda: knobs.seed)

    def strike(self, seller: str, operation: str, order_number: str | None) -> Fault | None:
        """The fault that this call meets, or None; counts it."""
        return self.first(
            lambda fault: fault.kind not in LATER and fault.fits(seller, operation, order_number)
        )

    def later(self, seller: str, subject: str, kinds: frozenset[str]) -> Fault | None:
        """The fault that work on a report, a feed or a file of that type meets, or None."""
        return self.first(
            lambda fault: (
                fault.kind in LATER and fault.kind in kinds and fault.fits(seller, subject, None)
            )
        )
