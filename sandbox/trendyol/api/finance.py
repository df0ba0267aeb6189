"""Settlements, other financials, and what a cargo invoice is made of."""

from aiohttp import web

from sandbox.trendyol.api.query import integer, page_of
from sandbox.trendyol.books import OTHERS, SETTLEMENTS, row_wire
from sandbox.trendyol.clock import DAY_MS
from sandbox.trendyol.errors import ApiError, bad_request, json_response
from sandbox.trendyol.gate import Call

MAX_SPAN_MS = 15 * DAY_MS
SIZES = (500, 1000)


async def settlements(call: Call) -> web.Response:
    """GET settlements: Sale or Return, one type per call."""
    return _rows(call, SETTLEMENTS)


async def others(call: Call) -> web.Response:
    """GET otherfinancials."""
    return _rows(call, OTHERS)


async def cargo_invoice(call: Call) -> web.Response:
    """GET cargo-invoice/{serial}/items."""
    items = call.world.books.cargo_items(call.seller, call.request.match_info["serial"])
    if items is None or not call.home:
        raise ApiError(404, "cargo.invoice.not.found", "Cargo invoice not found")
    return json_response(
        {"page": 0, "size": 500, "totalPages": 1, "totalElements": len(items), "content": items}
    )


def _rows(call: Call, kinds: tuple[str, ...]) -> web.Response:
    kind = call.request.query.get("transactionType")
    start, end = integer(call.request, "startDate"), integer(call.request, "endDate")
    if kind not in kinds:
        raise bad_request("invalid.parameter", f"transactionType must be one of {', '.join(kinds)}")
    if start is None or end is None:
        raise bad_request("invalid.parameter", "startDate and endDate are required")
    if not 0 <= end - start <= MAX_SPAN_MS:
        raise bad_request("invalid.date.range", "The date range must not exceed 15 days")
    page, size = page_of(call.request, 500, 1000)
    if size not in SIZES:
        raise bad_request("invalid.size", "size must be 500 or 1000")
    found = call.world.books.rows(call.seller, kind, start, end) if call.home else []
    return json_response(
        {
            "page": page,
            "size": size,
            "totalPages": -(-len(found) // size),
            "totalElements": len(found),
            "content": [
                row_wire(row, call.language) for row in found[page * size : (page + 1) * size]
            ],
        }
    )
