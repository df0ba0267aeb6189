"""How one order is printed in full."""

from typing import TYPE_CHECKING

from workers.cli.output import cell, say, say_table

if TYPE_CHECKING:
    from workers.operations.orders import Sheet


def say_sheet(sheet: "Sheet") -> None:
    """Where it stands, its parcels and returns, what was done outside, and everything that came."""
    order, view = sheet.summary, sheet.view
    say(f"{order.ref.workflow_id}: {order.state}, version {order.version}")
    if order.attention:
        say(f"Attention: {order.attention}, since {cell(order.attention_since)} UTC")
        say(f"{order.attention_detail or ''}")
    say(_of_workflow(sheet))
    say_table(
        ("parcel", "state", "marketplace says", "lines"),
        (
            (p.parcel_id, p.state, p.channel_status, ", ".join(map(_of_line, p.lines)))
            for p in view.parcels
        ),
        "No parcel is recorded.",
    )
    if view.returns:
        say_table(
            ("return", "state", "answer by (UTC)", "items", "wait for an answer"),
            (
                (r.return_id, r.state, r.answer_by, len(r.items), len(r.waiting))
                for r in view.returns
            ),
            "",
        )
    say_table(
        ("done outside", "state", "answer"),
        ((e.name, e.state, e.answer) for e in view.effects),
        "Nothing was done outside yet.",
    )
    say_table(
        ("came (UTC)", "what", "by", "event", "became", "times", "why"),
        (
            (
                e.received_at,
                e.kind,
                e.source,
                e.event_id,
                e.state,
                e.deliveries,
                e.description or e.reason,
            )
            for e in sheet.log
        ),
        "Nothing came for it.",
    )


def _of_line(line: object) -> str:
    quantity, sku = getattr(line, "quantity", ""), getattr(line, "channel_sku", "")
    return f"{quantity} x {sku}"


def _of_workflow(sheet: "Sheet") -> str:
    standing = sheet.workflow
    if isinstance(standing, str):
        return standing
    doing = f"carries out {standing.step}" if standing.step else "waits"
    return f"Workflow: runs, {doing}"
