"""Restricted data tokens: what opens personal data in v0 and in restricted reports."""

from typing import Any

from sandbox.amazon.errors import ApiError
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.operations import OPERATIONS
from sandbox.amazon.tokens import Resource, Token
from sandbox.engine.clock import now_ms

MAX_RESOURCES = 50
ELEMENTS = frozenset({"buyerInfo", "shippingAddress", "buyerTaxInformation"})
WITH_ELEMENTS = frozenset({"ordersV0.getOrders", "ordersV0.getOrder", "ordersV0.getOrderItems"})


def _wrong(details: str) -> ApiError:
    return ApiError(400, "InvalidRequest", "Request is missing or has invalid parameters", details)


async def create(call: Call) -> Reply:
    """POST /tokens/2021-03-01/restrictedDataToken."""
    body = await call.json_object()
    rows = body.get("restrictedResources")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_RESOURCES:
        raise _wrong("Resource not provided.")
    knobs = call.world.knobs
    life = max(1, int(knobs.scaled(knobs.token_life_s)))
    token = Token(
        kind="restricted",
        application=call.token.application,
        seller=call.seller,
        expires_at=now_ms() + life * 1000,
        resources=[_resource(row) for row in rows],
    )
    return Reply({"restrictedDataToken": call.world.tokens.issue(token), "expiresIn": life})


def _resource(row: Any) -> Resource:
    method, path = (row.get("method"), row.get("path")) if isinstance(row, dict) else (None, None)
    for name, operation in OPERATIONS.items():
        if operation.pii and operation.method == method and _fits(operation.path, str(path)):
            elements = row.get("dataElements") or []
            if elements and (name not in WITH_ELEMENTS or set(elements) - ELEMENTS):
                raise _wrong("dataElements are not valid for the resource.")
            return Resource(method=operation.method, path=str(path), elements=elements)
    raise _wrong("Resource is not restricted or does not exist.")


def _fits(template: str, path: str) -> bool:
    """Whether a path is the template, or one of its paths."""
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        mine == theirs or (mine.startswith("{") and theirs != "")
        for mine, theirs in zip(wanted, given, strict=True)
    )
