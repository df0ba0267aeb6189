"""What time does to an order: silence, and runs that grow too long."""

from datetime import timedelta

from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from activities.signatures import search_attributes
from canonical.states import ParcelState
from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import order_of
from tests.fixtures.world import eventually, world_of


async def test_an_erp_that_is_silent_for_half_an_hour_is_an_attention(
    skipping: WorkflowEnvironment, store: Store, keep_history: Keep
) -> None:
    world = world_of(skipping.client, store)
    ref = world.ref("3001")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        standing = await world.until_attention(ref, "erp_silent")
        since = await skipping.get_current_time(world.handle(ref))
        assert standing.view is not None and standing.view.told_at is not None
        assert since - standing.view.told_at >= timedelta(minutes=30)
        await world.accept(ref)
        await world.until_told("order.released")
        await keep_history(world.handle(ref), "order-erp-silent")
        await world.handle(ref).terminate()


async def test_a_long_history_is_continued_in_a_new_run_with_nothing_lost(
    skipping: WorkflowEnvironment, store: Store, keep_history: Keep
) -> None:
    world = world_of(skipping.client, store)
    ref = world.ref("3002")
    async with world.working():
        with skipping.with_time_skipping_disabled():
            await world.hook(ref, world.channel.put(order_of(ref)))
            await world.until_told("order.received")
            first = (await world.handle(ref).describe()).run_id
            await world.handle(ref).signal("gibberish", 1)
            for _ in range(12):
                await world.wake(ref, [])
                await world.until_attention(ref, "contract")

        async def renewed() -> bool | None:
            return True if (await world.handle(ref).describe()).run_id != first else None

        await eventually(renewed, "a new run")
        old = world.client.get_workflow_handle(ref.workflow_id, run_id=first)
        await keep_history(old, "order-continued-as-new")
        await world.until_attention(ref, "contract")
        described = await world.handle(ref).describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        found = described.typed_search_attributes
        assert found.get(search_attributes.ATTENTION) == "contract"
        assert found.get(search_attributes.ORDER_ID) == "3002"
        await world.hook(ref, world.channel.move(ref.order_id, ParcelState.CANCELLED))
        outcome = await world.outcome(ref)
    assert outcome.state == "cancelled"
    assert world.bus.kinds == ["order.received", "order.cancelled"]
