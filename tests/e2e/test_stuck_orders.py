"""Orders that need a person: found by one query, explained, mended by the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecutionStatus

from canonical.identity import sweep_workflow_id
from store.results import OrderSummary
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.client import connect
from workers.settings import TemporalSettings
from workers.stack.http import call

CASES = Path("tests/cases").resolve()
METADATA = "__temporal_workflow_metadata"
"""The query by which the web UI reads a workflow's current details."""

pytestmark = pytest.mark.timeout(150)


async def place(platform: Held, account: str, package: dict[str, Any]) -> None:
    seller = next(x.seller for x in platform.channel.accounts if x.account == account)
    body = {"seller": seller, "package": package}
    await call("POST", f"{platform.channel.operator_url}/orders", body)


async def order(platform: Held, account: str, order_id: str, **wanted: str | None) -> OrderSummary:
    """Waits until an order is as wanted."""

    async def looked() -> OrderSummary | None:
        rows = await platform.store.orders.find(
            channel=CHANNEL, account=account, order_id=order_id, limit=1
        )
        if not rows or any(getattr(rows[0], k) != v for k, v in wanted.items()):
            return None
        return rows[0]

    return await eventually(looked, within_s=60)


async def in_the_web_ui(platform: Held, query: str) -> list[str]:
    """Ids of the workflows that the web UI lists for a query."""
    url = f"{platform.stack.addresses.temporal_ui}/api/v1/namespaces/default/workflows"
    found = await call("GET", f"{url}?query={query}")
    return [each["execution"]["workflowId"] for each in found.get("executions", [])]


async def details_in_the_web_ui(platform: Held, workflow_id: str) -> str:
    """The details that the web UI shows on a workflow's page, by the query that it asks."""
    handle = (await temporal(platform)).get_workflow_handle(workflow_id)
    metadata: WorkflowMetadata = await handle.query(METADATA, result_type=WorkflowMetadata)
    return metadata.current_details


async def temporal(platform: Held) -> Client:
    return await connect(
        TemporalSettings(address=platform.stack.addresses.temporal), sealer=platform.stack.sealer
    )


async def test_a_refused_order_stands_in_the_web_ui_and_resync_mends_it(platform: Held) -> None:
    number, words = "10600900001", "Paket durumu uygun değil: the package cannot be updated now."
    fault = {"operation": "package.status", "order_number": number, "kind": "refuse"}
    faults = f"{platform.channel.operator_url}/faults"
    await call("POST", faults, {**fault, "times": -1, "message": words})
    await place(platform, "riyadh", {"orderNumber": number})
    stuck = await order(platform, "riyadh", number, attention="refused")
    workflow_id = stuck.ref.workflow_id

    async def listed() -> bool | None:
        found = await in_the_web_ui(platform, "SoukAttention%20%3D%20%22refused%22")
        return True if workflow_id in found else None

    await eventually(listed, within_s=20)
    details = await details_in_the_web_ui(platform, workflow_id)
    assert words.split(":")[1].strip() in details
    assert "souk order resync" in details

    shown = await platform.souk("order", "list", "--attention", "refused", "--json")
    assert [row["ref"]["order_id"] for row in shown.json] == [number]

    still = await platform.souk("order", "resync", number, "--account", "riyadh", "--why", "try")
    assert still.code == 0, still.err
    await order(platform, "riyadh", number, attention="refused")

    await call("DELETE", faults)
    mended = await platform.souk(
        "order", "resync", workflow_id, "--why", "mended at the marketplace", "--by", "sara"
    )
    assert mended.code == 0, mended.err
    finished = await order(platform, "riyadh", number, state="delivered")
    assert finished.attention is None
    assert await in_the_web_ui(platform, "SoukAttention%20%3D%20%22refused%22") == []


async def test_h39_one_bad_order_stops_no_other(platform: Held, tmp_path: Path) -> None:
    """Five packages by poll alone, the third names a product that nobody knows."""
    operator = platform.channel.operator_url
    page = json.loads((CASES / "H39-trendyol-stream-one-unknown-product.json").read_text())
    packages = [
        {name: package[name] for name in ("orderNumber", "shipmentPackageId", "lines")}
        for package in page["content"]
    ]
    numbers = [package["orderNumber"] for package in packages]
    known = tmp_path / "listings.csv"
    known.write_text("channel,account,channel_sku,item_id\ntrendyol,jeddah,ERP-SKU-001,ERP-1\n")
    assert (await platform.souk("listings", "import", str(known))).code == 0
    before = await platform.store.cursors.get(CHANNEL, "jeddah", "orders")
    assert before is not None

    await call("POST", f"{operator}/knobs", {"hook_lost_share": 1.0})
    try:
        for package in packages:
            await place(platform, "jeddah", package)
        for number in numbers[:2] + numbers[3:]:
            await order(platform, "jeddah", number, state="delivered")
        stuck = await order(platform, "jeddah", numbers[2], attention="unmapped_item")
        assert "ERP-SKU-DELETED" in (stuck.attention_detail or "")
        moved = await platform.store.cursors.get(CHANNEL, "jeddah", "orders")
        assert moved is not None and moved.value > before.value and moved.version > before.version

        known.write_text(
            "channel,account,channel_sku,item_id\ntrendyol,jeddah,ERP-SKU-DELETED,ERP-9\n"
        )
        assert (await platform.souk("listings", "import", str(known))).code == 0
        said = await platform.souk(
            "order", "resync", numbers[2], "--account", "jeddah", "--why", "mapped"
        )
        assert said.code == 0, said.err
        finished = await order(platform, "jeddah", numbers[2], state="delivered")
    finally:
        await call("POST", f"{operator}/knobs", {"hook_lost_share": 0.0})
    assert finished.attention is None
    whole = await platform.store.orders.load(finished.ref)
    assert whole is not None and str(whole.order.payable.amount.normalize()) == "74.75"


async def test_h28_junk_is_a_dead_letter_that_names_the_fields(platform: Held) -> None:
    before = await platform.account()
    body = (CASES / "H28-trendyol-webhook-wrong-types.json").read_text()
    raw = {"seller": platform.channel.accounts[0].seller, "body": body}
    await call("POST", f"{platform.channel.operator_url}/webhooks/raw", raw)

    async def listed() -> list[dict[str, Any]] | None:
        said = await platform.souk("dlq", "list", "--reason", "contract", "--json")
        assert said.code == 0, said.err
        return [x for x in said.json if "10600280001" in x["description"]] or None

    letters = await eventually(listed, within_s=30)
    assert len(letters) == 1
    for word in ("lastModifiedDate", "lines", "packageTotalPrice"):
        assert word in letters[0]["description"]
    entity, number = letters[0]["entity"], str(letters[0]["sequence_number"])
    shown = await platform.souk("dlq", "show", entity, number)
    assert "packageTotalPrice" in shown.out and "74,75" in shown.out

    replayed = await platform.souk("dlq", "replay", entity, number, "--json")
    assert replayed.code == 0, replayed.err
    assert replayed.json["sent"] == [int(number)]
    again = await eventually(listed, within_s=30)
    assert [x["entity"] for x in again] == [f"{CHANNEL}-backfill"]

    account = await platform.account()
    assert account.differences == ()
    assert account.received == account.applied + account.superseded + account.dead_letters
    assert account.dead_letters == before.dead_letters + 1


async def test_an_order_whose_workflow_was_ended_is_found_and_started_again(
    platform: Held,
) -> None:
    number = "10600900002"
    await call("POST", f"{platform.stack.addresses.erp}/pause")
    sweeps = (await temporal(platform)).get_schedule_handle(sweep_workflow_id(CHANNEL, "riyadh"))
    await sweeps.pause()
    try:
        await place(platform, "riyadh", {"orderNumber": number})
        ended = await order(platform, "riyadh", number, state="new")
        workflow_id = ended.ref.workflow_id
        handle = (await temporal(platform)).get_workflow_handle(workflow_id)
        await handle.terminate("a slip of the finger")

        async def noticed() -> str | None:
            said = await platform.souk("verify", "--grace", "0", "--json")
            found = [x for x in said.json["differences"] if workflow_id in x]
            return found[0] if found and said.code == 1 else None

        assert "without a running workflow" in await eventually(noticed, within_s=30)
        said = await platform.souk("order", "resync", workflow_id, "--why", "ended by mistake")
        assert said.code == 0, said.err
    finally:
        await sweeps.unpause()
        await call("POST", f"{platform.stack.addresses.erp}/resume")
    await order(platform, "riyadh", number, state="delivered")
    verified = await platform.souk("verify", "--grace", "0", "--json")
    assert not [x for x in verified.json["differences"] if workflow_id in x]


async def test_the_sweep_starts_again_what_was_ended(platform: Held) -> None:
    number = "10600900006"
    await call("POST", f"{platform.stack.addresses.erp}/pause")
    try:
        await place(platform, "jeddah", {"orderNumber": number})
        ended = (await order(platform, "jeddah", number, state="new")).ref
        client = await temporal(platform)
        await client.get_workflow_handle(ended.workflow_id).terminate("a slip of the finger")
        await client.get_schedule_handle(sweep_workflow_id(CHANNEL, "jeddah")).trigger()

        async def runs_again() -> bool | None:
            found = await client.get_workflow_handle(ended.workflow_id).describe()
            return True if found.status is WorkflowExecutionStatus.RUNNING else None

        await eventually(runs_again, within_s=30)
    finally:
        await call("POST", f"{platform.stack.addresses.erp}/resume")
    await order(platform, "jeddah", number, state="delivered")


async def test_an_order_number_of_two_accounts_asks_which(platform: Held) -> None:
    number = "10600900003"
    for account in ("riyadh", "jeddah"):
        await place(platform, account, {"orderNumber": number})
        await order(platform, account, number)
    said = await platform.souk("order", "show", number)
    assert said.code == 2
    assert "exists 2 times" in said.err and "--account" in said.err
    for account in ("riyadh", "jeddah"):
        await order(platform, account, number, state="delivered")
    shown = await platform.souk("order", "show", number, "--account", "jeddah")
    assert shown.code == 0, shown.err
    assert f"order:trendyol:jeddah:{number}: delivered" in shown.out
    assert "publish/order.released" in shown.out
    missing = await platform.souk("order", "show", "1")
    assert missing.code == 1 and "souk order list" in missing.err


async def test_a_cancel_withdraws_at_the_marketplace(platform: Held) -> None:
    number = "10600900004"
    await call("POST", f"{platform.stack.addresses.erp}/pause")
    try:
        await place(platform, "jeddah", {"orderNumber": number})
        await order(platform, "jeddah", number, state="new")
        unexplained = await platform.souk("order", "cancel", number)
        assert unexplained.code == 2 and "--why" in unexplained.err
        said = await platform.souk(
            "order", "cancel", number, "--account", "jeddah", "--why", "sold out", "--by", "omar"
        )
        assert said.code == 0, said.err
        gone = await order(platform, "jeddah", number, state="cancelled")
    finally:
        await call("POST", f"{platform.stack.addresses.erp}/resume")
    assert gone.attention is None


async def test_a_step_that_a_person_settled_is_skipped(platform: Held) -> None:
    number = "10600900005"
    faults = f"{platform.channel.operator_url}/faults"
    fault = {"operation": "package.status", "order_number": number, "kind": "refuse", "times": -1}
    await call("POST", faults, fault)
    await place(platform, "jeddah", {"orderNumber": number})
    stuck = await order(platform, "jeddah", number, attention="refused")
    await call("DELETE", faults)
    said = await platform.souk(
        "order", "skip", number, "--account", "jeddah", "--why", "done in the panel", "--by", "sara"
    )
    assert said.code == 0, said.err
    going_on = await order(platform, "jeddah", number, attention=None)
    view = await platform.store.orders.view(going_on.ref)
    skipped = [e for e in view.effects if e.name.startswith("accept/")]
    assert [e.state for e in skipped] == ["done"]
    assert "sara" in skipped[0].answer and "done in the panel" in skipped[0].answer
    assert stuck.ref == going_on.ref


async def test_accounts_are_listed_with_webhook_and_poll_and_checked_on_demand(
    platform: Held,
) -> None:
    listed = await platform.souk("account", "list", "--json")
    assert listed.code == 0, listed.err
    assert [(x["channel"], x["account"]) for x in listed.json] == [
        (CHANNEL, "riyadh"),
        (CHANNEL, "jeddah"),
    ]
    assert [x["standing"]["attention"] for x in listed.json] == [None, None]
    checked = await platform.souk("account", "resync", CHANNEL, "riyadh", "--why", "to be sure")
    assert (checked.code, checked.out.strip()) == (0, "Checked."), checked.err
    unknown = await platform.souk("account", "resync", CHANNEL, "dammam")
    assert unknown.code == 1 and "riyadh" in unknown.err
