"""Polls: everything reaches the bus before the watermark moves, nothing known goes twice."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.bodies.polling import Polling
from activities.ports import BusUnavailableError
from activities.signatures.accounts import PollInput, PollResult
from activities.signatures.start import PollSubject
from canonical.envelope import Source
from canonical.states import ParcelState
from channels.errors import ThrottledError
from store import Cursor
from tests.fixtures.toy import order_of
from tests.fixtures.world import World


async def _poll(world: World, subject: PollSubject = PollSubject.ORDERS) -> PollResult:
    arg = PollInput(channel=world.channel.name, account=world.channel.account, subject=subject)
    result: PollResult = await ActivityEnvironment().run(Polling(world.platform).poll_orders, arg)
    return result


async def _cursor(world: World) -> Cursor | None:
    return await world.store.cursors.get(
        world.channel.name, world.channel.account, PollSubject.ORDERS.value
    )


async def _watched(world: World) -> None:
    """An account that was polled before."""
    await _poll(world)
    world.bus.backfill.clear()


async def test_a_first_poll_goes_back_as_far_as_allowed_by_the_backfill_queue(world: World) -> None:
    for number in range(5):
        world.channel.put(order_of(world.ref(f"{number}")))
    result = await _poll(world)
    assert (result.events, result.known) == (5, 0)
    assert {e.source for e in world.bus.backfill} == {Source.BACKFILL}
    since, until = world.channel.asked[0]
    assert until - since == timedelta(days=14)


async def test_later_polls_overlap_and_drop_what_is_applied(world: World) -> None:
    await _watched(world)
    ref = world.ref("1")
    await world.receive(ref, world.channel.put(order_of(ref)))
    await world.record(ref)
    world.channel.put(order_of(world.ref("2")))
    before = await _cursor(world)
    result = await _poll(world)
    assert (result.events, result.known) == (1, 1)
    assert [(e.order_id, e.source) for e in world.bus.inbound] == [("2", Source.POLL)]
    assert before is not None
    since, _ = world.channel.asked[-1]
    assert since == datetime.fromisoformat(before.value) - timedelta(minutes=5)


async def test_a_walk_reads_all_again_behind_live_traffic_and_moves_no_other_watermark(
    world: World,
) -> None:
    assert (await _poll(world, PollSubject.WALK)).watermark is None, "not every channel has walks"
    pace = world.channel.abilities.polling
    assert pace is not None
    walks = pace.model_copy(update={"walk_every": timedelta(days=1)})
    world.channel.abilities = world.channel.abilities.model_copy(update={"polling": walks})
    await _watched(world)
    before = await _cursor(world)
    ref = world.ref("1")
    await world.receive(ref, world.channel.put(order_of(ref)))
    await world.record(ref)
    world.channel.put(order_of(world.ref("never shown")))
    for _ in range(2):
        result = await _poll(world, PollSubject.WALK)
        assert (result.events, result.known) == (1, 1)
        since, until = world.channel.asked[-1]
        assert until - since == timedelta(days=14)
    assert {e.order_id for e in world.bus.backfill} == {"never shown"}
    assert world.bus.inbound == []
    assert await _cursor(world) == before


async def test_only_a_watermark_beyond_the_reach_is_a_gap(world: World) -> None:
    await _watched(world)
    pace = world.channel.abilities.polling
    assert pace is not None
    whole = pace.model_copy(update={"overlap": pace.reach})
    world.channel.abilities = world.channel.abilities.model_copy(update={"polling": whole})
    with capture_logs() as logs:
        await _poll(world)
    assert [x["log_level"] for x in logs if x["event"].startswith("poll gap")] == []
    cursor = await _cursor(world)
    assert cursor is not None
    old = (datetime.now(UTC) - pace.reach - timedelta(hours=1)).isoformat()
    world_of = (world.channel.name, world.channel.account, PollSubject.ORDERS.value)
    assert await world.store.cursors.commit(*world_of, old, cursor.version)
    with capture_logs() as logs:
        await _poll(world)
    assert [x["log_level"] for x in logs if x["event"].startswith("poll gap")] == ["warning"]


async def test_a_change_after_the_end_is_not_taken_for_known(world: World) -> None:
    await _watched(world)
    ref = world.ref("1")
    await world.receive(ref, world.channel.put(order_of(ref, ParcelState.DELIVERED)))
    await world.record(ref)
    world.channel.move("1", ParcelState.RETURNED)
    assert (await _poll(world)).events == 1


@pytest.mark.parametrize("late", [False, True])
async def test_trouble_on_the_way_leaves_the_watermark_where_it_was(
    world: World, late: bool
) -> None:
    await _watched(world)
    before = await _cursor(world)
    for number in range(5):
        world.channel.put(order_of(world.ref(f"{number}")))
    if late:
        world.channel.breaks_after = 1
        error: type[Exception] = ApplicationError
    else:
        world.bus.away = True
        error = BusUnavailableError
    with pytest.raises(error):
        await _poll(world)
    assert await _cursor(world) == before
    world.channel.breaks_after, world.bus.away = None, False
    await _poll(world)
    assert {e.order_id for e in world.bus.inbound} == {"0", "1", "2", "3", "4"}


async def test_a_quota_is_waited_for(world: World) -> None:
    world.channel.breaks_after = 0
    world.channel.break_error = ThrottledError(
        world.channel.name, "riyadh", "list", "429", retry_after=timedelta(seconds=9)
    )
    with pytest.raises(ApplicationError) as raised:
        await _poll(world)
    assert raised.value.next_retry_delay == timedelta(seconds=9)


async def test_of_two_polls_at_once_one_moves_the_watermark(world: World) -> None:
    world.channel.put(order_of(world.ref("1")))

    async def meanwhile() -> None:
        await world.store.cursors.commit(
            world.channel.name,
            world.channel.account,
            PollSubject.ORDERS.value,
            datetime(2026, 11, 24, tzinfo=UTC).isoformat(),
            None,
        )

    world.channel.before_listing = meanwhile
    result = await _poll(world)
    cursor = await _cursor(world)
    assert result.watermark is None
    assert cursor and cursor.value.startswith("2026-11-24")


async def test_an_unreadable_event_is_sent_too_and_an_oversized_one_is_a_dead_letter(
    world: World,
) -> None:
    await _watched(world)
    world.channel.junk = [b"<html>"]
    huge = world.channel.put(order_of(world.ref("huge")))
    assert huge.identity is not None
    world.bus.too_large = {huge.identity.event_id}
    world.channel.put(order_of(world.ref("small")))
    await _poll(world)
    assert {e.order_id for e in world.bus.inbound} == {"small", None}
    body = await world.store.inbox.body(
        world.channel.name, world.channel.account, huge.identity.event_id
    )
    assert body == huge.body


async def test_what_cannot_be_read_is_one_dead_letter_however_often_it_is_met(world: World) -> None:
    await _watched(world)
    world.channel.junk = [b"<html>", b"<p>"]
    await _poll(world)
    first, second = world.bus.inbound
    assert first.event_id != second.event_id
    await _poll(world)
    assert [e.event_id for e in world.bus.inbound[2:]] == [first.event_id, second.event_id]
    await world.store.inbox.dead_letter(first, "contract", "no JSON")
    result = await _poll(world)
    assert (result.events, result.known) == (1, 1)
    assert [e.body for e in world.bus.inbound[4:]] == [b"<p>"]
