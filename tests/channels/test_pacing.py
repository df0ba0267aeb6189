"""The limiter of one process: no window of any length ever holds more than its quota."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical.abilities import Quota, QuotaScope
from channels.errors import ThrottledError
from channels.pacing import MARGIN, Pacing
from channels.trendyol import ABILITIES
from tests.channels.leap import LeapLoop, run

MARGIN_S = MARGIN.total_seconds()


def quota(limit: int, seconds: float, *operations: str, name: str = "q", **more: object) -> Quota:
    return Quota.model_validate(
        {
            "name": name,
            "limit": limit,
            "per": timedelta(seconds=seconds),
            "operations": operations,
            **more,
        }
    )


def now() -> float:
    return asyncio.get_running_loop().time()


async def leaves(
    pacing: Pacing, operation: str, count: int, *, urgent: bool = False
) -> list[float]:
    """When each of `count` calls that come at once may leave; those refused are left out."""
    left: list[float] = []

    async def one() -> None:
        try:
            await pacing.reserve("acc", operation, urgent=urgent)
        except ThrottledError:
            return
        left.append(now())

    await asyncio.gather(*(one() for _ in range(count)))
    return left


def fullest(times: list[float], window: float) -> int:
    """How many of `times` fall into the fullest half-open window."""
    return max((sum(t <= x < t + window for x in times) for t in times), default=0)


@settings(max_examples=60, deadline=None)
@given(
    limit=st.integers(1, 12),
    seconds=st.sampled_from([0.5, 2.0, 5.0]),
    calls=st.lists(st.tuples(st.floats(0, 20), st.booleans()), min_size=1, max_size=60),
    stalls=st.lists(st.tuples(st.floats(0, 20), st.floats(0, 3)), max_size=4),
)
def test_no_window_holds_more_than_the_quota(
    limit: int,
    seconds: float,
    calls: list[tuple[float, bool]],
    stalls: list[tuple[float, float]],
) -> None:
    left: list[float] = []

    async def call(at: float, urgent: bool) -> None:
        await asyncio.sleep(at)
        try:
            await pacing.reserve("acc", "op", urgent=urgent)
        except ThrottledError:
            return
        left.append(now())

    async def stall(at: float, length: float) -> None:
        await asyncio.sleep(at)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, LeapLoop)
        loop.stall(length)

    async def work() -> None:
        await asyncio.gather(*(call(*c) for c in calls), *(stall(*s) for s in stalls))

    pacing = Pacing("toy", [quota(limit, seconds, "op")])
    run(work())
    # With the margin: even a marketplace whose clock jitters by 50 ms at both ends is content.
    assert fullest(left, seconds + MARGIN_S - 1e-6) <= limit


def test_the_quota_is_used_to_the_full() -> None:
    left = run(leaves(Pacing("toy", [quota(3, 2.0, "op")]), "op", 9))
    step = 2.0 + MARGIN_S
    assert left == pytest.approx([0, 0, 0, step, step, step, 2 * step, 2 * step, 2 * step])


def test_a_slot_beyond_the_patience_is_refused_at_once_with_the_wait() -> None:
    async def work() -> None:
        pacing = Pacing("toy", [quota(1, 60.0, "op")])
        await pacing.reserve("acc", "op")
        with pytest.raises(ThrottledError) as refused:
            await pacing.reserve("acc", "op")
        assert now() == 0
        assert refused.value.retry_after == timedelta(seconds=60) + MARGIN
        assert (refused.value.channel, refused.value.account) == ("toy", "acc")
        await asyncio.sleep(refused.value.retry_after.total_seconds())
        await pacing.reserve("acc", "op")

    run(work())


def test_those_who_wait_count_for_those_who_come_later() -> None:
    left = run(leaves(Pacing("toy", [quota(1, 4.0, "op")]), "op", 10))
    assert left == pytest.approx([0, 4.1, 8.2])


def test_every_quota_of_an_operation_counts() -> None:
    quotas = [quota(5, 1.0, "a", name="a"), quota(6, 4.0, "a", "b", name="both")]
    pacing = Pacing("toy", quotas)

    async def work() -> list[float]:
        return await leaves(pacing, "b", 3) + await leaves(pacing, "a", 3)

    left = run(work())
    # One of six is kept: the sixth ordinary call waits for the first to be out of the window.
    assert left == pytest.approx([0, 0, 0, 0, 0, 4.1])


def test_an_operation_without_quota_and_other_accounts_do_not_wait() -> None:
    async def work() -> None:
        pacing = Pacing("toy", [quota(1, 60.0, "op")])
        await pacing.reserve("one", "op")
        await pacing.reserve("two", "op")
        for _ in range(100):
            await pacing.reserve("one", "free")
        assert now() == 0

    run(work())


def test_a_quota_of_the_address_counts_all_accounts_together() -> None:
    async def work() -> None:
        pacing = Pacing("toy", [quota(1, 2.0, scope=QuotaScope.ADDRESS)])
        await pacing.reserve("one", "a")
        await pacing.reserve("two", "b")
        assert now() == pytest.approx(2.1)

    run(work())


def test_urgent_calls_have_a_share_of_their_own_and_pass_those_who_wait() -> None:
    async def work() -> None:
        pacing = Pacing("toy", [quota(10, 5.0, "op")])
        ordinary = asyncio.create_task(leaves(pacing, "op", 12))
        await asyncio.sleep(0.5)
        assert await leaves(pacing, "op", 2, urgent=True) == [0.5, 0.5]
        left = await ordinary
        assert left[:8] == [0.0] * 8
        assert fullest([*left, 0.5, 0.5], 5.0) <= 10

    run(work())


def test_a_correction_holds_back_those_who_come_and_those_who_wait() -> None:
    async def work() -> list[float]:
        pacing = Pacing("toy", [quota(1, 1.0, "op")])
        waiting = asyncio.create_task(leaves(pacing, "op", 3))
        await asyncio.sleep(0.5)
        await pacing.correct("acc", "op", timedelta(seconds=5))
        await pacing.correct("acc", "op", timedelta(seconds=2))
        return await waiting

    left = run(work())
    assert left[0] == 0
    assert left[1:] == pytest.approx([5.5, 6.6])


def test_a_long_correction_ends_the_attempt() -> None:
    async def work() -> None:
        pacing = Pacing("toy", [quota(5, 1.0, "op")])
        await pacing.correct("acc", "op", timedelta(seconds=45))
        with pytest.raises(ThrottledError) as refused:
            await pacing.reserve("acc", "op")
        assert refused.value.retry_after == timedelta(seconds=45)
        await pacing.reserve("acc", "other")

    run(work())


def test_a_caller_who_goes_away_gives_the_slot_back() -> None:
    async def work() -> None:
        pacing = Pacing("toy", [quota(1, 3.0, "op")])
        await pacing.reserve("acc", "op")
        gone = asyncio.create_task(pacing.reserve("acc", "op"))
        await asyncio.sleep(1)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        await pacing.reserve("acc", "op")
        assert now() == pytest.approx(3.1)

    run(work())


def test_trendyols_stream_is_called_once_in_five_seconds() -> None:
    left = run(leaves(Pacing.of("trendyol", ABILITIES), "orders_stream", 4))
    assert left == pytest.approx([0, 5.1])
