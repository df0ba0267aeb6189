"""Taking messages from the broker, for tests."""

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from bridge.bus import ServiceBus
from bridge.bus.messages import inbound_event
from canonical.envelope import InboundEvent


async def take(
    receiver: ServiceBusReceiver, count: int, wait: float = 5
) -> list[ServiceBusReceivedMessage]:
    """Receives and completes exactly `count` messages."""
    taken: list[ServiceBusReceivedMessage] = []
    while len(taken) < count:
        page = await receiver.receive_messages(count - len(taken), max_wait_time=wait)
        assert page, f"{len(taken)} of {count} messages came within {wait} s"
        for message in page:
            await receiver.complete_message(message)
        taken += page
    return taken


async def events(bus: ServiceBus, queue: str, count: int) -> list[InboundEvent]:
    """Takes `count` inbound events from a queue."""
    async with bus.receiver(queue) as receiver:
        return [inbound_event(m) for m in await take(receiver, count)]
