"""H16: a replay is never swallowed by the broker's duplicate window, and never makes a second order.

The real channel's queues in these tests detect duplicates within ten minutes.
"""

from datetime import UTC, datetime

from temporalio.client import Client

from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetters
from canonical.identity import OrderRef
from store import InboxState, Store
from tests.bridge.marketplaces import CASES, REAL, account, event
from tests.bridge.running import counters, dispatching, news, until

LIVE, BACKFILL = f"{REAL}-inbound", f"{REAL}-backfill"


async def test_a_replayed_dead_letter_becomes_one_order(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    channel = account(REAL)
    received_at = datetime(2026, 11, 24, 9, 58, tzinfo=UTC)
    sent = event(channel, (CASES / "H16-trendyol-webhook-body.json").read_bytes())
    sent = sent.model_copy(update={"received_at": received_at, "account": "not-yet"})
    ref = OrderRef(channel=REAL, account="not-yet", order_id="10600160001")
    await bus.send_inbound([sent])
    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await until(lambda: counters(dispatcher, LIVE).dead_lettered == 1)

    # The cause is mended: somebody configures the account.
    channel.account = "not-yet"
    letters = DeadLetters(bus, [REAL])
    (letter,) = [x for x in await letters.list(LIVE) if x.reason == "unknown_account"]
    async with bus.dead_letter_receiver(LIVE) as receiver:
        (peeked,) = await receiver.peek_messages(1, sequence_number=letter.sequence_number)
        # A replay that dies between sending and completing, and one that does not.
        await bus.resend(BACKFILL, peeked)
    replayed = await letters.replay(LIVE, sequence_numbers=[letter.sequence_number])
    assert replayed.sent == (letter.sequence_number,)
    assert letter.sequence_number not in {x.sequence_number for x in await letters.list(LIVE)}

    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await until(lambda: counters(dispatcher, BACKFILL).received == 2)
        await until(lambda: counters(dispatcher, BACKFILL).handed_over == 2)
    assert {x for ids in await news(temporal, ref.workflow_id) for x in ids} == {sent.event_id}
    (row,) = await store.inbox.log(ref)
    assert (row.event_id, row.state, row.received_at) == (
        sent.event_id,
        InboxState.RECEIVED,
        received_at,
    )
    recorded = await store.orders.record(ref, channel.to_canonical)
    assert (recorded.applied, recorded.view.unmapped) == (1, ("ERPSKUNEW",))
