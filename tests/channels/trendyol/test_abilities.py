"""Abilities are data: they travel in a workflow's start input, and name what the client calls."""

from datetime import timedelta

from canonical.abilities import Abilities
from canonical.actions import ActionKind
from channels.trendyol import ABILITIES, map_file, quotas
from channels.trendyol.abilities import abilities_of
from tests.channels.trendyol.samples import case


def test_they_survive_the_way_through_a_workflows_input() -> None:
    assert Abilities.model_validate_json(ABILITIES.model_dump_json()) == ABILITIES


def test_every_operation_has_the_documented_quota_of_its_endpoint() -> None:
    operations = {v for k, v in vars(quotas).items() if k.isupper() and isinstance(v, str)}
    assert len(operations) == 21
    for operation in operations - {quotas.EVIDENCE}:
        (of_endpoint,) = (q for q in ABILITIES.quotas if q.name == f"{operation}/10s")
        assert of_endpoint.operations == (operation,)
        assert (of_endpoint.limit, of_endpoint.per) == (50, timedelta(seconds=10))
    assert len({q.name for q in ABILITIES.quotas}) == len(ABILITIES.quotas)


def test_the_overlap_covers_the_doubt_about_the_zone_of_query_dates() -> None:
    assert ABILITIES.polling is not None
    assert ABILITIES.polling.overlap > timedelta(hours=3)
    assert ABILITIES.polling.reach <= timedelta(days=14)


def test_tracking_replaces_ready_only_where_the_seller_ships_everything() -> None:
    assert abilities_of() == ABILITIES
    assert abilities_of(seller_ships=True).ships_by is ActionKind.SHIP
    assert abilities_of(seller_ships=True).quotas == ABILITIES.quotas


def test_own_drivers_need_trendyols_permission() -> None:
    assert ActionKind.DELIVER_OTHERWISE not in ABILITIES.actions
    allowed = abilities_of(alternative_delivery=True)
    assert allowed.actions == ABILITIES.actions | {ActionKind.DELIVER_OTHERWISE}


def test_a_file_of_hooks_is_mapped() -> None:
    assert len(map_file(case("H27"), "main")) == 12
