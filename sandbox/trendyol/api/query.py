"""Query parameters, checked."""

from aiohttp import web

from sandbox.trendyol.clock import DAY_MS, now_ms
from sandbox.trendyol.errors import bad_request
from sandbox.trendyol.gate import Call

MAX_SPAN_MS = 14 * DAY_MS
ROW_CAP = 10_000


def integer(request: web.Request, name: str, default: int | None = None) -> int | None:
    """A whole number, or the default.

    Raises:
        ApiError: 400 for anything else.
    """
    text = request.query.get(name)
    if text is None or text == "":
        return default
    try:
        return int(text)
    except ValueError as trouble:
        raise bad_request("invalid.parameter", f"{name} must be a whole number") from trouble


def page_of(request: web.Request, default: int, largest: int, smallest: int = 1) -> tuple[int, int]:
    """(page, size), within the size limit and the cap of 10,000 rows.

    Raises:
        ApiError: 400 beyond either.
    """
    page = integer(request, "page", 0) or 0
    size = size_of(request, default, largest, smallest)
    if page < 0:
        raise bad_request("invalid.parameter", "page must not be negative")
    if (page + 1) * size > ROW_CAP:
        raise bad_request("page.limit.exceeded", "page * size must not exceed 10000")
    return page, size


def size_of(request: web.Request, default: int, largest: int, smallest: int = 1) -> int:
    """The page size, within its limits."""
    size = integer(request, "size", default)
    if size is None or not smallest <= size <= largest:
        raise bad_request("invalid.size", f"size must be between {smallest} and {largest}")
    return size


def window(
    call: Call, start_name: str, end_name: str, default_ms: int, span_ms: int = MAX_SPAN_MS
) -> tuple[int, int]:
    """The asked time window in epoch milliseconds.

    Without dates the last `default_ms`; with one date alone, the longest span from or up to it
    (ASSUMED). A future end is allowed.

    Raises:
        ApiError: 400 if the span is too long or runs backwards.
    """
    start, end = integer(call.request, start_name), integer(call.request, end_name)
    shift = call.world.knobs.query_shift_ms
    now = now_ms()
    if start is None and end is None:
        return now - default_ms, now + DAY_MS
    if start is None:
        start = (end or now) - span_ms
    if end is None:
        end = start + span_ms
    if end < start:
        raise bad_request("invalid.date.range", f"{end_name} is before {start_name}")
    if end - start > span_ms:
        if call.world.knobs.overlong_span == "refuse":
            days = span_ms // DAY_MS
            raise bad_request("invalid.date.range", f"The date range must not exceed {days} days")
        end = start + span_ms
    return start - shift, end - shift


def words(request: web.Request, name: str) -> list[str]:
    """A comma list, empty when not given."""
    return [word.strip() for word in request.query.get(name, "").split(",") if word.strip()]
