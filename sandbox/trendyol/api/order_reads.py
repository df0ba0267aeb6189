"""Orders by cursor (stream) and by page (v2), and the closed v1."""

from itertools import islice

from aiohttp import web

from sandbox.trendyol import cursor
from sandbox.trendyol.api.query import integer, page_of, size_of, window, words
from sandbox.trendyol.clock import DAY_MS, now_ms
from sandbox.trendyol.errors import ApiError, bad_request
from sandbox.trendyol.gate import Call
from sandbox.trendyol.model import Package
from sandbox.trendyol.render import package_json
from sandbox.trendyol.statuses import QUERYABLE

STREAM_REACH_MS = 92 * DAY_MS
PAGE_REACH_MS = 31 * DAY_MS
MAX_PACKAGE_IDS = 50


async def stream(call: Call) -> web.Response:
    """GET orders/stream: newest change first; what changes meanwhile lands above the cursor."""
    request, knobs = call.request, call.world.knobs
    size = min(size_of(request, 50, 200), knobs.page_cap)
    statuses = frozenset(words(request, "packageItemStatuses"))
    dates = [integer(request, f"lastModified{edge}Date") for edge in ("Start", "End")]
    filters = cursor.digest(call.seller, sorted(statuses), dates)
    start, end = window(call, "lastModifiedStartDate", "lastModifiedEndDate", 14 * DAY_MS)
    below = None
    if text := request.query.get("nextCursor"):
        walk = cursor.read(text, knobs.seed, filters, knobs.cursor_life_s)
        start, end, below = walk.start, walk.end, walk.below
    reach = max(start, now_ms() - STREAM_REACH_MS)
    rows = (
        package
        for package in (
            call.world.packages.changed(call.seller, reach, end, below) if call.home else ()
        )
        if (not statuses or package.status in statuses) and _visible(call, package)
    )
    found = list(islice(rows, size + 1))
    more, found = len(found) > size, found[:size]
    following = ""
    if more:
        last = (found[-1].modified_at, found[-1].package_id)
        following = cursor.Cursor(filters, start, end, last, now_ms()).encode(knobs.seed)
    tail = f'"size":{size},"hasMore":{str(more).lower()},"nextCursor":"{following}"'
    return _content(call, found, tail)


async def page(call: Call) -> web.Response:
    """GET v2/orders: by page; totalPages may show more than the cap of 10,000 lets out."""
    number, size = page_of(call.request, 50, 200)
    found = _selected(call) if call.home else []
    pages = -(-len(found) // size)
    tail = f'"page":{number},"size":{size},"totalPages":{pages},"totalElements":{len(found)}'
    return _content(call, found[number * size : (number + 1) * size], tail)


async def v1(call: Call) -> web.Response:
    """GET orders: closed, 426."""
    if call.world.knobs.v1_orders == "open":
        return await page(call)
    raise ApiError(426, "upgrade.required", "Order V1 is closed, use /v2/orders")


def _selected(call: Call) -> list[Package]:
    request, packages = call.request, call.world.packages
    status = request.query.get("status")
    if status and status not in QUERYABLE:
        raise bad_request("invalid.status", "status must be one single package status")
    by_created = _ordered_by(request) == "CreatedDate"
    numbered = request.query.get("orderNumber")
    ids = words(request, "shipmentPackageIds")
    # ASSUMED: an order asked for by name is found as far back as history reaches.
    default = PAGE_REACH_MS if numbered or ids else 7 * DAY_MS
    start, end = window(call, "startDate", "endDate", default)
    start = max(start, now_ms() - PAGE_REACH_MS)
    if ids:
        rows = [each for each in map(_by_id(call), ids) if each is not None]
    elif numbered:
        rows = list(packages.of_order(call.seller, numbered))
    elif by_created:
        rows = packages.of_seller(call.seller)
    else:
        rows = list(packages.changed(call.seller, start, end))

    def moment(package: Package) -> tuple[int, int]:
        at = package.ordered_at if by_created else package.modified_at
        return at, package.package_id

    rows = [
        each
        for each in rows
        if start <= moment(each)[0] <= end
        and (not status or each.status == status)
        and (not numbered or each.order_number == numbered)
        and _visible(call, each)
    ]
    return sorted(rows, key=moment, reverse=_descending(request))


def _visible(call: Call, package: Package) -> bool:
    return now_ms() - package.created_at >= call.world.knobs.visible_after_s * 1000


def _by_id(call: Call):  # type: ignore[no-untyped-def]
    ids = words(call.request, "shipmentPackageIds")
    if len(ids) > MAX_PACKAGE_IDS or not all(each.isdigit() for each in ids):
        raise bad_request("invalid.parameter", "shipmentPackageIds takes up to 50 numbers")
    return lambda each: call.world.packages.get(call.seller, int(each))


def _ordered_by(request: web.Request) -> str:
    field = request.query.get("orderByField", "PackageLastModifiedDate")
    if field not in ("PackageLastModifiedDate", "CreatedDate"):
        raise bad_request("invalid.parameter", f"orderByField {field} is unknown")
    return field


def _descending(request: web.Request) -> bool:
    direction = request.query.get("orderByDirection", "DESC").upper()
    if direction not in ("ASC", "DESC"):
        raise bad_request("invalid.parameter", "orderByDirection must be ASC or DESC")
    return direction == "DESC"


def _content(call: Call, found: list[Package], tail: str) -> web.Response:
    old = call.world.knobs.old_field_names
    content = ",".join(package_json(package, old) for package in found)
    text = '{"content":[' + content + "]," + tail + "}"
    return web.Response(text=text, content_type="application/json")
