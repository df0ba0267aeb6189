"""A saturated quota is used to its edge, both lanes get their share, and nothing is refused."""

from copy import deepcopy
from functools import partial

import pytest

from canonical.abilities import Quota
from store.limiter import Rule
from tests.store.limiter.given import quota
from tests.store.limiter.market import (
    BucketMarket,
    ConcurrencyMarket,
    Market,
    PeriodMarket,
    WindowMarket,
)
from tests.store.limiter.world import World

SPAN = 60.0


CASES = pytest.mark.parametrize(
    ("one", "market", "due"),
    [
        (quota(50, 10), WindowMarket(50, 10), 300),
        (quota(4, 5), WindowMarket(4, 5), 48),
        (quota(300, 12), WindowMarket(300, 12), 1500),
        (quota(10, 1, "bucket", burst=20), BucketMarket(10, 1, 20), 600),
        (quota(1, 2, "bucket", burst=1), BucketMarket(1, 2, 1), 30),
        (quota(120, 20, "period"), PeriodMarket(120, 20), 360),
        (quota(8, 2, "concurrency"), ConcurrencyMarket(8, 0.5), 857),
    ],
)


def _saturated(one: Quota, market: Market, due: int, processes: int, seed: int = 0) -> World:
    world = World([one], seed, patience=60)
    world.lasting = market.lasting if isinstance(market, ConcurrencyMarket) else 0.0
    for _ in range(processes):
        number = world.process()
        for _ in range(due):
            world.call(number, 0.0)
        for _ in range(due // 2):
            world.call(number, 0.0, urgent=True)
    return world


@pytest.mark.parametrize("processes", [1, 4])
@CASES
def test_both_lanes_fill_the_quota(one: Quota, market: Market, due: int, processes: int) -> None:
    world = _saturated(one, market, due, processes)
    world.run(SPAN)
    world.close()
    assert world.refusals(deepcopy(market)) == 0
    assert len(world.left) >= 0.95 * due
    urgent = sum(call.urgent for call in world.left)
    if due >= 100:  # which lane goes first is chance: among few calls it tells nothing
        assert 0.15 <= urgent / len(world.left) <= 0.85
    else:
        assert 0 < urgent < len(world.left)


@CASES
def test_short_stalls_cost_little(one: Quota, market: Market, due: int) -> None:
    """A slot that lapses in a stall is used by somebody else: of a bucket, too."""
    world = _saturated(one, market, due, 4, seed=3)
    stalls = []
    for number in range(4):
        at = 0.0
        while (at := at + world.rng.expovariate(5)) < SPAN:
            stalls.append((at, partial(world.stall, number, world.rng.uniform(0, 0.15))))
    world.run(SPAN, stalls)
    world.close()
    assert world.refusals(deepcopy(market)) == 0
    assert len(world.left) >= 0.9 * due


@pytest.mark.parametrize(
    ("one", "market"),
    [
        (quota(50, 10), WindowMarket(50, 10)),
        (quota(10, 1, "bucket", burst=20), BucketMarket(10, 1, 20)),
        (quota(100, 10, "period"), PeriodMarket(100, 10)),
    ],
)
@pytest.mark.parametrize("fate", ["killed", "stalled"])
def test_who_dies_or_stalls_takes_no_more_along_than_its_slots_ahead(
    one: Quota, market: Market, fate: str
) -> None:
    world = _saturated(one, market, 300, 4)
    ends = {"killed": partial(world.kill, 0), "stalled": partial(world.stall, 0, 10.0)}
    world.run(SPAN, [(20.0, ends[fate])])
    world.close()
    assert world.refusals(deepcopy(market)) == 0
    due = one.limit / one.per.total_seconds() * 30
    # A ticket of the dead is one call in each window.
    lost = Rule("", one.kind, one.limit, 1000, one.burst).at_once + due / one.limit
    assert len([call for call in world.left if 20 <= call.left < 50]) >= 0.95 * due - lost
