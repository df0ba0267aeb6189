"""Faults that an operator asks for, which call each one hits, and what it does there."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.engine.database import Database
from sandbox.engine.seeds import picked
from sandbox.stall.refusals import Refusal

KIND = "fault"
Kind = Literal[
    "refuse", "status", "throttle", "slow",
    "timeout_before_commit", "timeout_after_commit", "cut_before_commit", "cut_after_commit",
    "answer_after_commit",
]  # fmt: skip


class Fault(BaseModel):
    """One fault; a field that is None matches every call."""

    model_config = ConfigDict(extra="forbid")

    id: int = 0
    seller: str | None = None
    operation: str | None = None
    order: str | None = None
    kind: Kind
    times: int = 1
    """-1: for ever."""
    after: int = Field(default=0, ge=0)
    """So many matching calls pass first."""
    share: float = Field(default=1.0, ge=0, le=1)
    status: int | None = None
    body: str | None = None
    """Raw; None: an error body of the marketplace's own."""
    headers: dict[str, str] = {}
    seconds: float | None = None
    seen: int = 0
    hit: int = 0

    def fits(self, seller: str, operation: str, order: str | None) -> bool:
        """Whether the fault is meant for such a call."""
        return (
            self.seller in (None, seller)
            and self.operation in (None, "*", operation)
            and self.order in (None, order)
        )


class Faults:
    """The faults in force, oldest first; the first that strikes wins."""

    def __init__(self, database: Database, seed: Callable[[], int]) -> None:
        self._database = database
        self._seed = seed
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

    def strike(self, seller: str, operation: str, order: str | None) -> Fault | None:
        """The fault that this call meets, or None; counts it."""
        for fault in self._faults:
            spent = fault.times >= 0 and fault.hit >= fault.times
            if spent or not fault.fits(seller, operation, order):
                continue
            fault.seen += 1
            label = f"fault/{fault.id}"
            late = fault.seen > fault.after
            struck = late and picked(self._seed(), label, fault.seen, fault.share)
            fault.hit += struck
            self._save(fault)
            if struck:
                return fault
        return None

    def _save(self, fault: Fault) -> None:
        self._database.put(KIND, str(fault.id), fault.model_dump_json())


@dataclass
class Outcome:
    """How a call ends; what it did is kept before."""

    response: web.Response
    hold: float = 0.0
    cut: bool = False

    @property
    def label(self) -> str:
        """What the meter counts the call as."""
        if self.cut:
            return "timeout" if self.hold else "cut"
        return str(self.response.status)

    async def finish(self, request: web.Request) -> web.Response:
        """Answers, holds or cuts."""
        if self.hold:
            await asyncio.sleep(self.hold)
        if self.cut and request.transport is not None:
            request.transport.abort()
        return self.response


async def under(
    fault: Fault | None,
    answer: Callable[[], Awaitable[web.Response]],
    refuse: Callable[[Refusal], web.Response],
) -> Outcome:
    """Runs a call under a fault, or plainly without one."""
    if fault is None:
        return Outcome(await answer())
    nothing = web.Response()
    match fault.kind:
        case "cut_before_commit":
            return Outcome(nothing, cut=True)
        case "cut_after_commit":
            return Outcome(await answer(), cut=True)
        case "timeout_before_commit":
            return Outcome(nothing, hold=fault.seconds or 60.0, cut=True)
        case "timeout_after_commit":
            return Outcome(await answer(), hold=fault.seconds or 60.0, cut=True)
        case "slow":
            return Outcome(await answer(), hold=fault.seconds or 2.0)
        case "answer_after_commit":
            await answer()
    return Outcome(_instead(fault, refuse))


def _instead(fault: Fault, refuse: Callable[[Refusal], web.Response]) -> web.Response:
    """The answer that stands in for the right one."""
    usual = {"refuse": 409, "throttle": 429}.get(fault.kind, 500)
    status = fault.status or usual
    if fault.body is not None:
        return web.Response(text=fault.body, status=status, headers=fault.headers)
    code = {"refuse": "not_possible", "throttle": "too_many_calls"}.get(fault.kind, "fault")
    response = refuse(Refusal(status, code, "An operator asked for this answer."))
    response.headers.update(fault.headers)
    return response
