"""Faults in force: kept over a kill, and which call each one strikes."""

from collections.abc import Callable
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from sandbox.engine.database import Database
from sandbox.engine.seeds import picked

KIND = "fault"


class AnyFault(BaseModel):
    """What every marketplace's faults have; a field that is None matches every call."""

    model_config = ConfigDict(extra="forbid")

    id: int = 0
    seller: str | None = None
    operation: str | None = None
    times: int = 1
    """-1: for ever."""
    after: int = Field(default=0, ge=0)
    """So many matching calls pass first."""
    share: float = Field(default=1.0, ge=0, le=1)
    status: int | None = None
    body: str | None = None
    """Raw; None: an error body of the marketplace's own."""
    seconds: float | None = None
    seen: int = 0
    hit: int = 0

    def meant_for(self, seller: str, operation: str) -> bool:
        """Whether it is meant for such a call, whichever order that is about."""
        return self.seller in (None, seller) and self.operation in (None, "*", operation)


FaultT = TypeVar("FaultT", bound=AnyFault)


class FaultBook(Generic[FaultT]):
    """The faults in force, oldest first; the first that strikes wins."""

    def __init__(self, database: Database, model: type[FaultT], seed: Callable[[], int]) -> None:
        self._database = database
        self._seed = seed
        found = [model.model_validate_json(body) for _, body in database.all(KIND)]
        self._faults = sorted(found, key=lambda fault: fault.id)

    def add(self, fault: FaultT) -> FaultT:
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

    def all(self) -> list[FaultT]:
        """All faults, spent ones too, with how often each struck."""
        return list(self._faults)

    def any(self) -> bool:
        """Whether there is any fault at all."""
        return bool(self._faults)

    def first(self, fits: Callable[[FaultT], bool]) -> FaultT | None:
        """The fault that a call meets, or None; counts it."""
        for fault in self._faults:
            spent = fault.times >= 0 and fault.hit >= fault.times
            if spent or not fits(fault):
                continue
            fault.seen += 1
            late_enough = fault.seen > fault.after
            label = f"fault/{fault.id}"
            struck = late_enough and picked(self._seed(), label, fault.seen, fault.share)
            fault.hit += struck
            self._save(fault)
            if struck:
                return fault
        return None

    def _save(self, fault: FaultT) -> None:
        self._database.put(KIND, str(fault.id), fault.model_dump_json())
