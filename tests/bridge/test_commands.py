import base64
import json
from datetime import UTC, datetime
from typing import Any

from azure.servicebus import ServiceBusMessage
from temporalio.client import Client

from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetters
from canonical.identity import OrderRef
from store import InboxKind, Store
from tests.bridge.marketplaces import ACCOUNT, REAL, account, event, hook
from tests.bridge.running import Working, news

QUEUE = "commands"


def command(order_id: str, command_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "schema": "souk.command/1",
        "command_id": command_id,
        "kind": "accept",
        "ref": {"channel": REAL, "account": ACCOUNT, "order_id": order_id},
        "by": "erp",
        "at": datetime.now(UTC).isoformat(),
    } | changes


async def send(bus: ServiceBus, *bodies: dict[str, Any]) -> None:
    async with bus.client.get_queue_sender(QUEUE) as sender:
        await sender.send_messages([message(body) for body in bodies])


def message(body: dict[str, Any]) -> ServiceBusMessage:
    """As docs/bus.md has it."""
    key = OrderRef(**body["ref"]).key
    return ServiceBusMessage(
        json.dumps(body),
        session_id=key,
        message_id=body["command_id"],
        content_type="application/json",
    )


async def test_a_command_reaches_its_order_once(
    bus: ServiceBus, store: Store, temporal: Client, working: Working
) -> None:
    channel = account(REAL)
    order = event(channel, hook(400))
    ref = OrderRef(channel=REAL, account=ACCOUNT, order_id=str(order.order_id))
    await store.inbox.receive([order], [channel.identify(order.body)])
    await store.orders.record(ref, channel.to_canonical)
    accept = command(ref.order_id, "erp-1")
    ship = command(ref.order_id, "erp-2", kind="ship", invoice_number="INV1")
    done = working.since_now(QUEUE)
    await send(bus, accept, ship, accept)
    await done.reach(received=3, handed_over=3)
    assert await news(temporal, ref.workflow_id) == [["erp-1", "erp-2"]]
    kept = [e.event_id for e in await store.inbox.log(ref) if e.kind is InboxKind.COMMAND]
    assert sorted(kept) == ["erp-1", "erp-2"]

    recorded = await store.orders.record(ref, channel.to_canonical)
    assert recorded.view.wishes.accepted
    await send(bus, accept)
    await done.reach(duplicates=1, handed_over=3)


async def test_what_cannot_be_read_or_placed_is_dead_lettered_by_name(
    bus: ServiceBus, working: Working
) -> None:
    unreadable = command("1", "erp-3", kind="ship", lines=[{"line_id": "1", "quantity": 0}])
    del unreadable["at"]
    stray = command("1", "erp-4")
    stray["ref"]["account"] = "tabuk"
    done = working.since_now(QUEUE)
    await send(bus, unreadable, command("404", "erp-5"), stray)
    await done.reach(dead_lettered=3)
    dead = {x.reason: x.description for x in await DeadLetters(bus, [REAL]).list(QUEUE)}
    assert set(dead) == {"contract", "unknown_order", "unknown_account"}
    assert "does not fit in ship.at, ship.lines.0.quantity" in dead["contract"]
    assert "erp-5" in dead["unknown_order"]
    assert f"order:{REAL}:{ACCOUNT}:404" in dead["unknown_order"]
    assert "tabuk" in dead["unknown_account"]


async def test_evidence_that_is_too_large_is_dead_lettered_with_a_sentence(
    bus: ServiceBus, working: Working
) -> None:
    content = base64.b64encode(bytes(185_000)).decode()
    photo = {"name": "photo.jpg", "media_type": "image/jpeg", "content": content}
    answer = {"kind": "answer_return", "return_id": "R1", "answer": "reject", "evidence": photo}
    both = {
        **answer,
        "evidence": {**photo, "content": "AA=="},
        "evidence_link": "https://e.example",
    }
    done = working.since_now(QUEUE)
    await send(bus, command("406", "erp-7", **answer), command("406", "erp-8", **both))
    await done.reach(dead_lettered=2)
    dead = [x.description for x in await DeadLetters(bus, [REAL]).list(QUEUE)]
    (large,) = [x for x in dead if "erp-7" in x]
    assert "answer_return.evidence.content (the file has 185000 bytes, and at most 180000" in large
    (twice,) = [x for x in dead if "erp-8" in x]
    assert "give one of them" in twice
    assert not any(content[:40] in x for x in dead)


async def test_a_dead_command_goes_back_among_the_commands(
    bus: ServiceBus, working: Working
) -> None:
    done = working.since_now(QUEUE)
    await send(bus, command("405", "erp-6"))
    await done.reach(dead_lettered=1)
    letters = DeadLetters(bus, [REAL])
    (first,) = [x for x in await letters.list(QUEUE) if "erp-6" in x.description]
    replayed = await letters.replay(QUEUE, sequence_numbers=[first.sequence_number])
    assert replayed.sent == (first.sequence_number,)
    # Its order is still unknown, so it is back; but it was asked about once more.
    await done.reach(dead_lettered=2, received=2)
    (again,) = [x for x in await letters.list(QUEUE) if "erp-6" in x.description]
    assert again.sequence_number > first.sequence_number
