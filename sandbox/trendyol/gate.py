"""What every API call passes: User-Agent, key, storefront, quota, faults, the count."""

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog
from aiohttp import web

from sandbox.trendyol.accounts import STOREFRONTS, Account
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.errors import ApiError, bad_request, forbidden
from sandbox.trendyol.fault_kinds import Outcome, run_with_fault
from sandbox.trendyol.world import World

WORLD = web.AppKey("world", World)
USER_AGENT = re.compile(r"^\d+ - [A-Za-z0-9 ]{1,30}$")
"""ASSUMED strictness; documented is "{sellerId} - SelfIntegration" or an integrator's name."""
log = structlog.get_logger()


@dataclass
class Call:
    """One admitted call."""

    world: World
    request: web.Request
    account: Account
    operation: str
    home: bool
    language: str

    @property
    def seller(self) -> str:
        """The seller whose data this is about."""
        return self.account.seller_id

    async def json(self) -> Any:
        """The body; numbers with a point become Decimal.

        Raises:
            ApiError: 415 for another media type, 400 for what is no JSON.
        """
        if self.request.content_type != "application/json":
            raise ApiError(415, "unsupported.media.type", "Content-Type must be application/json")
        try:
            return json.loads(await self.request.text(), parse_float=Decimal)
        except ValueError as trouble:
            raise bad_request("invalid.json", f"Body is not JSON: {trouble}") from trouble

    async def json_object(self) -> dict[str, Any]:
        """The body, which must be an object."""
        body = await self.json()
        if not isinstance(body, dict):
            raise bad_request("invalid.request", "Body must be a JSON object")
        return body


Handler = Callable[[Call], Awaitable[web.Response]]


def guarded(operation: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Wraps an operation in the gateway's rules."""

    async def endpoint(request: web.Request) -> web.StreamResponse:
        world, arrived = request.app[WORLD], now_ms()
        language = request.headers.get("Accept-Language", "en")[:2].lower()
        if not USER_AGENT.match(request.headers.get("User-Agent", "")):
            outcome = Outcome(forbidden())
            seller = request.match_info.get("seller", "")
        else:
            try:
                account = _authenticate(world, request)
                seller = account.seller_id
                outcome = await _admit(world, request, account, operation, handler, language)
            except ApiError as refusal:
                outcome = Outcome(refusal.response(operation, language))
                seller = request.match_info.get("seller", "")
        if seller in world.accounts:
            world.meter.count(seller, operation, outcome.label, arrived)
        world.database.commit()
        return await outcome.finish(request)

    return endpoint  # type: ignore[return-value]


async def _admit(
    world: World,
    request: web.Request,
    account: Account,
    operation: str,
    handler: Handler,
    language: str,
) -> Outcome:
    home = _storefront(request, account)
    call = Call(world, request, account, operation, home, language)
    if not world.quotas.admit(account.seller_id, operation):
        raise ApiError(429, "too.many.requests")
    fault = None
    if world.faults.any():
        fault = world.faults.strike(account.seller_id, operation, await _order_number(call))
    return await run_with_fault(fault, lambda: _answer(call, handler), operation, language)


async def _answer(call: Call, handler: Handler) -> web.Response:
    try:
        return await handler(call)
    except ApiError as refusal:
        return refusal.response(call.operation, call.language)
    except Exception:
        log.exception("handler_failed", operation=call.operation)
        return ApiError(500, "generic.exception").response(call.operation, call.language)


def _authenticate(world: World, request: web.Request) -> Account:
    given = request.headers.get("Authorization", "")
    owner = next((each for each in world.accounts.values() if _matches(each, given)), None)
    if owner is None or owner.seller_id in world.revoked:
        raise ApiError(
            401, "ClientApiAuthenticationException", "Invalid API key or secret", shape="A"
        )
    if request.match_info.get("seller", owner.seller_id) != owner.seller_id:
        raise ApiError(
            401,
            "TrendyolAuthorizationException",
            "The key does not belong to this seller",
            exception="TrendyolAuthorizationException",
            shape="A",
        )
    return owner


def _matches(account: Account, given: str) -> bool:
    pair = b64encode(f"{account.api_key}:{account.api_secret}".encode()).decode()
    return hmac.compare_digest(f"Basic {pair}".encode(), given.encode())


def _storefront(request: web.Request, account: Account) -> bool:
    """Whether the call is about the account's storefront; without a header it is about TR."""
    code = request.headers.get("storeFrontCode", "TR")
    if code not in STOREFRONTS:
        raise ApiError(400, "invalid.storefrontcode", shape="A")
    if code not in ("TR", account.storefront):
        raise ApiError(400, "supplier.api.supplier.not.found", shape="A")
    return code == account.storefront


async def _order_number(call: Call) -> str | None:
    """The order that a call is about, as far as path, query or body tell."""
    path, packages = call.request.match_info, call.world.packages
    package = None
    if path.get("package", "").isdigit():
        package = packages.get(call.seller, int(path["package"]))
    elif path.get("cargo", "").isdigit():
        package = packages.of_cargo(call.seller, int(path["cargo"]))
    elif "claim" in path:
        claim = call.world.claims.get(call.seller, path["claim"])
        return claim.order_number if claim else None
    elif call.operation == "invoice.link":
        body = await call.json_object()
        package = packages.get(call.seller, body.get("shipmentPackageId", 0))
    if package is not None:
        return package.order_number
    return call.request.query.get("orderNumber")
