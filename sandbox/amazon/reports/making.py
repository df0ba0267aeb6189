"""How reports come to be: in the queue, in work, and one of three ends."""

from collections.abc import Iterator
from itertools import chain

from sandbox.amazon.notifications.kinds import REPORT_FINISHED
from sandbox.amazon.notifications.payloads import report_finished
from sandbox.amazon.reports import fba_rows, order_rows, types
from sandbox.amazon.reports.queue import (
    CANCELLED,
    DONE,
    FATAL,
    FINAL,
    IN_PROGRESS,
    IN_QUEUE,
    Report,
    Schedule,
)
from sandbox.amazon.reports.table import Row, Table
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms
from sandbox.engine.seeds import picked, rng

FAULTS = frozenset({"report_fatal", "report_cancelled", "report_stuck"})


def register(world: World) -> None:
    """Says what the reports' timers do."""
    world.timers.on("report.step", lambda d: _step(world, d["seller"], d["report"]))
    world.timers.on("report.due", lambda d: _due(world, d["seller"], d["schedule"]))


def enqueue(world: World, report: Report) -> None:
    """Takes a report in."""
    world.reports.save(report)
    _later(world, report)


def schedule(world: World, planned: Schedule) -> None:
    """Takes a schedule in, or again after its report."""
    world.reports.save_schedule(planned)
    wait = max(0.0, (planned.next_at - now_ms()) / 1000)
    world.timers.after(wait, "report.due", seller=planned.seller, schedule=planned.id)


def _due(world: World, seller: str, schedule_id: str) -> None:
    planned = world.reports.schedule(seller, schedule_id)
    if planned is None:
        return
    now = now_ms()
    period = round(world.knobs.scaled(types.PERIODS[planned.period]) * 1000)
    report = Report(
        id=world.reports.new_id(),
        seller=seller,
        type=planned.type,
        marketplaces=planned.marketplaces,
        options=planned.options,
        start=now - max(period, round(world.knobs.scaled(86_400) * 1000)),
        end=now,
        created_at=now,
        schedule_id=planned.id,
    )
    enqueue(world, report)
    schedule(world, planned.model_copy(update={"next_at": now + period}))


def _later(world: World, report: Report) -> None:
    chance = rng(world.knobs.seed, "report", report.id, report.status)
    wait = world.knobs.scaled(chance.uniform(*world.knobs.report_steps_s))
    world.timers.after(wait, "report.step", seller=report.seller, report=report.id)


def _step(world: World, seller: str, report_id: str) -> None:
    report = world.reports.get(seller, report_id)
    if report is None or report.status in FINAL:
        return
    if report.status == IN_QUEUE:
        report.status, report.started_at = IN_PROGRESS, now_ms()
        world.reports.save(report)
        _later(world, report)
        return
    fault = world.faults.later(seller, report.type, FAULTS)
    if fault is not None and fault.kind == "report_stuck":
        return
    if fault is not None and fault.kind == "report_fatal":
        _refuse(world, report, fault.message)
    elif fault is not None or _too_soon(world, report):
        finish(world, report, CANCELLED)
    elif report.type in types.ELSEWHERE:
        _refuse(world, report, "This report type is not available in the marketplace.")
    else:
        _make(world, report)


def _too_soon(world: World, report: Report) -> bool:
    gap = round(world.knobs.scaled(world.knobs.report_gap_s) * 1000)
    often = report.type in world.knobs.report_gap_types
    return often and world.reports.finished_since(report, now_ms() - gap)


def _refuse(world: World, report: Report, reason: str) -> None:
    """FATAL may carry a document with the reason (seen by users)."""
    body = ("errorDetails\n" + reason + "\n").encode()
    document = world.documents.write(report.seller, report.type, [body], gzipped=False)
    finish(world, report, FATAL, document.id)


def _make(world: World, report: Report) -> None:
    rows = _rows(world, report)
    first = next(rows, None)
    if first is None:
        finish(world, report, CANCELLED)
        return
    columns = {
        types.ALL_ORDERS: order_rows.ALL_ORDERS_COLUMNS,
        types.ACTIONABLE: order_rows.ACTIONABLE_COLUMNS,
        types.FBA_SHIPMENTS: fba_rows.SHIPMENT_COLUMNS,
        types.FBA_RETURNS: fba_rows.RETURN_COLUMNS,
    }[report.type]
    write(world, report, Table(columns, chain([first], rows), world.knobs), {})


def _rows(world: World, report: Report) -> Iterator[Row]:
    knobs, seller = world.knobs, report.seller
    orders = list(world.orders.of_seller(seller, knobs.lag_ms()))
    if report.type == types.ALL_ORDERS:
        return order_rows.all_orders(orders, report.start, report.end, knobs)
    if report.type == types.ACTIONABLE:
        return order_rows.actionable(orders)
    if report.type == types.FBA_SHIPMENTS:
        return fba_rows.shipments(orders, report.start, report.end, knobs)
    fnskus = {each.sku: each.fnsku for each in world.stocks.of_seller(seller)}
    return fba_rows.returns(orders, report.start, report.end, fnskus)


def write(world: World, report: Report, table: Table, facts: dict[str, object]) -> None:
    """Writes a report's file and ends it."""
    number = int(report.id)
    gzipped = picked(world.knobs.seed, "gzip", number, world.knobs.gzip_share)
    document = world.documents.write(
        report.seller,
        report.type,
        table.lines(),
        gzipped,
        content_type=f"text/plain; charset={world.knobs.report_encoding.removesuffix('-sig')}",
        restricted=report.type in types.RESTRICTED,
    )
    world.ledger.document(
        report.seller,
        document.id,
        {
            "kind": report.type,
            "source": "report",
            "reportId": report.id,
            "rows": table.rows,
            "sha256": table.sha256,
            "gzipped": gzipped,
            **facts,
        },
    )
    finish(world, report, DONE, document.id)


def finish(world: World, report: Report, status: str, document_id: str = "") -> None:
    """Ends a report and tells of it."""
    now = now_ms()
    report.status, report.ended_at, report.document_id = status, now, document_id
    report.started_at = report.started_at or now
    world.reports.save(report)
    if report.type == types.SETTLEMENT and not world.knobs.settlement_notified:
        return
    payload = report_finished(report.seller, report.id, report.type, status, document_id)
    world.deliveries.announce(report.seller, REPORT_FINISHED, report.id, payload, now)
