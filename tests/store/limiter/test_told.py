"""What the marketplace says of its quota beside its answers corrects ours."""

from dataclasses import dataclass, field

import pytest

from canonical.abilities import Quota
from store.limiter import Told
from tests.store.limiter.given import quota
from tests.store.limiter.market import BucketMarket, WindowMarket
from tests.store.limiter.world import Call, World

SPAN = 60.0


@dataclass
class Spoken:
    """A marketplace's market that counts as calls leave, and what it says in its answers."""

    market: WindowMarket | BucketMarket
    refused: list[float] = field(default_factory=list)

    def refuses(self, call: Call) -> float | None:
        if self.market.takes(call.left):
            return None
        self.refused.append(call.left)
        return 1.0


def _loaded(quotas: list[Quota], calls: int) -> World:
    """Four processes, each with so many calls; one comes a second before the others."""
    world = World(quotas, patience=SPAN)
    for number in range(4):
        world.process()
        for n in range(calls):
            world.call(number, 0.0 if number + n == 0 else 1.0, urgent=n % 2 == 0)
    return world


@pytest.mark.parametrize(
    ("declared", "told", "market", "due"),
    [
        (quota(10, 1, "bucket", burst=10), 4.0, BucketMarket(4, 1, 10), 240),
        (quota(4, 1, "bucket", burst=10), 10.0, BucketMarket(10, 1, 10), 600),
        (quota(1, 2, "bucket", burst=5), 0.2, BucketMarket(0.2, 1, 5), 12),
        (quota(25, 5), 10.0, WindowMarket(50, 5), 600),
    ],
)
def test_the_rate_that_is_told_is_used_to_its_edge(
    declared: Quota, told: float, market: WindowMarket | BucketMarket, due: int
) -> None:
    world = _loaded([declared], due)
    spoken = Spoken(market)
    world.on_leave = spoken.refuses
    world.on_answer = lambda call: Told(per_second=told)
    world.run(SPAN)
    world.close()
    assert not world.errors
    assert not spoken.refused
    assert len(world.left) >= 0.95 * due


def test_a_cut_that_is_told_in_time_costs_no_refusal() -> None:
    world = _loaded([quota(10, 1, "bucket", burst=10)], 400)
    spoken = Spoken(BucketMarket(10, 1, 10))
    world.on_leave = spoken.refuses

    def said(call: Call) -> Told:
        if call.left > 20:
            return Told(per_second=5.0)
        return Told(per_second=10.0)

    def cut() -> None:
        spoken.market.limit = 5  # a little later than it was said

    world.on_answer = said
    world.run(SPAN, [(21.0, cut)])
    world.close()
    assert not spoken.refused
    assert len([c for c in world.left if 25 <= c.left < 55]) >= 0.95 * 150


@pytest.mark.parametrize("market", [WindowMarket(50, 5), BucketMarket(10, 1, 20)])
def test_what_others_use_is_left_to_them_where_the_answers_say_what_remains(
    market: WindowMarket | BucketMarket,
) -> None:
    kind = quota(50, 5) if isinstance(market, WindowMarket) else quota(10, 1, "bucket", burst=20)
    world = _loaded([kind], 400)
    spoken = Spoken(market)
    world.on_leave = spoken.refuses
    told = 0

    def remaining(call: Call) -> Told:
        nonlocal told
        told += 1
        if isinstance(market, WindowMarket):
            used = sum(at > call.left - market.per for at in market.came)
            return Told(remaining=market.limit - used)
        return Told(remaining=int(market.level))

    world.on_answer = remaining
    others = [0]

    def foreign() -> None:
        others[0] += market.takes(world.time.now)

    # A third of the quota goes to somebody else, in small steps.
    world.run(SPAN, [(0.3 * n, foreign) for n in range(int(SPAN / 0.3))])
    world.close()
    assert not world.errors
    assert told > 100
    ours = len(world.left) - len(spoken.refused)
    assert len(spoken.refused) <= 0.03 * ours
    # A refusal by what others took in between halves what is believed for a while.
    assert ours + others[0] >= 0.85 * 10 * SPAN


def test_of_several_quotas_the_named_one_is_corrected() -> None:
    quotas = [quota(20, 2, name="short"), quota(40, 20, name="long")]
    world = _loaded(quotas, 100)
    world.on_answer = lambda call: Told(name="long", per_second=3.0)  # 60 in 20 s
    world.run(20)
    world.close()
    assert not world.errors
    assert 59 <= len(world.left) <= 60


def test_what_may_mean_several_quotas_corrects_none() -> None:
    quotas = [quota(20, 2, name="short"), quota(40, 20, name="long")]
    world = _loaded(quotas, 100)
    world.on_answer = lambda call: Told(per_second=0.1)
    world.run(20)
    world.close()
    assert not world.errors
    assert 39 <= len(world.left) <= 40


def test_what_is_no_news_costs_no_trip_to_the_database() -> None:
    quiet, told = _loaded([quota(50, 5)], 20), _loaded([quota(50, 5)], 20)
    told.on_answer = lambda call: Told(per_second=10.0, remaining=50)
    trips = []
    for world in (quiet, told):
        world.run(SPAN)
        world.close()
        assert len(world.left) == 80
        trips.append(world.database.trips)
    assert trips[1] <= 1.5 * trips[0]
