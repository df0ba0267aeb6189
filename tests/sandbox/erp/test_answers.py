"""The ERP over the real bus: what it answers to which event."""

import json

from azure.servicebus import ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender

from tests.sandbox.erp.harness import Erp, Inbox, Lane, event, key, message


async def test_accepts_what_it_is_told_of_even_while_payment_is_pending(
    erp: Erp, tell: ServiceBusSender, inbox: Inbox
) -> None:
    await tell.send_messages(message(event("order.received", "10600000001", state="pending")))
    await inbox.until(lambda: "accept" in inbox.commands(key("10600000001")))
    [(message_id, body)] = inbox.bodies[key("10600000001")]
    command = json.loads(body)
    assert message_id == command["command_id"] == f"erp-{key('10600000001')}-accept"
    assert command["schema"] == "souk.command/1"
    assert command["ref"]["order_id"] == "10600000001"
    assert command["by"] == "erp"
    entry = await erp.order("10600000001")
    assert entry["state"] == "pending"
    assert entry["stage"] == "received"
    assert entry["invoice_number"] is None


async def test_released_is_acknowledged_then_shipped_with_an_invoice(
    erp: Erp, tell: ServiceBusSender, inbox: Inbox
) -> None:
    released = event("order.released", "10600000002", version=2, state="accepted")
    await tell.send_messages([message(event("order.received", "10600000002")), message(released)])
    # Each after a pause of its own: they may come in any order.
    await inbox.until(lambda: len(inbox.commands(key("10600000002"))) == 3)
    commands = inbox.commands(key("10600000002"))
    assert set(commands) == {"accept", "acknowledge", "ship"}
    assert commands["acknowledge"]["event_id"] == released["event_id"]
    ship = commands["ship"]
    assert ship["parcel_id"] is None
    assert ship["lines"] == []
    assert ship["invoice_number"][:3] == "INV"
    assert ship["invoice_number"][3:7] == ship["at"][:4]
    assert len(ship["invoice_number"]) == 3 + 4 + 9
    entry = await erp.order("10600000002")
    assert entry["invoice_number"] == ship["invoice_number"]
    assert (entry["gross"], entry["discount"], entry["payable"]) == ("149.50", "11.50", "149.50")
    assert (entry["vat"], entry["currency"]) == ("19.70", "SAR")


async def test_the_same_event_three_times_is_taken_once(
    erp: Erp, tell: ServiceBusSender, inbox: Inbox
) -> None:
    received = event("order.received", "10600000003")
    for _ in range(3):
        await tell.send_messages(message(received))
    await inbox.until(lambda: "accept" in inbox.commands(key("10600000003")))
    await tell.send_messages(message(event("order.released", "10600000003", version=2)))
    await inbox.until(lambda: "ship" in inbox.commands(key("10600000003")))
    assert len(inbox.bodies[key("10600000003")]) == 3
    entry = await erp.order("10600000003")
    assert entry["duplicates"] == 2
    assert [e["kind"] for e in entry["events"]] == ["order.received", "order.released"]


async def test_what_is_no_event_goes_to_the_dead_letters_with_its_reason(
    erp: Erp, tell: ServiceBusSender, client: ServiceBusClient, lane: Lane
) -> None:
    stranger = event("order.received", "10600000004", event_id="used-before")
    other = event("order.received", "10600000005", event_id="used-before")
    no_version = event("order.received", "10600000006", order_version="1")
    await tell.send_messages(
        [message(b"not json"), message(stranger), message(other), message(no_version)]
    )
    dead = client.get_subscription_receiver(
        lane.topic, "erp", sub_queue=ServiceBusSubQueue.DEAD_LETTER
    )
    found: dict[str | None, str | None] = {}
    async with dead:
        while len(found) < 3:
            for letter in await dead.receive_messages(max_message_count=3, max_wait_time=5):
                found[letter.dead_letter_error_description] = letter.dead_letter_reason
                await dead.complete_message(letter)
    assert set(found.values()) == {"contract"}
    text = " | ".join(str(description) for description in found)
    assert "cannot be read" in text
    assert f"came for order {key('10600000004')} before, now for {key('10600000005')}" in text
    assert "order_version is '1', not a whole number" in text
    assert [entry["order_id"] for entry in (await erp.get("/book"))["orders"]].count(
        "10600000005"
    ) == 0


async def test_what_the_marketplace_fulfils_is_booked_and_neither_reserved_nor_answered(
    erp: Erp, tell: ServiceBusSender, inbox: Inbox
) -> None:
    theirs = event("order.received", "10600000091")
    theirs["order"]["fulfilled_by"] = "marketplace"
    await tell.send_messages([message(theirs), message(event("order.received", "10600000092"))])
    await inbox.until(lambda: "accept" in inbox.commands(key("10600000092")))
    entry = await erp.order("10600000091")
    assert entry["stage"] == "received"
    assert entry["reservations"] == []
    assert inbox.bodies.get(key("10600000091"), []) == []
