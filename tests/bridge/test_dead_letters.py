from bridge.bus import ServiceBus
from bridge.bus.messages import inbound_event
from bridge.dead_letters import DeadLetters
from canonical.envelope import InboundEvent
from tests.bridge.marketplaces import account, event, hook
from tests.bridge.messages import take

MARKET = "market2"
QUEUE = f"{MARKET}-inbound"


async def dead(bus: ServiceBus, *letters: tuple[InboundEvent, str]) -> None:
    """Puts events among the dead letters of the test's queue, each with its reason."""
    await bus.send_inbound([e for e, _ in letters])
    reasons = {e.correlation_id: reason for e, reason in letters}
    async with bus.receiver(QUEUE) as receiver:
        left = len(letters)
        while left:
            for message in await receiver.receive_messages(left, max_wait_time=5):
                reason = reasons[inbound_event(message).correlation_id]
                await receiver.dead_letter_message(
                    message, reason=reason, error_description=f"because of {reason}"
                )
                left -= 1


async def test_listed_shown_and_sent_again_under_a_new_id(bus: ServiceBus) -> None:
    channel = account(MARKET)
    first, junk = event(channel, hook(200)), event(channel, b"{no json")
    await dead(bus, (first, "contract"), (junk, "contract"), (event(channel, hook(201)), "other"))
    letters = DeadLetters(bus, [MARKET])

    listed = [x for x in await letters.list() if x.entity == QUEUE]
    assert [x.reason for x in listed] == ["contract", "contract", "other"]
    assert listed[0].properties["order_id"] == first.order_id
    assert listed[0].description == "because of contract"
    shown = await letters.show(QUEUE, listed[0].sequence_number)
    assert shown is not None
    assert shown.letter == listed[0]
    assert (shown.body, shown.personal) == (first.body.decode(), True)

    numbers = [x.sequence_number for x in listed]
    done = await letters.replay(QUEUE, reason="contract", sequence_numbers=[*numbers[:2], 10_000])
    assert (done.sent, done.again, done.missing) == (tuple(numbers[:2]), (), (10_000,))
    (left,) = await letters.list(QUEUE)
    assert left.sequence_number == numbers[2]

    async with bus.receiver(f"{MARKET}-backfill") as receiver:
        messages = await take(receiver, 2)
    assert [inbound_event(m) for m in messages] == [first, junk]
    assert messages[1].message_id != junk.event_id.removeprefix("message:")
