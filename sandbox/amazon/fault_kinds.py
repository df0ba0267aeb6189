"""What each kind of fault does to a call."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.amazon.errors import (
    MALFORMED,
    ApiError,
    denied,
    failure,
    html,
    invalid,
    throttled,
)
from sandbox.amazon.faults import Fault

Answer = Callable[[], Awaitable[web.Response]]


@dataclass
class Outcome:
    """How a call ends: an answer, a hold without one, or a cut; effects are committed before."""

    response: web.Response
    hold: float = 0.0
    cut: bool = False

    @property
    def label(self) -> str:
        """What the ledger counts the call as."""
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


async def run_with_fault(fault: Fault | None, answer: Answer) -> Outcome:
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
        case "answer_after_commit":
            await answer()
            return Outcome(_instead(fault))
        case "slow":
            return Outcome(await answer(), hold=fault.seconds or 2.0)
        case _:
            return Outcome(_instead(fault))


def _instead(fault: Fault) -> web.Response:
    """The answer that stands in for the right one."""
    match fault.kind:
        case "refuse":
            return invalid(fault.message).response()
        case "html":
            return html(fault.status or 503)
        case "throttle_burst":
            return throttled().response()
        case "expired_token":
            return denied(MALFORMED).response()
    status = fault.status or 500
    if fault.body is not None:
        return web.Response(text=fault.body, status=status)
    error = failure() if status == 500 else ApiError(status, "ServiceUnavailable", fault.message)
    return error.response()
