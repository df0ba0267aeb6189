"""Quotas and abilities are data, and scale with a sandbox's clock."""

from datetime import timedelta

from canonical.abilities import Abilities, QuotaKind, QuotaScope
from canonical.actions import ActionKind
from channels.amazon import ABILITIES, quotas
from channels.amazon.abilities import abilities_of
from tests.channels.amazon.samples import channel


def test_they_survive_the_way_through_a_workflows_input() -> None:
    assert Abilities.model_validate_json(ABILITIES.model_dump_json()) == ABILITIES


def test_every_operation_has_its_documented_rate_and_burst() -> None:
    names = {v for k, v in vars(quotas).items() if k.isupper() and isinstance(v, str)}
    assert names - {quotas.LOGIN} == set(quotas.RATES)
    by_name = {q.name: q for q in ABILITIES.quotas}
    assert by_name.keys() == quotas.RATES.keys()
    for name, (rate, burst) in quotas.RATES.items():
        quota = by_name[name]
        assert quota.kind is QuotaKind.BUCKET
        assert quota.burst == burst
        # Never faster than published, nor a fifth slower.
        assert 0.8 * rate <= quota.limit / quota.per.total_seconds() <= rate * 1.000001
    assert by_name[quotas.SEARCH_ORDERS].per == timedelta(seconds=179)


def test_sellers_are_counted_apart_and_the_application_as_one() -> None:
    scopes = {q.name: q.scope for q in ABILITIES.quotas}
    assert scopes[quotas.GET_ORDER] is QuotaScope.ACCOUNT
    assert scopes[quotas.CREATE_DESTINATION] is QuotaScope.APPLICATION


def test_the_sweep_stays_inside_its_quota_and_leaves_room_for_pages() -> None:
    assert ABILITIES.polling is not None
    search = next(q for q in ABILITIES.quotas if q.name == quotas.SEARCH_ORDERS)
    assert ABILITIES.polling.every >= 1.5 * search.per


def test_a_time_scale_shortens_quotas_lag_and_pace_alike() -> None:
    fast = abilities_of(60)
    assert fast.visibility_lag == timedelta(seconds=2)
    for slow, quick in zip(ABILITIES.quotas, fast.quotas, strict=True):
        assert quick.per == slow.per / 60
        assert quick.burst == slow.burst
    assert channel(time_scale=60, queue_arn="").abilities == fast
    assert channel(time_scale=60).abilities.pushes_to_queue


def test_amazon_acknowledges_nothing_and_accepts_nothing() -> None:
    assert ABILITIES.acknowledges is None
    assert ActionKind.ACCEPT not in ABILITIES.actions
