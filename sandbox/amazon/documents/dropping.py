"""Invoices that somebody else's system puts into the seller's bucket."""

import asyncio
import json

import structlog

from sandbox.amazon.documents.bucket import NotTaken
from sandbox.amazon.documents.ubl import digest, invoice_of, pdf, ubl
from sandbox.amazon.model import Order
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms

DROP = "invoice.drop"
AGAIN_S = 0.5
MAX_TRIES = 120
log = structlog.get_logger()


def register(world: World) -> None:
    """Says what the timer does."""
    at_work: set[asyncio.Task[None]] = set()

    def fire(details: dict[str, object]) -> None:
        task = asyncio.get_running_loop().create_task(_drop(world, details))
        at_work.add(task)
        task.add_done_callback(at_work.discard)

    world.timers.on(DROP, fire)
    # A timer is gone once it fired: what was not put before the process ended is put now.
    waiting = {(each["seller"], each["number"]) for each in world.timers.waiting(DROP)}
    for _, body in list(world.database.all(DROP)):
        details = json.loads(body)
        if (details["seller"], details["number"]) not in waiting:
            world.timers.after(0, DROP, **details)


def drop_later(world: World, order: Order) -> str:
    """Lets the invoice of an order appear; gives its number, or "" where there is no bucket."""
    if not world.accounts[order.seller].document_bucket:
        return ""
    count = world.database.next(f"{order.seller}/invoice")
    number = f"INV-2026-{count:06d}"
    _again(world, order.seller, order.order_id, number, now_ms(), 0)
    return number


def _again(world: World, seller: str, order_id: str, number: str, at: int, tries: int) -> None:
    wait = AGAIN_S if tries else 0.0
    details = {"seller": seller, "order": order_id, "number": number, "at": at, "tries": tries}
    world.database.put(DROP, f"{seller}/{number}", json.dumps(details))
    world.timers.after(wait, DROP, **details)


async def _drop(world: World, details: dict[str, object]) -> None:
    seller, order_id = str(details["seller"]), str(details["order"])
    number, at, tries = str(details["number"]), int(str(details["at"])), int(str(details["tries"]))
    order, account = world.orders.get(seller, order_id), world.accounts[seller]
    if order is None:
        return
    invoice = invoice_of(order, number, at)
    # Keys are URL-encoded in S3's events; each third has what that shows.
    odd = int(number[-6:]) % 3 == 0
    stem = f"{account.document_prefix}invoices/" + (f"فاتورة {number}" if odd else number)
    files = (
        (f"{stem}.xml", ubl(invoice, account.store_name), "application/xml", "invoice_xml"),
        (f"{stem}.pdf", pdf(invoice), "application/pdf", "invoice_pdf"),
    )
    try:
        for key, body, content_type, _ in files:
            await world.bucket.put(account.document_bucket, key, body, content_type)
    except NotTaken as trouble:
        if tries + 1 < MAX_TRIES:
            _again(world, seller, order_id, number, at, tries + 1)
        else:
            log.warning("invoice_not_dropped", seller=seller, number=number, why=str(trouble))
            world.database.drop(DROP, f"{seller}/{number}")
        world.database.commit()
        return
    for key, body, _, kind in files:
        facts = {
            "kind": kind,
            "source": "bucket",
            "bucket": account.document_bucket,
            "key": key,
            "orderId": order_id,
            "number": number,
            "sha256": digest(body),
            "bytes": len(body),
        }
        if kind == "invoice_xml":
            facts |= {
                "rows": len(invoice.rows),
                "net": str(invoice.net),
                "vat": str(invoice.vat),
                "sum": str(invoice.gross),
            }
        world.ledger.document(seller, f"{account.document_bucket}/{key}", facts)
    world.database.drop(DROP, f"{seller}/{number}")
    world.database.commit()
