"""Labels for those who pack, settlement rows for those who book: from the marketplace's own."""

import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_stuck_orders import order
from tests.fixtures.stack import CHANNEL, Held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

ACCOUNT = "riyadh"

pytestmark = pytest.mark.timeout(150)


def seller(platform: Held) -> str:
    return next(x.seller for x in platform.channel.accounts if x.account == ACCOUNT)


async def place_packed(platform: Held, number: str) -> dict[str, Any]:
    """An order that the ERP has packed and no carrier fetches; its package at the marketplace."""
    operator = platform.channel.operator_url
    body = {"seller": seller(platform), "package": {"orderNumber": number}, "carrier": False}
    await call("POST", f"{operator}/orders", body)
    await order(platform, ACCOUNT, number, state="ready")
    packages = await call("GET", f"{operator}/packages/{seller(platform)}")
    found: dict[str, Any] = next(p for p in packages if p["orderNumber"] == number)
    return found


async def want_label(platform: Held, number: str, command_id: str, **more: Any) -> None:
    """As an ERP team would: a command on the bus's queue."""
    ref = {"channel": CHANNEL, "account": ACCOUNT, "order_id": number}
    command = {"kind": "label", "command_id": command_id, "ref": ref, **more}
    await call("POST", f"{platform.stack.addresses.erp}/commands", command)


async def labels(platform: Held, number: str, times: int) -> list[dict[str, Any]]:
    """Waits until the ERP has so many answers."""
    book = f"{platform.stack.addresses.erp}/book?account={ACCOUNT}&order_id={number}"

    async def came() -> list[dict[str, Any]] | None:
        (entry,) = (await call("GET", book))["orders"]
        kept: list[dict[str, Any]] = entry["labels"]
        return kept if len(kept) >= times else None

    return await eventually(came, within_s=60)


async def test_the_erp_asks_for_a_label_and_gets_it_once(platform: Held) -> None:
    number = "10600930001"
    package = await place_packed(platform, number)
    for _ in range(2):
        await want_label(platform, number, "erp-label-1")
    await want_label(platform, number, "erp-label-2", parcel_id=str(package["shipmentPackageId"]))
    first, second = await labels(platform, number, 2)
    assert (first["command_id"], second["command_id"]) == ("erp-label-1", "erp-label-2")
    for kept in (first, second):
        assert kept["parcel_id"] == str(package["shipmentPackageId"])
        (label,) = kept["labels"]
        assert label["media_type"] == "application/zpl"
        zpl = base64.b64decode(label["content"]).decode()
        assert str(package["cargoTrackingNumber"]) in zpl
    ledger = await call("GET", f"{platform.channel.operator_url}/ledger?order={number}")
    made = [w for w in ledger["accounts"][seller(platform)]["writes"] if w["what"] == "label"]
    assert [(w["applied"], w["repeated"]) for w in made] == [(1, 0)]


async def test_a_label_that_is_refused_is_told_and_waits_for_a_person(platform: Held) -> None:
    number = "10600930002"
    await place_packed(platform, number)
    faults = f"{platform.channel.operator_url}/faults"
    fault = {"operation": "label.create", "order_number": number, "kind": "refuse", "times": 1}
    await call("POST", faults, {**fault, "message": "The carrier has no label yet"})
    await want_label(platform, number, "erp-label-3")
    (refused,) = await labels(platform, number, 1)
    assert refused["labels"] == [] and "The carrier has no label yet" in refused["refused"]
    stuck = await order(platform, ACCOUNT, number, attention="refused")
    said = await platform.souk("order", "resync", stuck.ref.workflow_id, "--why", "carrier called")
    assert said.code == 0, said.err
    _, came = await labels(platform, number, 2)
    assert (came["command_id"], len(came["labels"])) == ("erp-label-3", 1)
    await order(platform, ACCOUNT, number, attention=None)


async def test_a_person_writes_a_label_to_a_file(platform: Held, tmp_path: Path) -> None:
    number = "10600930003"
    package = await place_packed(platform, number)
    cargo, file = str(package["cargoTrackingNumber"]), tmp_path / "label.zpl"
    asked = ("order", "label", number, "--account", ACCOUNT, "--out", str(file))
    said = await platform.souk(*asked)
    assert said.code == 0, said.err
    assert cargo in file.read_text()
    assert str(file) in said.out and str(package["shipmentPackageId"]) in said.out

    knobs = f"{platform.channel.operator_url}/knobs"
    await call("POST", knobs, {"label_form": "link"})
    try:
        linked = await platform.souk(*asked, "--json")
    finally:
        await call("POST", knobs, {"label_form": "zpl"})
    assert linked.code == 0, linked.err
    (written,) = linked.json
    assert written["media_type"] == "text/uri-list"
    assert written["link"] == file.read_text() and cargo in written["link"]

    strange = await platform.souk(*asked, "--parcel", "1")
    assert strange.code == 1 and "has no parcel 1" in strange.err
    nowhere = await platform.souk(*asked[:-1], str(tmp_path / "nowhere" / "label.zpl"))
    assert nowhere.code == 2 and "cannot be written" in nowhere.err


async def test_settlement_rows_are_printed_and_exported(platform: Held, tmp_path: Path) -> None:
    number = "10600930004"
    began = datetime.now(UTC) - timedelta(minutes=1)
    operator = platform.channel.operator_url
    body = {"seller": seller(platform), "package": {"orderNumber": number}}
    await call("POST", f"{operator}/orders", body)
    await order(platform, ACCOUNT, number, state="delivered")
    ledger = await call("GET", f"{operator}/ledger?order={number}")
    payable = Decimal(ledger["accounts"][seller(platform)]["orders"][number]["payableNow"])

    asked = ("finance", CHANNEL, ACCOUNT, "--since", began.isoformat())
    # Longer than one call may span: the windows are put together.
    long_ago = ("finance", CHANNEL, ACCOUNT, "--since", f"{began - timedelta(days=40):%Y-%m-%d}")
    for words in (asked, long_ago):
        said = await platform.souk(*words, "--kind", "settlements/Sale", "--json")
        assert said.code == 0, said.err
        mine = [row for row in json.loads(said.out) if row["order_id"] == number]
        assert sum(Decimal(str(row["row"]["credit"])) for row in mine) == payable
        assert {row["kind"] for row in mine} == {"settlements/Sale"}
        assert len({row["row_id"] for row in mine}) == len(mine)

    file = tmp_path / "rows.jsonl"
    exported = await platform.souk(*asked, "--out", str(file))
    assert exported.code == 0, exported.err
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert f"{len(lines)} rows written" in exported.out
    assert [x["row"] for x in lines if x["order_id"] == number] == [x["row"] for x in mine]
    table = await platform.souk(*asked, "--kind", "settlements/Sale")
    assert table.code == 0 and number in table.out and "credit" in table.out


async def test_finance_that_cannot_be_asked_for_says_why(platform: Held) -> None:
    asked = ("finance", CHANNEL, ACCOUNT, "--since", "2026-11-01")
    kind = await platform.souk(*asked, "--kind", "settlements/Stock")
    assert kind.code == 2 and "settlements/Sale" in kind.err
    backwards = await platform.souk(*asked, "--until", "2026-10-01")
    assert backwards.code == 2 and "Nothing lies between" in backwards.err
    nobody = await platform.souk("finance", CHANNEL, "dammam", "--since", "2026-11-01")
    assert nobody.code == 1 and ACCOUNT in nobody.err
