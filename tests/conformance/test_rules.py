"""Which cases apply follows from abilities alone."""

from datetime import timedelta
from pathlib import Path

import pytest

from canonical.abilities import Abilities, Carries
from canonical.actions import ActionKind
from tests.conformance.every import CASES
from tests.conformance.rows import MORE, OWN, package_of, rows

NOTHING = Abilities(
    actions=frozenset(),
    event_carries=Carries.NOTICE,
    order_readable=False,
    ships_by=ActionKind.SHIP,
    retention=timedelta(days=1),
    currencies=frozenset(),
)
READ_ALONE = NOTHING.model_copy(update={"order_readable": True})


def test_the_toy_can_do_all_that_is_asked_for() -> None:
    toy = package_of(rows()["toy"]).ABILITIES
    assert {name: one.lacks(toy) for name, one in CASES.items() if one.lacks(toy)} == {}


def test_a_channel_that_can_do_nothing_is_asked_for_nothing() -> None:
    assert [name for name, one in CASES.items() if not one.lacks(NOTHING)] == []


def test_a_channel_that_reads_single_orders_alone_is_asked_for_these() -> None:
    asked = {name for name, one in CASES.items() if not one.lacks(READ_ALONE)}
    assert {"plain-order", "arabic", "wrong-secret", "slow-answer"} <= asked
    assert not asked & {"paging-drifts", "each-action-twice", "junk-webhook", "first-login"}


def test_one_registry_more_can_be_brought(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    more = tmp_path / "more.toml"
    more.write_text(OWN.read_text(encoding="utf-8").replace("[toy]", "[guest]"), encoding="utf-8")
    monkeypatch.setenv(MORE, str(more))
    assert rows()["guest"].package == rows()["toy"].package
