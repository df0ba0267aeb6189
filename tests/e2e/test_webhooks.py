"""A webhook that the marketplace switched off: on again at the next check, the gap filled."""

from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth

from canonical.identity import poll_workflow_id
from tests.e2e.test_stuck_orders import order, place, temporal
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

BAD_ANSWERS = 13
"""After so many in a row a hook is switched off (contract, webhooks)."""
ACCOUNT = "jeddah"

pytestmark = pytest.mark.timeout(150)


async def hooks(platform: Held) -> list[dict[str, Any]]:
    """The account's hooks at the marketplace."""
    seller = next(x.seller for x in platform.channel.accounts if x.account == ACCOUNT)
    found = await call("GET", f"{platform.channel.operator_url}/webhooks")
    return [hook for hook in found if hook["seller"] == seller]


async def ledger(platform: Held) -> dict[str, Any]:
    """What really became of the account's hooks."""
    (hook,) = await hooks(platform)
    said = await call("GET", f"{platform.channel.operator_url}/ledger?orders=false")
    counts: dict[str, Any] = said["accounts"][hook["seller"]]["hooks"]
    return counts


async def test_a_passive_hook_comes_back_and_nothing_is_lost(platform: Held) -> None:
    operator = platform.channel.operator_url
    (hook,) = await hooks(platform)
    polls = (await temporal(platform)).get_schedule_handle(poll_workflow_id(CHANNEL, ACCOUNT))
    # Without its own pace, what comes must come by the poll that the check triggers.
    await polls.pause()
    try:
        raw = {"seller": hook["seller"], "body": "{}", "credentials": "wrong"}
        await call("POST", f"{operator}/webhooks/raw", {**raw, "times": BAD_ANSWERS})

        async def is_off() -> bool | None:
            return True if (await hooks(platform))[0]["status"] == "PASSIVE" else None

        await eventually(is_off, within_s=60)
        numbers = ["10600910001", "10600910002"]
        for number in numbers:
            await place(platform, ACCOUNT, {"orderNumber": number})
        assert (await ledger(platform))["lost"] + (await ledger(platform))["lostPassive"] > 0
        known = await platform.store.orders.find(channel=CHANNEL, account=ACCOUNT)
        assert not {x.ref.order_id for x in known} & set(numbers)

        checked = await platform.souk("account", "resync", CHANNEL, ACCOUNT, "--why", "hook is off")
        assert checked.code == 0, checked.err
        (again,) = await hooks(platform)
        assert (again["id"], again["status"]) == (hook["id"], "ACTIVE")
        for number in numbers:
            await order(platform, ACCOUNT, number, state="delivered")
    finally:
        await polls.unpause()
    assert (await hooks(platform))[0]["status"] == "ACTIVE"


async def test_subscribing_by_hand_is_harmless_to_repeat(platform: Held) -> None:
    (hook,) = await hooks(platform)
    first = await platform.souk("channel", "subscribe", CHANNEL, "--account", ACCOUNT, "--json")
    assert first.code == 0, first.err
    (done,) = first.json
    assert (done["account"], done["before"], done["after"]) == (ACCOUNT, "active", "active")
    assert done["url"] == hook["url"]
    every = await platform.souk("channel", "subscribe", CHANNEL)
    assert every.code == 0, every.err
    assert "riyadh" in every.out and ACCOUNT in every.out
    assert [x["id"] for x in await hooks(platform)] == [hook["id"]]
    unknown = await platform.souk("channel", "subscribe", CHANNEL, "--account", "tabuk")
    assert unknown.code == 1 and "riyadh" in unknown.err


async def test_a_hook_that_was_deleted_is_made_anew(platform: Held) -> None:
    (hook,) = await hooks(platform)
    options = next(x.options for x in platform.channel.accounts if x.account == ACCOUNT)
    await delete_at_the_marketplace(options, hook)
    said = await platform.souk("channel", "subscribe", CHANNEL, "--account", ACCOUNT, "--json")
    assert said.code == 0, said.err
    # The account's own check may have been faster.
    assert said.json[0]["before"] in ("missing", "active") and said.json[0]["after"] == "active"
    (made,) = await hooks(platform)
    assert made["id"] != hook["id"]
    assert made["url"] == hook["url"] and made["status"] == "ACTIVE"


async def delete_at_the_marketplace(options: dict[str, Any], hook: dict[str, Any]) -> None:
    """As a person would in the panel."""
    url = f"{options['base_url']}/webhook/sellers/{hook['seller']}/webhooks/{hook['id']}"
    headers = {
        "Authorization": encode_basic_auth(options["api_key"], options["api_secret"]),
        "User-Agent": f"{hook['seller']} - SelfIntegration",
        "storeFrontCode": "SA",
    }
    async with ClientSession(headers=headers) as http, http.delete(url) as answer:
        assert answer.status == 200, await answer.text()
