"""Reports 2021-06-30 (section 6)."""

from typing import Any

from sandbox.amazon.api.history import page_of, types_of
from sandbox.amazon.errors import ApiError, denied, invalid, not_found
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.amazon.reports import making, types
from sandbox.amazon.reports.queue import CANCELLED, IN_QUEUE, Report, Schedule
from sandbox.amazon.stamps import read
from sandbox.engine.clock import DAY_MS, now_ms

MAX_MARKETPLACES = 25


async def create_report(call: Call) -> Reply:
    """POST /reports/2021-06-30/reports."""
    body = await call.json_object()
    kind, marketplaces = _asked(body)
    now = now_ms()
    end = _time(body, "dataEndTime", now)
    start = _time(body, "dataStartTime", end - 30 * DAY_MS)
    if start > end:
        raise invalid("dataStartTime must not be later than dataEndTime.")
    report = Report(
        id=call.world.reports.new_id(),
        seller=call.seller,
        type=kind,
        marketplaces=marketplaces,
        options=body.get("reportOptions") or {},
        start=start,
        end=end,
        created_at=now,
    )
    making.enqueue(call.world, report)
    call.world.ledger.wrote(call.seller, call.operation.name, kind, report.id, "applied")
    return Reply({"reportId": report.id}, 202)


def _asked(body: dict[str, Any]) -> tuple[str, list[str]]:
    kind, marketplaces = body.get("reportType"), body.get("marketplaceIds")
    if not isinstance(marketplaces, list) or not 1 <= len(marketplaces) <= MAX_MARKETPLACES:
        raise invalid(f"marketplaceIds must name 1 to {MAX_MARKETPLACES} marketplaces.")
    if MARKETPLACE_ID not in marketplaces:
        raise invalid("The seller does not take part in these marketplaces.")
    if kind == types.SETTLEMENT:
        raise invalid(f"{kind} cannot be requested; Amazon creates it by itself.")
    if not isinstance(kind, str) or kind not in types.KNOWN:
        raise invalid(f"There is no report type {kind}.")
    return kind, marketplaces


def _time(body: dict[str, Any], name: str, otherwise: int) -> int:
    if name not in body:
        return otherwise
    try:
        return read(str(body[name]))
    except ValueError as trouble:
        raise invalid(f"{name} is not in ISO 8601 format.") from trouble


async def get_reports(call: Call) -> Reply:
    """GET /reports/2021-06-30/reports: nextToken must be the only parameter."""
    page, token = page_of(call, "reportTypes", call.world.reports.of_seller(call.seller))
    body: dict[str, Any] = {"reports": [each.wire() for each in page]}
    return Reply(body | ({"nextToken": token} if token else {}))


async def get_report(call: Call) -> Reply:
    """GET /reports/2021-06-30/reports/{reportId}."""
    return Reply(_report(call).wire())


async def cancel_report(call: Call) -> Reply:
    """DELETE /reports/2021-06-30/reports/{reportId}: only while it is in the queue."""
    report = _report(call)
    if report.status != IN_QUEUE:
        raise invalid("The report is not in the queue any more.")
    making.finish(call.world, report, CANCELLED)
    return Reply({})


def _report(call: Call) -> Report:
    found = call.world.reports.get(call.seller, call.path("reportId"))
    if found is None:
        raise not_found("The report does not exist.")
    return found


async def get_document(call: Call) -> Reply:
    """GET /reports/2021-06-30/documents/{reportDocumentId}."""
    document = call.world.documents.get(call.path("reportDocumentId"))
    if document is None or document.seller != call.seller or document.kind in ("feed", "result"):
        raise not_found("The report document does not exist.")
    if document.restricted and not call.elements:
        raise denied("The report is restricted; use a restricted data token.")
    return Reply(document_wire(call, "reportDocumentId", document.id))


def document_wire(call: Call, name: str, document_id: str) -> dict[str, Any]:
    """A document of a report or a feed, with a URL that is good for a while.

    Raises:
        ApiError: 404, there is none.
    """
    documents = call.world.documents
    document = documents.get(document_id)
    if document is None:
        raise ApiError(404, "NotFound", "The document does not exist.")
    url = documents.url(str(call.request.url.origin()), document, "GET")
    shown: dict[str, Any] = {name: document.id, "url": url}
    if document.gzipped:
        shown["compressionAlgorithm"] = "GZIP"
        if call.query.get("enableContentEncodingUrlHeader") == "true":
            shown["url"] += "&response-content-encoding=gzip"
    return shown


async def create_schedule(call: Call) -> Reply:
    """POST /reports/2021-06-30/schedules: a second one of a type replaces the first."""
    body = await call.json_object()
    kind, marketplaces = _asked(body)
    if body.get("period") not in types.PERIODS:
        raise invalid("period is not valid.")
    reports = call.world.reports
    for each in reports.schedules(call.seller):
        if each.type == kind:
            reports.drop_schedule(each)
    made = Schedule(
        id=reports.new_id(),
        seller=call.seller,
        type=kind,
        marketplaces=marketplaces,
        options=body.get("reportOptions") or {},
        period=body["period"],
        next_at=_time(body, "nextReportCreationTime", now_ms()),
    )
    making.schedule(call.world, made)
    return Reply({"reportScheduleId": made.id}, 201)


async def get_schedules(call: Call) -> Reply:
    """GET /reports/2021-06-30/schedules."""
    kinds = types_of(call.query, "reportTypes")
    mine = call.world.reports.schedules(call.seller)
    return Reply({"reportSchedules": [each.wire() for each in mine if each.type in kinds]})


async def get_schedule(call: Call) -> Reply:
    """GET /reports/2021-06-30/schedules/{reportScheduleId}."""
    return Reply(_schedule(call).wire())


async def cancel_schedule(call: Call) -> Reply:
    """DELETE /reports/2021-06-30/schedules/{reportScheduleId}."""
    call.world.reports.drop_schedule(_schedule(call))
    return Reply({})


def _schedule(call: Call) -> Schedule:
    found = call.world.reports.schedule(call.seller, call.path("reportScheduleId"))
    if found is None:
        raise not_found("The report schedule does not exist.")
    return found
