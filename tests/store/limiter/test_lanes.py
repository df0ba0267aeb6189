"""Urgent calls, outages and refusals."""

import pytest

from canonical.abilities import Quota
from tests.store.limiter.given import quota
from tests.store.limiter.market import BucketMarket, WindowMarket
from tests.store.limiter.world import Call, World


@pytest.mark.parametrize(
    ("one", "each"),
    [
        (quota(50, 10), 10 / (50 * 0.2)),
        (quota(300, 60), 60 / (300 * 0.2)),
        (quota(10, 1, "bucket", burst=20), 1 / (10 * 0.2)),
    ],
)
def test_urgent_calls_pass_ten_thousand_within_an_emission_interval_of_their_share(
    one: Quota, each: float
) -> None:
    world = World([one])
    for number in range(4):
        world.process()
        for _ in range(2500):
            world.call(number, 0.0)
    for n in range(5):
        world.call(n % 4, 40 + 4 * n, urgent=True)
    world.run(64)
    world.close()
    waits = [call.left - call.asked for call in world.left if call.urgent]
    assert len(waits) == 5
    assert max(waits) <= each
    assert len(world.hinted) > 9_000


def test_who_is_sent_away_comes_again_spread_at_the_quotas_pace() -> None:
    world = World([quota(50, 10)])
    world.process()
    for _ in range(1000):
        world.call(0, 0.0)
    world.run(35)
    world.close()
    waits = sorted(world.hinted)
    assert 150 < waits[-1] < 200  # 850 were sent away, at 5 in a second
    assert all(
        later - earlier > 9 for earlier, later in zip(waits[10:700], waits[65:755], strict=True)
    )


def test_while_the_database_is_away_urgent_calls_have_a_small_budget() -> None:
    world = World([quota(100, 5)])
    for number in range(2):
        world.process()
        world.call(number, 0.0)
    away, back = 12.0, 32.0
    for n in range(8):
        world.call(n % 2, away + 1 + 2 * n, urgent=True)
        world.call(n % 2, away + 1 + 2 * n)
    events = [
        (away, lambda: setattr(world.database, "away", True)),
        (back, lambda: setattr(world.database, "away", False)),
    ]
    world.run(60, events)
    world.close()
    meanwhile = [call for call in world.left if away + 0.5 < call.left < back]
    assert {call.process for call in meanwhile if call.urgent} == {0, 1}
    assert len([call for call in meanwhile if call.urgent]) >= 6
    assert not [call for call in meanwhile if not call.urgent]
    assert len(world.left) == 18  # the others waited and left later
    assert world.refusals(WindowMarket(100, 5)) == 0


def test_an_unannounced_halving_costs_few_refusals_and_is_kept_from_then_on() -> None:
    world = World([quota(50, 10)], patience=60)
    old, new = WindowMarket(50, 10), WindowMarket(25, 10)
    refused: list[float] = []

    def judged(call: Call) -> float | None:
        market = old if call.left < 40 else new
        if call.left < 40:
            new.takes(call.left)
        if market.takes(call.left):
            return None
        refused.append(call.left)
        return 1.0

    world.on_leave = judged
    for number in range(4):
        world.process()
        for _ in range(200):
            world.call(number, 0.0, urgent=number == 0)
    world.run(100)
    world.close()
    assert 1 <= len(refused) <= 12
    assert len([at for at in refused if at > 60]) <= 2
    assert not [at for at in refused if at > 70]
    settled = [call for call in world.left if 60 <= call.left < 100]
    assert len(settled) >= 0.9 * 100


def test_a_halved_bucket_is_kept_from_then_on() -> None:
    world = World([quota(10, 1, "bucket", burst=10)], patience=60)
    market = BucketMarket(10, 1, 10)
    refused: list[float] = []

    def judged(call: Call) -> float | None:
        if call.left > 20:
            market.limit = 5
        if market.takes(call.left):
            return None
        refused.append(call.left)
        return 1.0

    world.on_leave = judged
    for number in range(4):
        world.process()
        for _ in range(300):
            world.call(number, 0.0)
    world.run(60)
    world.close()
    assert 1 <= len(refused) <= 6
    assert len([at for at in refused if at > 30]) <= 1  # a probe for more
    assert len([call for call in world.left if 30 <= call.left < 60]) >= 0.9 * 150
