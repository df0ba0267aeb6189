import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from activities.signatures.search_attributes import CHANNEL, ORDER_ID, STATUS
from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetters
from canonical.identity import OrderRef
from store import Store, StoreUnavailableError
from tests.bridge.marketplaces import ACCOUNT, REAL, WORKED, account, event, hook
from tests.bridge.running import Working, news, until

MARKET = WORKED[0]
QUEUE = f"{MARKET}-inbound"


def ref_of(number: int, market: str = MARKET) -> OrderRef:
    return OrderRef(channel=market, account=ACCOUNT, order_id=str(10600000000 + number))


async def test_an_order_is_woken_once_for_all_its_news_of_a_batch(
    bus: ServiceBus, store: Store, temporal: Client, working: Working
) -> None:
    channel = account(MARKET)
    for number in (300, 301, 302):  # a receive that ends just then makes two batches of one
        first = event(channel, hook(number))
        second = event(channel, hook(number, modified=1795502999000))
        done = working.since_now(QUEUE)
        await bus.send_inbound([first, second, first])
        await done.reach(received=3, handed_over=3)
        ref = ref_of(number)
        signals = await news(temporal, ref.workflow_id)
        if len(signals) == 1:
            break
    assert signals == [[first.event_id, second.event_id]]
    described = await temporal.get_workflow_handle(ref.workflow_id).describe()
    assert described.workflow_type == "Order"
    assert described.task_queue == MARKET
    assert described.typed_search_attributes[CHANNEL] == MARKET
    assert described.typed_search_attributes[ORDER_ID] == ref.order_id
    assert described.typed_search_attributes[STATUS] == "received"
    assert await described.static_summary() == f"{MARKET}/{ACCOUNT} order {ref.order_id}"
    for sent in (first, second):
        assert await store.inbox.body(MARKET, ACCOUNT, sent.event_id) == sent.body


async def test_what_is_applied_wakes_nobody_and_news_opens_a_closed_order(
    bus: ServiceBus, store: Store, temporal: Client, working: Working
) -> None:
    channel, ref = account(REAL), ref_of(301, REAL)
    known, later = event(channel, hook(301)), event(channel, hook(301, modified=1795502999000))
    await store.inbox.receive([known], [channel.identify(known.body)])
    recorded = await store.orders.record(ref, channel.to_canonical)
    assert recorded.applied == 1
    done = working.since_now(f"{REAL}-inbound")
    await bus.send_inbound([known])
    await done.reach(duplicates=1, handed_over=0)
    with pytest.raises(RPCError):
        await temporal.get_workflow_handle(ref.workflow_id).describe()

    await bus.send_inbound([later])
    await done.reach(handed_over=1)
    await temporal.get_workflow_handle(ref.workflow_id).terminate("closed by the test")
    await bus.send_inbound([later])
    await done.reach(handed_over=2)
    described = await temporal.get_workflow_handle(ref.workflow_id).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING


async def test_what_belongs_to_nobody_is_dead_lettered_by_name(
    bus: ServiceBus, working: Working
) -> None:
    channel = account(MARKET)
    stray = event(channel, hook(302)).model_copy(update={"account": "jeddah"})
    done = working.since_now(QUEUE)
    await bus.send_inbound([stray, event(channel, hook(303))])
    await done.reach(dead_lettered=1, handed_over=1)
    (letter,) = await DeadLetters(bus, [MARKET]).list(QUEUE)
    assert letter.reason == "unknown_account"
    assert f"{MARKET}/jeddah" in letter.description
    assert str(stray.order_id) in letter.description


async def test_backfill_is_taken_too(bus: ServiceBus, temporal: Client, working: Working) -> None:
    done = working.since_now(f"{MARKET}-backfill")
    await bus.send_inbound([event(account(MARKET), hook(304))], backfill=True)
    await done.reach(handed_over=1)
    assert len(await news(temporal, ref_of(304).workflow_id)) == 1


async def test_one_event_that_the_store_chokes_on_holds_no_other_back(
    bus: ServiceBus, store: Store, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = account(MARKET)
    bad = event(channel, hook(306))
    receive = store.inbox.receive

    async def choke(events: list[object], identities: list[object]) -> object:
        if bad.event_id in {e.event_id for e in events}:  # type: ignore[attr-defined]
            monkeypatch.undo()
            choked.append(len(events))
            monkeypatch.setattr(store.inbox, "receive", choke if len(choked) < 2 else receive)
            raise RuntimeError("cannot hold this")
        return await receive(events, identities)  # type: ignore[arg-type]

    choked: list[int] = []
    monkeypatch.setattr(store.inbox, "receive", choke)
    done, openings = working.since_now(QUEUE), working.dispatcher.breaker.openings
    await bus.send_inbound([event(channel, hook(305)), bad, event(channel, hook(307))])
    # Given back, it comes again, until the broker itself puts it aside. Here it is taken then.
    await done.reach(abandoned=1, handed_over=3)
    assert choked == [3, 1]
    assert working.dispatcher.breaker.openings == openings


async def test_while_the_store_is_away_nothing_is_received(
    bus: ServiceBus, store: Store, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailableError("the database does not answer")

    breaker, done = working.dispatcher.breaker, working.since_now(QUEUE)
    openings = breaker.openings
    with monkeypatch.context() as outage:
        outage.setattr(store.inbox, "receive", away)
        outage.setattr(store, "check", away)
        await bus.send_inbound([event(account(MARKET), hook(308))])
        await until(lambda: breaker.is_open)
        await done.reach(received=1, abandoned=1)
        assert breaker.why == "the database does not answer"
        # Two probes later it is as it was: the message was not touched again.
        await until(lambda: breaker.is_open and breaker.probes >= 2)
        assert (done.received, breaker.openings) == (1, openings + 1)
    await done.reach(received=2, handed_over=1)
    assert not breaker.is_open
