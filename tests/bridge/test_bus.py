import asyncio
from datetime import UTC, datetime

import pytest
from azure.servicebus import ServiceBusMessage

from activities.ports import TooLargeForBusError
from bridge.bus import ServiceBus
from bridge.bus.messages import body_bytes, text_properties
from canonical.events import OrderEvent, OrderEventKind
from canonical.identity import OrderRef
from canonical.states import OrderState
from tests.bridge.marketplaces import account, event, hook
from tests.bridge.messages import events, take

MARKET = "market0"


async def test_an_event_arrives_as_it_was_sent(bus: ServiceBus) -> None:
    sent = event(account(MARKET), hook(1))
    await bus.send_inbound([sent])
    assert await events(bus, f"{MARKET}-inbound", 1) == [sent]


async def test_an_unreadable_event_is_known_by_its_message(bus: ServiceBus) -> None:
    sent = event(account(MARKET), b"{no json")
    await bus.send_inbound([sent], backfill=True)
    (got,) = await events(bus, f"{MARKET}-backfill", 1)
    assert got == sent
    assert got.event_id.startswith("message:")
    assert got.order_id is None


async def test_batches_are_cut_where_the_bus_wants_it(bus: ServiceBus) -> None:
    channel = account(MARKET)
    sent = [event(channel, hook(n, note="x" * 40_000)) for n in range(20)]
    await bus.send_inbound(sent)
    got = await events(bus, f"{MARKET}-inbound", 20)
    assert {e.event_id for e in got} == {e.event_id for e in sent}


async def test_an_event_too_large_for_the_bus_holds_no_other_back(bus: ServiceBus) -> None:
    channel = account(MARKET)
    large = event(channel, hook(31, note="x" * 300_000))
    with pytest.raises(TooLargeForBusError) as caught:
        await bus.send_inbound([event(channel, hook(30)), large, event(channel, hook(32))])
    assert caught.value.events == (large,)
    assert "10600000031" in str(caught.value)
    assert len(await events(bus, f"{MARKET}-inbound", 2)) == 2


async def test_order_events_reach_the_erp_and_nothing_vanishes(bus: ServiceBus) -> None:
    channel = account(MARKET)
    order = channel.to_canonical(hook(40))
    ref = OrderRef(channel=MARKET, account="riyadh", order_id="4" * 200)
    told = OrderEvent(
        event_id=f"{ref.workflow_id}/publish/order.received",
        kind=OrderEventKind.RECEIVED,
        ref=ref,
        state=OrderState.NEW,
        order_version=1,
        correlation_id="c0ffee",
        occurred_at=datetime.now(UTC),
        order=order,
    )
    await bus.publish(told)
    unmatched = ServiceBusMessage("{}", application_properties={"kind": "order.unheard-of"})
    without_kind = ServiceBusMessage("{}")
    async with bus.client.get_topic_sender("orders") as sender:
        await sender.send_messages([unmatched, without_kind])
    async with bus.client.get_subscription_receiver("orders", "erp") as receiver:
        (message,) = await take(receiver, 1)
        assert not await receiver.receive_messages(1, max_wait_time=0.5)
    async with bus.client.get_subscription_receiver("orders", "catch-all") as receiver:
        assert len(await take(receiver, 2)) == 2

    assert OrderEvent.model_validate_json(body_bytes(message)) == told
    assert body_bytes(message).startswith(b'{"schema":"souk.event/1"')
    assert text_properties(message)["kind"] == "order.received"
    assert message.message_id is not None
    assert len(message.message_id) <= 128
    assert message.session_id == ref.key


async def test_sends_share_one_link(bus: ServiceBus) -> None:
    channel = account(MARKET)
    await bus.send_inbound([event(channel, hook(50))])
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(bus.send_inbound([event(channel, hook(51 + n))]) for n in range(10)))
    # Opening a link takes the SDK more than half a second.
    assert loop.time() - began < 0.5
    assert len(await events(bus, f"{MARKET}-inbound", 11)) == 11
