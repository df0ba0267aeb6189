"""Faults that an operator asks for, and which call each one hits."""

from typing import Literal

from pydantic import Field

from sandbox.engine.database import Database
from sandbox.engine.faults import AnyFault, FaultBook
from sandbox.trendyol.knobs import Knobs

Kind = Literal[
    "refuse",
    "status",
    "status_after_commit",
    "timeout_after_commit",
    "timeout_before_commit",
    "cut_before_commit",
    "cut_after_commit",
    "html_403",
    "throttle_burst",
    "errors_empty",
    "slow",
]


class Fault(AnyFault):
    """One fault; a field that is None matches every call."""

    order_number: str | None = None
    kind: Kind
    message: str = "The package cannot be updated."
    headers: dict[str, str] = Field(default_factory=dict)

    def fits(self, seller: str, operation: str, order_number: str | None) -> bool:
        """Whether the fault is meant for such a call."""
        return self.meant_for(seller, operation) and self.order_number in (None, order_number)


class Faults(FaultBook[Fault]):
    """The faults in force, oldest first; the first that strikes wins."""

    def __init__(self, database: Database, knobs: Knobs) -> None:
        super().__init__(database, Fault, lambda: knobs.seed)

    def strike(self, seller: str, operation: str, order_number: str | None) -> Fault | None:
        """The fault that this call meets, or None; counts it."""
        return self.first(lambda fault: fault.fits(seller, operation, order_number))
