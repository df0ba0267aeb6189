"""What every API call passes: User-Agent, token, role, quota, faults, the count."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import web

from sandbox.amazon.accounts import Account
from sandbox.amazon.errors import (
    MALFORMED,
    MISSING,
    ApiError,
    denied,
    failure,
    invalid,
    json_response,
    throttled,
)
from sandbox.amazon.fault_kinds import Outcome, run_with_fault
from sandbox.amazon.operations import Operation
from sandbox.amazon.tokens import Token
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms

WORLD = web.AppKey("world", World)
TOKEN_HEADER = "x-amz-access-token"  # noqa: S105 - the name of a header
LANGUAGE = re.compile(r"^[^/\s(]+/[^\s(]+.*\(.*\bLanguage=[^;)]+.*\)")
MAX_USER_AGENT = 500
log = structlog.get_logger()


@dataclass
class Reply:
    """What a handler gives back; a body of None is an empty one."""

    body: Any = None
    status: int = 200


@dataclass
class Call:
    """One admitted call."""

    world: World
    request: web.Request
    operation: Operation
    token: Token
    account: Account | None
    elements: frozenset[str] = field(default_factory=frozenset)
    """What a restricted data token opens: buyerInfo, shippingAddress, or "report"."""

    @property
    def seller(self) -> str:
        """The seller whose token it is.

        Raises:
            ApiError: 403, it is a grantless token.
        """
        if self.account is None:
            raise denied()
        return self.account.seller_id

    @property
    def query(self) -> dict[str, str]:
        """Parameters of the query; one that comes again is joined as Amazon's lists are."""
        joined: dict[str, str] = {}
        for name, value in self.request.query.items():
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        return joined

    def path(self, name: str) -> str:
        """A variable of the path."""
        return self.request.match_info[name]

    async def json_object(self) -> dict[str, Any]:
        """The body, which must be an object.

        Raises:
            ApiError: 415 for another media type, 400 for what is no JSON object.
        """
        if self.request.content_type != "application/json":
            raise ApiError(415, "UnsupportedMediaType", "Content-Type must be application/json")
        try:
            body = json.loads(await self.request.text())
        except ValueError as trouble:
            raise invalid(f"Request body is not JSON: {trouble}") from trouble
        if not isinstance(body, dict):
            raise invalid("Request body must be a JSON object")
        return body


Handler = Callable[[Call], Awaitable[Reply]]


def guarded(
    operation: Operation, handler: Handler
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wraps an operation in the gateway's rules."""

    async def endpoint(request: web.Request) -> web.StreamResponse:
        world, arrived = request.app[WORLD], now_ms()
        seller = ""
        try:
            call = _authenticate(world, request, operation)
            seller = call.account.seller_id if call.account else call.token.application
            outcome = await _admit(call, handler, seller)
        except ApiError as refusal:
            outcome = Outcome(refusal.response())
        world.meter.count(seller or "nobody", operation.name, outcome.label, arrived)
        world.database.commit()
        return await outcome.finish(request)

    return endpoint


async def _admit(call: Call, handler: Handler, seller: str) -> Outcome:
    world, name = call.world, call.operation.name
    if world.knobs.quotas_enforced and not world.quotas.admit(seller, call.token.application, name):
        raise throttled()
    fault = world.faults.strike(seller, name, await _order_number(call))
    if fault is not None and fault.kind == "expired_token":
        world.tokens.forget(call.request.headers[TOKEN_HEADER])
    return await run_with_fault(fault, lambda: _answer(call, handler))


async def _answer(call: Call, handler: Handler) -> web.Response:
    rate = call.world.quotas.rate(call.operation.name)
    try:
        reply = await handler(call)
    except ApiError as refusal:
        return refusal.response(rate)
    except Exception:
        log.exception("handler_failed", operation=call.operation.name)
        return failure().response()
    return json_response(reply.body, reply.status, rate)


def _authenticate(world: World, request: web.Request, operation: Operation) -> Call:
    """Who calls, and whether they may.

    Raises:
        ApiError: 400 for a bad User-Agent (ASSUMED), 403 for everything else.
    """
    _check_user_agent(world, request.headers.get("User-Agent", ""))
    text = request.headers.get(TOKEN_HEADER, "")
    if not text:
        raise denied(MISSING)
    token = world.tokens.get(text)
    if token is None or token.expired:
        raise denied(MALFORMED)
    elements = _opened(request, operation, token)
    wanted = {"seller": {"seller", "restricted"}, "grantless": {"grantless"}}.get(
        operation.login, {"seller", "grantless"}
    )
    if token.kind not in wanted:
        raise denied()
    account = world.accounts.get(token.seller)
    if account is None:
        if token.kind != "grantless":
            raise denied(MALFORMED)
    elif operation.role and operation.role not in account.roles:
        raise denied()
    elif operation.name == "orders.searchOrders" and _lacks_tax_role(world, account):
        raise denied(code="AccessDeniedException")
    return Call(world, request, operation, token, account, elements)


def _lacks_tax_role(world: World, account: Account) -> bool:
    return world.knobs.orders_need_tax_role and "tax" not in account.roles


def _check_user_agent(world: World, given: str) -> None:
    strict = world.knobs.user_agent_rule == "language"
    if not given or len(given) > MAX_USER_AGENT or (strict and not LANGUAGE.match(given)):
        raise invalid(
            "User-Agent must read AppId/Version (Language=...; Platform=...)"
            f" and have at most {MAX_USER_AGENT} characters"
        )


def _opened(request: web.Request, operation: Operation, token: Token) -> frozenset[str]:
    """What a restricted data token shows of this call; it opens nothing but its resources."""
    if token.kind != "restricted":
        return frozenset()
    for resource in token.resources:
        if resource.opens(request.method, request.path, operation.path):
            return frozenset(resource.elements or {"whole"})
    raise denied()


async def _order_number(call: Call) -> str | None:
    """The order that a call is about, as far as path, query or body tell."""
    found = call.request.match_info.get("orderId") or call.query.get("amazonOrderId")
    if found is None and call.request.can_read_body:
        body = await call.request.text()
        match = re.search(r'"amazonOrderId"\s*:\s*"([^"]+)"', body)
        found = match.group(1) if match else None
    return found
