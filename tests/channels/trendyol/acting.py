"""Actions of each kind upon one package, and a marketplace that answers them."""

from typing import Any

from aiohttp import web

from canonical.actions import (
    AcceptParcel,
    Action,
    AttachInvoice,
    CancelLines,
    ChangeCarrier,
    DeliverOtherwise,
    ReadyParcel,
    ShipParcel,
    SplitParcel,
)
from canonical.commands import ShipLine
from tests.channels.servers import Answer, CountingLimiter, Server, answers, serving
from tests.channels.trendyol.samples import opened

ORDER, PARCEL, LINE = "10600123456", "3300123456", "7392373001"
ABOUT = {"order_id": ORDER, "parcel_id": PARCEL}
TWO = (ShipLine(line_id=LINE, quantity=2),)
ONE = (ShipLine(line_id=LINE, quantity=1),)
ACCEPT = AcceptParcel(**ABOUT, lines=TWO)
READY = ReadyParcel(**ABOUT, invoice_number="INV-1", lines=TWO)
CANCEL_ONE = CancelLines(**ABOUT, lines=ONE)
CANCEL_ALL = CancelLines(**ABOUT, lines=TWO)
SHIP = ShipParcel(**ABOUT, carrier="DHLMP", tracking_number="SMSA290012345")
SPLIT_UNITS = SplitParcel(**ABOUT, groups=(ONE,))
SPLIT_LINES = SplitParcel(**ABOUT, groups=(TWO,), whole_lines=True)
CARRIER = ChangeCarrier(**ABOUT, carrier="Aramex")
LINK = "https://inv.example.sa/1.pdf"
INVOICE = AttachInvoice(**ABOUT, link=LINK)
OTHERWISE = DeliverOtherwise(**ABOUT, tracking="https://t.example/1")
CALLED = DeliverOtherwise(**ABOUT, tracking="+966500000000")


def writes_and_reads(write: Any, *packages: dict[str, Any]) -> Answer:
    """Answers PUT with `write`, and reads with the order's packages."""
    put = write if callable(write) else answers(write)

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method in ("PUT", "POST"):
            return await put(request)
        return web.json_response({"content": list(packages), "totalPages": 1})

    return answer


async def performed(
    action: Action, answer: Answer, limiter: CountingLimiter | None = None, **more: Any
) -> Server:
    async with serving(answer) as server, opened(server.url, limiter, **more) as one:
        await one.perform(action)
    return server
