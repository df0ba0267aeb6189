"""A saturated quota is used to its edge, both lanes get their share, and nothing is refused."""

from copy import deepcopy

import pytest

from canonical.abilities import Quota
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


@pytest.mark.parametrize("processes", [1, 4])
@pytest.mark.parametrize(
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
def test_both_lanes_fill_the_quota(one: Quota, market: Market, due: int, processes: int) -> None:
    world = World([one], patience=60)
    world.lasting = market.lasting if isinstance(market, ConcurrencyMarket) else 0.0
    for _ in range(processes):
        number = world.process()
        for _ in range(due):
            world.call(number, 0.0)
        for _ in range(due // 2):
            world.call(number, 0.0, urgent=True)
    world.run(SPAN)
    world.close()
    assert world.refusals(deepcopy(market)) == 0
    assert len(world.left) >= 0.95 * due
