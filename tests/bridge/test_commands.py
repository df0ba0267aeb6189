import json
from datetime import UTC, datetime
from typing import Any

from azure.servicebus import ServiceBusMessage
from temporalio.client import Client

from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetter, DeadLetters
from canonical.identity import OrderRef
from store import InboxKind, Store
from tests.bridge.marketplaces import ACCOUNT, REAL, account, event, hook
from tests.bridge.running import counters, dispatching, news, until

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
        await sender.send_messages([ServiceBusMessage(json.dumps(b)) for b in bodies])


async def letters(bus: ServiceBus) -> dict[str, DeadLetter]:
    """Dead commands by reason."""
    return {x.reason: x for x in await DeadLetters(bus, [REAL]).list(QUEUE)}


async def test_a_command_reaches_its_order_once(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    channel = account(REAL)
    order = event(channel, hook(400))
    ref = OrderRef(channel=REAL, account=ACCOUNT, order_id=str(order.order_id))
    await store.inbox.receive([order], [channel.identify(order.body)])
    await store.orders.record(ref, channel.to_canonical)
    accept = command(ref.order_id, "erp-1")
    ship = command(ref.order_id, "erp-2", kind="ship", invoice_number="INV1")
    await send(bus, accept, ship, accept)
    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await until(lambda: counters(dispatcher, QUEUE).handed_over == 3)
        assert await news(temporal, ref.workflow_id) == [["erp-1", "erp-2"]]
        kept = [e.event_id for e in await store.inbox.log(ref) if e.kind is InboxKind.COMMAND]
        assert sorted(kept) == ["erp-1", "erp-2"]

        recorded = await store.orders.record(ref, channel.to_canonical)
        assert recorded.view.wishes.accepted
        await send(bus, accept)
        await until(lambda: counters(dispatcher, QUEUE).duplicates == 1)


async def test_what_cannot_be_read_or_placed_is_dead_lettered_by_name(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    unreadable = command("1", "erp-3", kind="ship", lines=[{"line_id": "1", "quantity": 0}])
    del unreadable["at"]
    stray = command("1", "erp-4")
    stray["ref"]["account"] = "jeddah"
    await send(bus, unreadable, command("404", "erp-5"), stray)
    async with dispatching(bus, store, temporal, account(REAL)) as dispatcher:
        await until(lambda: counters(dispatcher, QUEUE).dead_lettered == 3)
    dead = await letters(bus)
    assert set(dead) == {"contract", "unknown_order", "unknown_account"}
    assert "at" in dead["contract"].description.split("does not fit in ")[1]
    assert "ship.lines.0.quantity" in dead["contract"].description
    assert "erp-5" in dead["unknown_order"].description
    assert f"order:{REAL}:{ACCOUNT}:404" in dead["unknown_order"].description
    assert "jeddah" in dead["unknown_account"].description
