"""Faults that an operator asks for, which call each one hits, and what it does there."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from pydantic import Field

from sandbox.engine.database import Database
from sandbox.engine.faults import AnyFault, FaultBook
from sandbox.stall.refusals import Refusal

Kind = Literal[
    "refuse", "status", "throttle", "slow",
    "timeout_before_commit", "timeout_after_commit", "cut_before_commit", "cut_after_commit",
    "answer_after_commit",
]  # fmt: skip


class Fault(AnyFault):
    """One fault; a field that is None matches every call."""

    order: str | None = None
    kind: Kind
    headers: dict[str, str] = Field(default_factory=dict)

    def fits(self, seller: str, operation: str, order: str | None) -> bool:
        """Whether the fault is meant for such a call."""
        return self.meant_for(seller, operation) and self.order in (None, order)


class Faults(FaultBook[Fault]):
    """The faults in force, oldest first; the first that strikes wins."""

    def __init__(self, database: Database, seed: Callable[[], int]) -> None:
        super().__init__(database, Fault, seed)

    def strike(self, seller: str, operation: str, order: str | None) -> Fault | None:
        """The fault that this call meets, or None; counts it."""
        return self.first(lambda fault: fault.fits(seller, operation, order))


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
