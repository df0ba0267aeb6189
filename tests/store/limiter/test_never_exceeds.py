"""No schedule of calls, stalls, deaths, clock settings, outages and refusals exceeds a quota.

The marketplace is a model of its own (`market`): it counts calls as they arrive, 0 to 50 ms after
they left.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from canonical.abilities import Quota
from tests.store.limiter.given import quota
from tests.store.limiter.market import (
    BucketMarket,
    ConcurrencyMarket,
    Market,
    PeriodMarket,
    WindowMarket,
)
from tests.store.limiter.world import Call, World

SPAN = 25.0
EXAMPLES = int(os.environ.get("SOUK_LIMITER_EXAMPLES", "60"))
Event = tuple[float, Callable[[], None]]
MOMENT = st.floats(0, SPAN - 5, allow_subnormal=False)


@dataclass(frozen=True)
class Case:
    """A quota, how the marketplace keeps it, and how long its calls last."""

    quota: Quota
    market: Callable[[], Market]
    lasting: float = 0.0


def _window(limit: int, per: float) -> Case:
    return Case(quota(limit, per), lambda: WindowMarket(limit, per))


def _bucket(limit: int, per: float, burst: int) -> Case:
    return Case(quota(limit, per, "bucket", burst=burst), lambda: BucketMarket(limit, per, burst))


def _period(limit: int, per: float, skew: float) -> Case:
    return Case(quota(limit, per, "period"), lambda: PeriodMarket(limit, per, skew))


def _concurrency(limit: int, lasting: float) -> Case:
    return Case(
        quota(limit, lasting + 0.5, "concurrency"),
        lambda: ConcurrencyMarket(limit, lasting),
        lasting,
    )


CASES = st.one_of(
    st.builds(_window, st.integers(1, 60), st.sampled_from([0.5, 1.0, 4.0, 10.0])),
    st.builds(
        _bucket,
        st.integers(1, 20),
        st.sampled_from([0.5, 1.0, 5.0]),
        st.sampled_from([1, 2, 7, 30]),
    ),
    st.builds(_period, st.integers(1, 40), st.just(8.0), st.sampled_from([-0.03, 0.0, 0.03])),
    st.builds(_concurrency, st.integers(1, 9), st.sampled_from([0.2, 1.5])),
)
CALLS = st.lists(
    st.tuples(MOMENT, st.integers(1, 40), st.booleans(), st.integers(0, 3)), min_size=1, max_size=8
)
STALLS = st.lists(st.tuples(MOMENT, st.floats(0.01, 11), st.integers(0, 3)), max_size=4)
DEATHS = st.lists(st.tuples(MOMENT, st.integers(0, 3)), max_size=2)
OUTAGES = st.lists(st.tuples(MOMENT, st.floats(0.1, 11)), max_size=1)
CLOCKS = st.lists(
    st.tuples(MOMENT, st.sampled_from([-3600.0, -3.0, -0.5, 0.5, 3.0, 60.0])), max_size=2
)
REFUSALS = st.lists(st.tuples(st.integers(1, 60), st.floats(0.1, 5)), max_size=4)
SLOWNESS = st.sampled_from([0.001, 0.01, 0.15])


def _play(world: World, case: Case, events: list[Event]) -> None:
    world.lasting = case.lasting
    try:
        world.run(SPAN, events)
    finally:
        world.close()


def _stalls(world: World, stalls: list[tuple[float, float, int]]) -> list[Event]:
    return [(t, partial(world.stall, process, length)) for t, length, process in stalls]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    case=CASES,
    calls=CALLS,
    stalls=STALLS,
    deaths=DEATHS,
    outages=OUTAGES,
    refusals=REFUSALS,
    slow=SLOWNESS,
    seed=st.integers(0, 1000),
)
def test_no_schedule_exceeds_the_quota(
    case: Case,
    calls: list[tuple[float, int, bool, int]],
    stalls: list[tuple[float, float, int]],
    deaths: list[tuple[float, int]],
    outages: list[tuple[float, float]],
    refusals: list[tuple[int, float]],
    slow: float,
    seed: int,
) -> None:
    world = _world(case, calls, slow, seed)
    counts = dict(refusals)

    def refused(call: Call) -> float | None:
        return counts.get(len(world.left))

    world.on_leave = refused
    events = _stalls(world, stalls)
    # A killed process's calls still run at the marketplace, which the model of them does not see.
    events += [(t, partial(world.kill, p)) for t, p in deaths if not case.lasting]
    for start, length in outages:
        events.append((start, partial(setattr, world.database, "away", True)))
        events.append((start + length, partial(setattr, world.database, "away", False)))
    _play(world, case, events)
    event(f"{case.quota.kind}, some left: {bool(world.left)}")
    assert world.refusals(case.market()) == 0


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    case=CASES.filter(lambda case: case.quota.kind != "period"),
    calls=CALLS,
    clocks=CLOCKS,
    stalls=STALLS,
    slow=SLOWNESS,
    seed=st.integers(0, 1000),
)
def test_a_database_clock_that_is_set_exceeds_no_quota(
    case: Case,
    calls: list[tuple[float, int, bool, int]],
    clocks: list[tuple[float, float]],
    stalls: list[tuple[float, float, int]],
    slow: float,
    seed: int,
) -> None:
    """For processes that know the clock: one that has just begun cannot tell that it was set.

    A period, by the marketplace's own midnight, does not move with our clock.
    """
    world = _world(case, calls, slow, seed)

    def move(seconds: float) -> None:
        world.database.offset += seconds

    for process in range(4):
        world.call(process, 0.0)
    later = [(1 + t, length, process) for t, length, process in stalls]
    events = [(1 + t, partial(move, s)) for t, s in clocks] + _stalls(world, later)
    _play(world, case, events)
    assert world.refusals(case.market()) == 0


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls=CALLS, stalls=STALLS, seed=st.integers(0, 1000))
def test_a_call_that_several_quotas_count_exceeds_none(
    calls: list[tuple[float, int, bool, int]],
    stalls: list[tuple[float, float, int]],
    seed: int,
) -> None:
    quotas = [
        quota(10, 2, name="a"),
        quota(30, 10, name="both", operations=("op", "other")),
        quota(2, 1, "bucket", burst=8, name="bucket", operations=()),
    ]
    world = World(quotas, seed)
    for _ in range(4):
        world.process()
    for moment, number, urgent, process in calls:
        for n in range(number):
            world.call(process, moment, urgent=urgent, op="op" if n % 2 else "other")
    world.run(SPAN, _stalls(world, stalls))
    world.close()
    assert world.refusals(WindowMarket(30, 10)) == 0
    assert world.refusals(BucketMarket(2, 1, 8)) == 0


def _world(case: Case, calls: list[tuple[float, int, bool, int]], slow: float, seed: int) -> World:
    world = World([case.quota], seed)
    world.database.slow = slow
    world.database.lossy = 0.2 if seed % 2 else 0.0
    for _ in range(4):
        world.process()
    for moment, number, urgent, process in calls:
        for _ in range(number):
            world.call(process, moment, urgent=urgent)
    return world
