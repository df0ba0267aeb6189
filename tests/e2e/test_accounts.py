"""A paused account: nothing is called, nothing is lost, everybody can see it."""

from typing import Any

import pytest

from tests.e2e.test_stuck_orders import in_the_web_ui, order, place
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

ACCOUNT = "riyadh"

pytestmark = pytest.mark.timeout(150)


async def writes_for(platform: Held, number: str) -> int:
    """Calls about one order that reached the marketplace."""
    seller = next(x.seller for x in platform.channel.accounts if x.account == ACCOUNT)
    ledger = await call("GET", f"{platform.channel.operator_url}/ledger?order={number}")
    writes = ledger["accounts"][seller]["writes"]
    return sum(write["orderNumber"] == number for write in writes)


async def standing(platform: Held) -> dict[str, Any]:
    """The account, as `souk account list` shows it."""
    said = await platform.souk("account", "list", "--json")
    assert said.code == 0, said.err
    (found,) = [x["standing"] for x in said.json if x["account"] == ACCOUNT]
    assert isinstance(found, dict), found
    return found


async def test_a_paused_account_holds_back_and_goes_on(platform: Held) -> None:
    number = "10600920001"
    said = await platform.souk(
        "account", "pause", CHANNEL, ACCOUNT, "--why", "stock taking", "--by", "sara"
    )
    assert said.code == 0, said.err
    assert said.out.strip() == "Checked: unavailable. sara paused the account: stock taking"
    try:
        await place(platform, ACCOUNT, {"orderNumber": number})
        await order(platform, ACCOUNT, number, state="new")

        async def listed() -> bool | None:
            query = "SoukStatus%20%3D%20%22paused%22"
            found = await in_the_web_ui(platform, query)
            return True if found == [f"account:{CHANNEL}:{ACCOUNT}"] else None

        await eventually(listed, within_s=20)
        assert (await standing(platform))["paused"]

        async def accepted_by_the_erp() -> bool | None:
            row = await order(platform, ACCOUNT, number)
            view = await platform.store.orders.view(row.ref)
            return True if view.wishes.accepted else None

        await eventually(accepted_by_the_erp, within_s=30)
        assert await writes_for(platform, number) == 0
    finally:
        resumed = await platform.souk("account", "resume", CHANNEL, ACCOUNT)
    assert (resumed.code, resumed.out.strip()) == (0, "Checked."), resumed.err
    assert not (await standing(platform))["paused"]
    await order(platform, ACCOUNT, number, state="delivered")
    assert await writes_for(platform, number) > 0


async def test_a_refused_login_pauses_the_account_until_it_is_taken_again(platform: Held) -> None:
    number, operator = "10600920002", platform.channel.operator_url
    seller = next(x.seller for x in platform.channel.accounts if x.account == ACCOUNT)
    refused = {"seller": seller, "kind": "status", "status": 401, "times": -1}
    await call("POST", f"{operator}/faults", refused)
    try:
        await place(platform, ACCOUNT, {"orderNumber": number})

        async def paused() -> dict[str, Any] | None:
            found = await standing(platform)
            return found if found["paused"] else None

        found = await eventually(paused, within_s=60)
        assert found["attention"]["word"] == "credentials"
        assert (await order(platform, ACCOUNT, number)).attention is None, "not each order's"
    finally:
        await call("DELETE", f"{operator}/faults")
    said = await platform.souk("account", "resync", CHANNEL, ACCOUNT, "--why", "keys renewed")
    assert (said.code, said.out.strip()) == (0, "Checked."), said.err
    assert not (await standing(platform))["paused"]
    await order(platform, ACCOUNT, number, state="delivered")
