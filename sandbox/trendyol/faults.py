"""Faults that an operator asks for, and which call each one hits."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.engine.database import Database
from sandbox.engine.seeds import picked
from sandbox.trendyol.knobs import Knobs

KIND = "fault"

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


class Fault(BaseModel):
    """One fault; a field that is None matches every call."""

    model_config = ConfigDict(extra="forbid")

    id: int = 0
    seller: str | None = None
    operation: str | None = None
    order_number: str | None = None
    kind: Kind
    times: int = 1
    after: int = Field(default=0, ge=0)
    share: float = Field(default=1.0, ge=0, le=1)
    message: str = "The package cannot be updated."
    status: int | None = None
    body: str | None = None
    headers: dict[str, str] = {}
    seconds: float | None = None
    seen: int = 0
    hit: int = 0

    def fits(self, seller: str, operation: str, order_number: str | None) -> bool:
        """Whether the fault is meant for such a call."""
        return (
            self.seller in (None, seller)
            and self.operation in (None, "*", operation)
            and self.order_number in (None, order_number)
        )


class Faults:
    """The faults in force, oldest first; the first that strikes wins."""

    def __init__(self, database: Database, knobs: Knobs) -> None:
        self._database = database
        self._knobs = knobs
        found = [Fault.model_validate_json(body) for _, body in database.all(KIND)]
        self._faults = sorted(found, key=lambda fault: fault.id)

    def add(self, fault: Fault) -> Fault:
        """Puts a fault in force."""
        fault.id = self._database.next("fault")
        self._faults.append(fault)
        self._save(fault)
        return fault

    def clear(self) -> int:
        """Removes all faults and says how many there were."""
        count = len(self._faults)
        for fault in self._faults:
            self._database.drop(KIND, str(fault.id))
        self._faults.clear()
        return count

    def all(self) -> list[Fault]:
        """All faults, spent ones too, with how often each struck."""
        return list(self._faults)

    def any(self) -> bool:
        """Whether there is any fault at all."""
        return bool(self._faults)

    def strike(self, seller: str, operation: str, order_number: str | None) -> Fault | None:
        """The fault that this call meets, or None; counts it."""
        for fault in self._faults:
            spent = fault.times >= 0 and fault.hit >= fault.times
            if spent or not fault.fits(seller, operation, order_number):
                continue
            fault.seen += 1
            late_enough = fault.seen > fault.after
            label = f"fault/{fault.id}"
            if late_enough and picked(self._knobs.seed, label, fault.seen, fault.share):
                fault.hit += 1
                self._save(fault)
                return fault
            self._save(fault)
        return None

    def _save(self, fault: Fault) -> None:
        self._database.put(KIND, str(fault.id), fault.model_dump_json())
