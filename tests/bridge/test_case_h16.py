"""H16: a replay is not swallowed by the broker's duplicate window and makes no second order.

The real channel's queues in these tests detect duplicates within ten minutes.
"""

from datetime import UTC, datetime

from temporalio.client import Client

from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetters
from canonical.identity import OrderRef
from store import InboxState, Store
from tests.bridge.marketplaces import CASES, REAL, account, event
from tests.bridge.running import Working, news

LIVE, BACKFILL = f"{REAL}-inbound", f"{REAL}-backfill"


async def test_a_replayed_dead_letter_becomes_one_order(
    bus: ServiceBus, store: Store, temporal: Client, working: Working
) -> None:
    channel = account(REAL, "jeddah")
    received_at = datetime(2026, 11, 24, 9, 58, tzinfo=UTC)
    sent = event(channel, (CASES / "H16-trendyol-webhook-body.json").read_bytes())
    sent = sent.model_copy(update={"received_at": received_at})
    done = working.since_now(LIVE)
    await bus.send_inbound([sent])
    await done.reach(dead_lettered=1)

    working.configure(channel)  # the cause is mended
    replaying, letters = working.since_now(BACKFILL), DeadLetters(bus, [REAL])
    async with bus.dead_letter_receiver(LIVE) as receiver:
        (peeked,) = await receiver.peek_messages(1, sequence_number=1)
        # A replay that dies between sending and completing, and one that does not.
        await bus.resend(BACKFILL, peeked)
    replayed = await letters.replay(LIVE)
    assert replayed.sent == (peeked.sequence_number,)
    assert await letters.list(LIVE) == []
    await replaying.reach(received=2, handed_over=2)

    ref = OrderRef(channel=REAL, account="jeddah", order_id="10600160001")
    assert {x for ids in await news(temporal, ref.workflow_id) for x in ids} == {sent.event_id}
    (row,) = await store.inbox.log(ref)
    assert (row.event_id, row.state) == (sent.event_id, InboxState.RECEIVED)
    assert row.received_at == received_at
    recorded = await store.orders.record(ref, channel.to_canonical)
    assert (recorded.applied, recorded.view.unmapped) == (1, ("ERP-SKU-NEW",))
