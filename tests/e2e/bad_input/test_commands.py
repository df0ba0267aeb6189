"""Commands of the internal systems that cannot be carried out, or not even read."""

import json
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import MessageSizeExceededError

from tests.e2e.bad_input.edges import ACCOUNT, COMMANDS, Edges, raw
from tests.e2e.test_stuck_orders import place
from tests.fixtures.stack import CHANNEL


def command(order_id: str, kind: str = "accept", /, **changes: Any) -> dict[str, Any]:
    """A command as docs/bus.md has it, some of its fields changed; None takes one away."""
    usual = {
        "schema": "souk.command/1",
        "command_id": f"by-hand-{order_id[:20]}-{kind}",
        "kind": kind,
        "ref": {"channel": CHANNEL, "account": ACCOUNT, "order_id": order_id},
        "by": "erp",
        "at": "2026-11-24T08:41:00Z",
    }
    return {name: x for name, x in (usual | changes).items() if x is not None}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "Invalid JSON"),
        (b"{no json", "Invalid JSON"),
        (b"\x00", "Invalid JSON"),
        (b"\xff\xfe", "Invalid JSON"),
        (b"[" * 50_000, "Invalid JSON"),
        (b"[]", "the body"),
        (b'"ship"', "the body"),
    ],
    ids=["empty", "junk", "nul", "bytes", "deep", "list", "text"],
)
async def test_what_is_no_command_is_a_dead_letter(edges: Edges, body: bytes, says: str) -> None:
    await edges.command(body)
    letter = await edges.letter(body, COMMANDS)
    assert letter.reason == "contract"
    assert says in letter.description


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("accept", {"kind": None}, "kind"),
        ("teleport", {}, "kind"),
        ("accept", {"schema": "souk.command/2"}, "accept.schema"),
        ("accept", {"command_id": None}, "accept.command_id"),
        ("accept", {"command_id": "c" * 300}, "accept.command_id"),
        ("accept", {"command_id": "a\x00b"}, "accept.command_id"),
        ("accept", {"by": "e\x00rp"}, "accept.by"),
        ("accept", {"at": "2026-11-24T08:41:00"}, "accept.at"),
        ("accept", {"at": None}, "accept.at"),
        ("accept", {"ref": None}, "accept.ref"),
        ("accept", {"ref": "10601"}, "accept.ref"),
        ("acknowledge", {"event_id": "e" * 200_000}, "acknowledge.event_id"),
        ("ship", {"invoice_number": "INV\x001"}, "ship.invoice_number"),
        ("ship", {"invoice_number": 7.5}, "ship.invoice_number"),
        ("ship", {"tracking_number": "T" * 60_000}, "ship.tracking_number"),
        ("ship", {"parcel_id": "33\x0000"}, "ship.parcel_id"),
        ("ship", {"lines": [{"line_id": "1", "quantity": 0}]}, "ship.lines.0.quantity"),
        ("reject", {"lines": [{"line_id": "1", "quantity": -1}]}, "reject.lines.0.quantity"),
        ("reject", {"lines": [{"line_id": "1", "quantity": 1.5}]}, "reject.lines.0.quantity"),
        ("reject", {"lines": [{"line_id": "1"}] * 61}, "reject.lines"),
        ("reject", {"reason": "bad mood"}, "reject.reason"),
        ("invoice", {"invoice_link": "http://inv.example.sa/1.pdf"}, "invoice.invoice_link"),
        ("answer_return", {"return_id": "r\x00", "answer": "approve"}, "answer_return.return_id"),
        ("answer_return", {"return_id": "r", "answer": "perhaps"}, "answer_return.answer"),
    ],
)
async def test_a_field_that_does_not_fit_is_named(
    edges: Edges, kind: str, changes: dict[str, Any], field: str
) -> None:
    body = command(f"10601{kind}{field}", kind, **changes)
    await edges.command(body)
    letter = await edges.letter(body, COMMANDS)
    assert letter.reason == "contract"
    assert f"does not fit in {field}" in letter.description or f", {field}" in letter.description


async def test_a_command_for_an_id_with_a_nul_is_not_for_the_order_without(edges: Edges) -> None:
    package = edges.package(status="Created")
    number = package["orderNumber"]
    async with edges.silent_erp():
        assert await edges.hook(package) == 200
        row = await edges.order(number, state="new")
        for odd in ("\x00", "\x1f", "\n"):
            body = command(f"{number[:4]}{odd}{number[4:]}", "cancel")
            await edges.command(body)
            letter = await edges.letter(body, COMMANDS)
            assert letter.reason == "contract"
            assert "cancel.ref.order_id" in letter.description
        assert not (await edges.platform.store.orders.view(row.ref)).wishes.cancel
        await edges.deliver(package)


async def test_half_a_surrogate_is_no_json(edges: Edges) -> None:
    body = raw(command("1", "cancel", note="\ud800"))
    await edges.command(body)
    assert "Invalid JSON" in (await edges.letter(body, COMMANDS)).description


@pytest.mark.parametrize("order_id", ["10699999999", "9" * 300, "a:b:c", "طلب-😀"])
async def test_an_unknown_order_is_a_dead_letter_of_its_own_kind(
    edges: Edges, order_id: str
) -> None:
    body = command(order_id)
    await edges.command(body)
    letter = await edges.letter(body, COMMANDS)
    assert letter.reason == "unknown_order"
    assert "not in the store" in letter.description


async def test_an_order_of_another_account_is_unknown(edges: Edges) -> None:
    package = edges.package()
    assert await edges.hook(package) == 200
    await edges.order(package["orderNumber"], state="delivered")
    for account, reason in (("jeddah", "unknown_order"), ("tabuk", "unknown_account")):
        body = command(package["orderNumber"])
        body["ref"]["account"] = account
        await edges.command(body)
        assert (await edges.letter(body, COMMANDS)).reason == reason


async def test_ten_megabytes_never_reach_the_queue(edges: Edges) -> None:
    body = command("1", "cancel", note="x" * 10_000_000)
    with pytest.raises(MessageSizeExceededError):
        await edges.send(COMMANDS, ServiceBusMessage(raw(body), session_id="any"))


async def test_more_units_than_there_are_reject_what_there_is(edges: Edges) -> None:
    number = "10601900001"
    async with edges.silent_erp():
        await place(edges.platform, ACCOUNT, {"orderNumber": number, "lines": [{"quantity": 2}]})
        row = await edges.order(number, state="new")
        whole = await edges.kept(row.ref)
        lines = [{"line_id": whole.lines[0].line_id, "quantity": 10**30}]
        note = "نفد 😀\x00 \\u0000"
        await edges.command(command(number, "reject", lines=lines, note=note))
        gone = await edges.order(number, state="cancelled")
        assert gone.attention is None


async def test_a_shipment_of_what_is_not_there_calls_a_person(edges: Edges) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "10601900002": {"lines": [{"line_id": "nowhere", "quantity": 1}]},
        "10601900003": {"parcel_id": "nowhere"},
        "10601900004": {"lines": [{"line_id": "first", "quantity": 10**30}]},
    }
    async with edges.silent_erp():
        for number, fields in wrong.items():
            await place(edges.platform, ACCOUNT, {"orderNumber": number})
            row = await edges.order(number, state="new")
            whole = await edges.kept(row.ref)
            known = json.dumps(fields).replace("first", whole.lines[0].line_id)
            await edges.command(command(number), session=number)
            await edges.command(command(number, "ship", **json.loads(known)), session=number)
        for number in wrong:
            stuck = await edges.order(number, attention="refused")
            assert "shipment" in (stuck.attention_detail or "")
    for number in wrong:
        await edges.order(number, state="delivered", attention=None)
