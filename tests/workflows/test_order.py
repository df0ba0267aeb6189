"""The order's story, from the first hook to the end."""

from temporalio.client import Client, WorkflowExecutionStatus

from canonical.actions import ActionKind
from canonical.states import ParcelState
from store import Store
from tests.fixtures.toy import order_of
from tests.fixtures.world import World, world_of


async def test_an_order_is_followed_from_its_first_hook_to_its_end(
    temporal: Client, store: Store
) -> None:
    world = world_of(temporal, store)
    ref = world.ref("1001")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        received = await world.until_told("order.received")
        assert received.event_id == f"{ref.workflow_id}/publish/order.received"
        await world.accept(ref)
        released = await world.until_told("order.released")
        await world.acknowledge(ref, released.event_id)
        await world.ship(ref)
        await world.until_done(ref, "ready/p1")
        for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
            await world.hook(ref, world.channel.move(ref.order_id, state))
        outcome = await world.handle(ref).result()

    assert (outcome.state, outcome.attention) == ("delivered", None)
    assert world.bus.kinds[:2] == ["order.received", "order.released"]
    assert world.bus.published[-1].state == "delivered"
    assert [a.kind for a in world.channel.performed] == [ActionKind.ACCEPT, ActionKind.READY]
    assert (await world.handle(ref).describe()).status is WorkflowExecutionStatus.COMPLETED
