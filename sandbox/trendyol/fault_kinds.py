"""What each kind of fault does to a call."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.trendyol.errors import ApiError, forbidden, json_response, not_updatable
from sandbox.trendyol.faults import Fault

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


async def run_with_fault(
    fault: Fault | None, answer: Answer, operation: str, language: str
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
        case "status_after_commit":
            await answer()
            return Outcome(_instead(fault, operation, language))
        case "slow":
            return Outcome(await answer(), hold=fault.seconds or 2.0)
        case _:
            return Outcome(_instead(fault, operation, language))


def _instead(fault: Fault, operation: str, language: str) -> web.Response:
    """The answer that stands in for the right one."""
    response = _answer_of(fault, operation, language)
    response.headers.update(fault.headers)
    return response


def _answer_of(fault: Fault, operation: str, language: str) -> web.Response:
    if fault.kind == "refuse":
        return not_updatable(fault.message).response(operation, language)
    if fault.kind == "html_403":
        return forbidden()
    if fault.kind == "throttle_burst":
        return ApiError(429, "too.many.requests").response(operation, language)
    if fault.kind == "errors_empty":
        body = {"timestamp": 0, "exception": "TrendyolSystemException", "errors": [{}]}
        return json_response(body, fault.status or 400)
    if fault.body is not None:
        return web.Response(text=fault.body, status=fault.status or 500)
    return ApiError(fault.status or 500, "generic.exception", shape="A").response(
        operation, language
    )
