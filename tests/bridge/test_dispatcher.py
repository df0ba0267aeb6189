import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from activities.signatures.search_attributes import CHANNEL, ORDER_ID, STATUS
from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetters
from canonical.identity import OrderRef
from store import InboxState, Store
from tests.bridge.marketplaces import ACCOUNT, REAL, account, event, hook
from tests.bridge.running import counters, dispatching, news, until

MARKET = "market3"
QUEUE = f"{MARKET}-inbound"


def ref_of(number: int, market: str = MARKET) -> OrderRef:
    return OrderRef(channel=market, account=ACCOUNT, order_id=str(10600000000 + number))


async def test_an_order_is_woken_once_for_all_its_news_of_a_batch(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    channel = account(MARKET)
    first = event(channel, hook(300))
    second = event(channel, hook(300, modified=1795502999000))
    await bus.send_inbound([first, second, first])
    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await until(lambda: counters(dispatcher, QUEUE).handed_over == 3)

    ref = ref_of(300)
    assert await news(temporal, ref.workflow_id) == [[first.event_id, second.event_id]]
    described = await temporal.get_workflow_handle(ref.workflow_id).describe()
    assert described.workflow_type == "Order"
    assert described.task_queue == MARKET
    assert described.typed_search_attributes[CHANNEL] == MARKET
    assert described.typed_search_attributes[ORDER_ID] == ref.order_id
    assert described.typed_search_attributes[STATUS] == "received"
    assert await described.static_summary() == f"{MARKET}/{ACCOUNT} order {ref.order_id}"
    for sent in (first, second):
        assert await store.inbox.body(MARKET, ACCOUNT, sent.event_id) == sent.body
    async with bus.receiver(QUEUE) as receiver:
        assert await receiver.peek_messages(1) == []


async def test_what_is_applied_wakes_nobody_and_news_opens_a_closed_order(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    queue, channel, ref = f"{REAL}-inbound", account(REAL), ref_of(301, REAL)
    known, later = event(channel, hook(301)), event(channel, hook(301, modified=1795502999000))
    await store.inbox.receive([known], [channel.identify(known.body)])
    recorded = await store.orders.record(ref, channel.to_canonical)
    assert recorded.applied == 1
    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await bus.send_inbound([known])
        await until(lambda: counters(dispatcher, queue).duplicates == 1)
        with pytest.raises(RPCError):
            await temporal.get_workflow_handle(ref.workflow_id).describe()

        await bus.send_inbound([later])
        await until(lambda: counters(dispatcher, queue).handed_over == 1)
        handle = temporal.get_workflow_handle(ref.workflow_id)
        await handle.terminate("closed by the test")
        await bus.send_inbound([later])
        await until(lambda: counters(dispatcher, queue).handed_over == 2)
    described = await temporal.get_workflow_handle(ref.workflow_id).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING


async def test_what_belongs_to_nobody_is_dead_lettered_by_name(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    channel = account(MARKET)
    stray = event(channel, hook(302)).model_copy(update={"account": "jeddah"})
    await bus.send_inbound([stray, event(channel, hook(303))])
    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await until(lambda: counters(dispatcher, QUEUE).dead_lettered == 1)
        await until(lambda: counters(dispatcher, QUEUE).handed_over == 1)
    (letter,) = await DeadLetters(bus, [MARKET]).list(QUEUE)
    assert letter.reason == "unknown_account"
    assert f"{MARKET}/jeddah" in letter.description
    assert str(stray.order_id) in letter.description


async def test_backfill_is_taken_too(bus: ServiceBus, store: Store, temporal: Client) -> None:
    channel = account(MARKET)
    await bus.send_inbound([event(channel, hook(304))], backfill=True)
    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await until(lambda: counters(dispatcher, f"{MARKET}-backfill").handed_over == 1)
    assert len(await news(temporal, ref_of(304).workflow_id)) == 1


async def test_one_event_that_the_store_chokes_on_holds_no_other_back(
    bus: ServiceBus, store: Store, temporal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = account(MARKET)
    bad = event(channel, hook(306))
    receive = store.inbox.receive

    async def choke(events: list[object], identities: list[object]) -> object:
        if bad.event_id in {e.event_id for e in events}:  # type: ignore[attr-defined]
            raise RuntimeError("cannot hold this")
        return await receive(events, identities)  # type: ignore[arg-type]

    monkeypatch.setattr(store.inbox, "receive", choke)
    await bus.send_inbound([event(channel, hook(305)), bad, event(channel, hook(307))])
    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await until(lambda: counters(dispatcher, QUEUE).handed_over == 2)
        # It comes again and again until the broker itself puts it aside, and only it does.
        await until(lambda: counters(dispatcher, QUEUE).abandoned >= 1)
        monkeypatch.setattr(store.inbox, "receive", receive)
        await until(lambda: counters(dispatcher, QUEUE).handed_over == 3)


async def test_counts_add_up(bus: ServiceBus, store: Store, temporal: Client) -> None:
    channel = account(MARKET)
    before = await store.inbox.counts()
    await bus.send_inbound([event(channel, hook(310 + n)) for n in range(20)])
    await bus.send_inbound([event(channel, b"{no json")])
    async with dispatching(bus, store, temporal, channel) as dispatcher:
        await until(lambda: counters(dispatcher, QUEUE).handed_over == 20)
        await until(lambda: counters(dispatcher, QUEUE).dead_lettered == 1)
    after = await store.inbox.counts()
    received, dead = InboxState.RECEIVED, InboxState.DEAD_LETTERED
    assert after.get(received, 0) - before.get(received, 0) == 20
    assert after.get(dead, 0) - before.get(dead, 0) == 1
