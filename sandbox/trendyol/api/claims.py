"""Claims: read, approve, reject."""

import hashlib

from aiohttp import BodyPartReader, web

from sandbox.trendyol import claims_desk
from sandbox.trendyol.api.query import integer, page_of, words
from sandbox.trendyol.claims import (
    STATUSES,
    WAITING,
    Claim,
    ClaimFile,
    ClaimItem,
    claim_wire,
)
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.errors import ApiError, bad_request, json_response
from sandbox.trendyol.gate import Call

NOT_RECEIVED = 1651
REASONS = {
    NOT_RECEIVED: "Return has not reached me",
    451: "Return is in analysis",
    2101: "Fraud is suspected",
    401: "Product was used",
    2077: "Product is not mine",
    2078: "Product is damaged by the customer",
    2079: "Product is incomplete",
}
"""1651, 451, 2101 and 2077-2079 are documented numbers; texts and 401 are ASSUMED."""

WITHOUT_FILE = frozenset({NOT_RECEIVED, 451, 2101})
MAX_DESCRIPTION = 500
MAX_FILE = 5 * 1024 * 1024
"""Bytes of one file, by the seller guide's page of October 2026."""
FILE_FIELDS = frozenset({"files", "file"})
"""`files` by that page and the reference; older pages say "form-data (file)"."""


async def listing(call: Call) -> web.Response:
    """GET claims: by creation time, status, order; claimIds overrides all other filters."""
    page, size = page_of(call.request, 50, 200, smallest=50)
    status = call.request.query.get("claimItemStatus")
    if status is not None and status not in STATUSES:
        raise bad_request("invalid.parameter", f"claimItemStatus {status} is unknown")
    found = [claim for claim in _mine(call) if _wanted(call, claim, status)]
    return json_response(
        {
            "totalElements": len(found),
            "totalPages": -(-len(found) // size),
            "page": page,
            "size": size,
            "content": [claim_wire(each) for each in found[page * size : (page + 1) * size]],
        }
    )


async def approve(call: Call) -> web.Response:
    """PUT claims/{id}/items/approve: only what waits for action."""
    ids = (await call.json_object()).get("claimLineItemIdList")
    if not isinstance(ids, list) or not ids:
        raise bad_request("invalid.request", "claimLineItemIdList must not be empty")
    claim = _claim(call)
    claims_desk.accept(call.world, claim, _waiting(call, claim, ids, "approve"), automatic=False)
    _wrote(call, claim, "approve", "applied")
    return web.Response()


async def reject(call: Call) -> web.Response:
    """POST claims/{id}/issue: a reason, a description, and a file for most reasons."""
    query = call.request.query
    reason = integer(call.request, "claimIssueReasonId")
    if reason not in REASONS:
        raise bad_request("invalid.claim.issue.reason", "claimIssueReasonId is unknown")
    description = query.get("description", "")
    if not 0 < len(description) <= MAX_DESCRIPTION:
        raise bad_request("invalid.request", "description must have 1 to 500 characters")
    claim = _claim(call)
    items = _waiting(call, claim, words(call.request, "claimItemIdList"), "reject")
    files = await _files(call)
    if reason not in WITHOUT_FILE and not files:
        raise bad_request("invalid.request", "this reason needs a file")
    if reason == NOT_RECEIVED and _too_early(call, claim):
        raise bad_request("invalid.claim.issue.reason", "1651 cannot be used in the first 24 hours")
    claims_desk.dispute(call.world, claim, items, reason, files)
    _wrote(call, claim, "reject", "applied")
    return web.Response()


async def reasons(_call: Call) -> web.Response:
    """GET claim-issue-reasons."""
    return json_response([{"id": number, "name": name} for number, name in REASONS.items()])


def _mine(call: Call) -> list[Claim]:
    return call.world.claims.of_seller(call.seller) if call.home else []


def _wanted(call: Call, claim: Claim, status: str | None) -> bool:
    ids = words(call.request, "claimIds")
    if ids:
        return claim.id in ids
    start, end = integer(call.request, "startDate", 0), integer(call.request, "endDate", 2**63)
    number = call.request.query.get("orderNumber")
    return (
        (start or 0) <= claim.created_at <= (end or 0)
        and number in (None, claim.order_number)
        and (status is None or any(item.status == status for item in claim.items))
    )


def _claim(call: Call) -> Claim:
    claim = None
    if call.home:
        claim = call.world.claims.get(call.seller, call.request.match_info["claim"])
    if claim is None:
        raise ApiError(404, "claim.not.found", "Claim not found")
    return claim


def _waiting(call: Call, claim: Claim, ids: list[str], what: str) -> list[ClaimItem]:
    items = [item for item in claim.items if item.id in ids]
    if not ids or len(items) != len(set(ids)) or any(item.status != WAITING for item in items):
        _wrote(call, claim, what, "refused")
        raise bad_request("claim.item.not.updatable", f"Only items in {WAITING} can be changed")
    return items


def _too_early(call: Call, claim: Claim) -> bool:
    knobs = call.world.knobs
    wait = knobs.scaled(knobs.claim_not_received_after_s) * 1000
    return now_ms() - claim.created_at < wait


async def _files(call: Call) -> list[ClaimFile]:
    """What came with a rejection; empty files count as none."""
    if not call.request.content_type.startswith("multipart/"):
        return []
    found = []
    async for part in await call.request.multipart():
        if not isinstance(part, BodyPartReader) or part.name not in FILE_FIELDS:
            continue
        content = bytes(await part.read())
        if len(content) > MAX_FILE:
            raise bad_request("invalid.request", "a file must not be larger than 5 MB")
        if content:
            media_type = part.headers.get("Content-Type", "")
            digest = hashlib.sha256(content).hexdigest()
            found.append(ClaimFile(name=part.filename or "", media_type=media_type, sha256=digest))
    return found


def _wrote(call: Call, claim: Claim, what: str, effect: str) -> None:
    call.world.ledger.wrote(call.seller, call.operation, what, claim.id, effect, claim.order_number)
