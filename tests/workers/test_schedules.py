"""Polls by Schedule: one run at a time, settings followed, what comes goes to the bus."""

from datetime import timedelta

from temporalio.client import Client, ScheduleOverlapPolicy

from activities.signatures.start import PollStart, PollSubject
from canonical.identity import poll_workflow_id
from store import Store
from tests.fixtures.histories import Keep
from tests.fixtures.toy import order_of
from tests.fixtures.world import eventually, world_of
from workers.schedules import ensure_poll


async def test_a_schedule_polls_at_once_and_follows_the_settings(
    temporal: Client, store: Store, keep_history: Keep
) -> None:
    world = world_of(temporal, store)
    start = PollStart(channel=world.channel.name, account=world.channel.account)
    for number in range(5):
        world.channel.put(order_of(world.ref(f"50{number}")))
    name = poll_workflow_id(start.channel, start.account)
    handle = temporal.get_schedule_handle(name)
    async with world.working():
        await ensure_poll(temporal, start, timedelta(hours=1))

        async def polled() -> bool | None:
            cursor = await store.cursors.get(start.channel, start.account, PollSubject.ORDERS.value)
            return True if cursor else None

        await eventually(polled, "the first poll")
        await handle.pause(note="by a person")
        await ensure_poll(temporal, start, timedelta(minutes=2))
        described = await handle.describe()
        runs = described.info.recent_actions
        poll = temporal.get_workflow_handle(runs[-1].action.workflow_id)  # type: ignore[attr-defined]
        await poll.result()
        await keep_history(poll, "poll-first")
    await handle.delete()

    assert len(world.bus.backfill) == 5, "a first poll must not stand before live orders"
    assert world.bus.inbound == []
    assert described.schedule.spec.intervals[0].every == timedelta(minutes=2)
    assert described.schedule.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert described.schedule.policy.catchup_window == timedelta(minutes=2)
    assert described.schedule.state.paused, "a person's pause outlives a restart"
