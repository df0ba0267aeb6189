"""A label that the internal systems ask for, from their command to their event."""

from temporalio.client import Client

from canonical.states import ParcelState
from channels.errors import RefusedError
from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import TOY_ABILITIES, order_of
from tests.fixtures.world import world_of

LABELS = TOY_ABILITIES.model_copy(update={"labels": True})


async def test_a_label_comes_after_acceptance_and_a_refused_one_waits_for_a_person(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store, LABELS)
    ref = world.ref("5001")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref)))
        await world.until_told("order.received")
        world.channel.labels = [
            RefusedError(ref.channel, ref.account, "label.read", "no cargo number yet")
        ]
        await world.want_label(ref, "l1")
        await world.accept(ref)
        (refused,) = await world.until_labelled()
        assert "order.released" in world.bus.kinds, "it came after what matters more"
        assert refused.refused == "no cargo number yet"
        standing = await world.until_attention(ref, "refused")
        assert standing.attention and "no cargo number yet" in standing.attention.what_happened
        for _ in range(2):
            await world.want_label(ref, "l2", "p1")
        _, came = await world.until_labelled(2)
        assert (came.command_id, came.refused, len(came.labels)) == ("l2", "", 1)
        await world.until_attention(ref, None)
        await world.ship(ref)
        await world.until_done(ref, "ready/p1")
        for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
            await world.hook(ref, world.channel.move(ref.order_id, state))
        outcome = await world.outcome(ref)
    assert (outcome.state, outcome.attention) == ("delivered", None)
    assert len(world.bus.labels) == 2
    await keep_history(world.handle(ref), "order-labelled")


async def test_a_label_of_a_finished_order_is_fetched_too(temporal: Client, store: Store) -> None:
    world = world_of(temporal, store, LABELS)
    ref = world.ref("5002")
    async with world.working():
        await world.hook(ref, world.channel.put(order_of(ref, ParcelState.SHIPPED)))
        await world.until_told("order.received")
        await world.hook(ref, world.channel.move(ref.order_id, ParcelState.DELIVERED))
        await world.outcome(ref)
        await world.want_label(ref, "reprint", "p1")
        (came,) = await world.until_labelled()
        assert came.command_id == "reprint"
        assert (await world.outcome(ref)).state == "delivered"
