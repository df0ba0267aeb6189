import json
from datetime import timedelta
from pathlib import Path

from bridge.bus.declaration import CATCH_ALL, declaration, entities, iso_duration
from channels.registry import rows


def test_every_registered_channel_has_both_queues_and_all_of_it_is_listed() -> None:
    declared = declaration(rows())
    for name in rows():
        assert {f"{name}-inbound", f"{name}-backfill"} <= set(declared["queues"])
    subscriptions = declared["topics"]["orders"]["subscriptions"]
    listed = {*declared["queues"], *(f"orders/Subscriptions/{s}" for s in subscriptions)}
    assert listed == set(entities(rows()))


def test_nothing_expires_unseen() -> None:
    declared = declaration(["a"])
    subscriptions = declared["topics"]["orders"]["subscriptions"]
    for entity in (*declared["queues"].values(), *subscriptions.values()):
        assert entity["dead_lettering_on_expiration"] is True


def test_the_catch_all_asks_for_what_the_others_leave() -> None:
    rules = declaration(["a"])["topics"]["orders"]["subscriptions"][CATCH_ALL]["rules"]
    assert rules["rest"]["sql"].startswith("kind IS NULL OR kind NOT IN ('document.stored', ")


def test_durations_are_written_as_the_broker_reads_them() -> None:
    assert iso_duration(timedelta(seconds=30)) == "PT30S"
    assert iso_duration(timedelta(milliseconds=1500)) == "PT1.500S"


def test_the_deployed_declaration_is_current() -> None:
    published = Path(__file__).parents[2] / "deploy" / "servicebus.json"
    assert json.loads(published.read_text(encoding="utf-8")) == declaration(rows()), (
        "the registry or the declaration has changed: run `souk channel generate`"
    )
