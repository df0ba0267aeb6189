"""H14: 5, 0, 5. What returns to an earlier value is news, not a repeat.

The case tells of stock, which is not carried yet; its kind is met by orders too. A package at
Trendyol goes from shipped to undelivered and back to shipped, and the internal system may say the
same thing again after having said another. Keys made of the content would take the third for the
first.
"""

from typing import Any

import pytest

from canonical.states import ParcelState
from store import InboxState
from tests.e2e.bad_input.test_commands import command
from tests.e2e.test_stuck_orders import order, place
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

ACCOUNT = "riyadh"
THERE_AND_BACK = ("Shipped", "UnDelivered", "Shipped", "UnDelivered", "Shipped")

pytestmark = pytest.mark.timeout(120)


async def package(platform: Held, number: str) -> dict[str, Any]:
    """The order's package as it is at the marketplace."""
    seller = next(x.seller for x in platform.channel.accounts if x.account == ACCOUNT)
    found = await call("GET", f"{platform.channel.operator_url}/packages/{seller}")
    return next(x for x in found if x["orderNumber"] == number)


async def move(platform: Held, package: dict[str, Any], status: str) -> None:
    url = f"{platform.channel.operator_url}/packages/{package['supplierId']}"
    await call("POST", f"{url}/{package['shipmentPackageId']}/move", {"status": status})


async def place_and_leave(platform: Held, number: str) -> dict[str, Any]:
    """An order whose carrier does nothing by itself."""
    seller = next(x.seller for x in platform.channel.accounts if x.account == ACCOUNT)
    placed = {"seller": seller, "package": {"orderNumber": number}, "carrier": False}
    await call("POST", f"{platform.channel.operator_url}/orders", placed)
    return await package(platform, number)


async def test_h14_a_status_that_comes_back_is_applied_each_time(platform: Held) -> None:
    number = "10601400001"
    mine = await place_and_leave(platform, number)
    ref = (await order(platform, ACCOUNT, number)).ref

    async def invoiced() -> bool | None:
        return True if (await package(platform, number))["status"] == "Invoiced" else None

    await eventually(invoiced)
    for count, status in enumerate(THERE_AND_BACK, start=1):
        await move(platform, mine, status)

        async def applied(count: int = count) -> bool | None:
            log = await platform.store.inbox.log(ref)
            moved = [x for x in log if x.event_id.split(":")[2] in THERE_AND_BACK]
            return True if sum(x.state is InboxState.APPLIED for x in moved) == count else None

        await eventually(applied)
    log = await platform.store.inbox.log(ref)
    assert len({x.event_id for x in log if ":Shipped:" in x.event_id}) == 3
    view = await platform.store.orders.view(ref)
    assert [p.state for p in view.parcels] == [ParcelState.SHIPPED]
    await move(platform, mine, "Delivered")
    await order(platform, ACCOUNT, number, state="delivered", attention=None)


async def test_h14_what_the_erp_says_last_counts_though_it_said_it_before(platform: Held) -> None:
    """An invoice is numbered, numbered anew, and gets its first number back."""
    number, erp = "10601400002", platform.stack.addresses.erp
    await call("POST", f"{erp}/pause")
    try:
        await place(platform, ACCOUNT, {"orderNumber": number})
        ref = (await order(platform, ACCOUNT, number, state="new")).ref
        for count, invoice in enumerate(("INV-5", "INV-0", "INV-5")):
            said = command(number, "ship", command_id=f"h14-{count}", invoice_number=invoice)
            await call("POST", f"{erp}/commands", said)
        await call("POST", f"{erp}/commands", command(number, command_id="h14-accept"))
        await call("POST", f"{erp}/resume")

        async def numbered() -> str | None:
            return (await package(platform, number))["invoiceNumber"] or None

        assert await eventually(numbered) == "INV-5"
    finally:
        await call("POST", f"{erp}/resume")
    done = await order(platform, ACCOUNT, number, state="delivered", attention=None)
    assert done.ref == ref
    assert ref.channel == CHANNEL
