"""The declaration: what is understood, and what is said about the rest."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.servicebus.broker.declaration import DeclarationError, parse_declaration
from sandbox.servicebus.broker.durations import FOREVER, parse_duration


def test_defaults_are_the_services() -> None:
    queue = parse_declaration({"queues": {"q": None}}).queues["q"]
    assert queue.lock_duration == timedelta(minutes=1)
    assert (queue.max_delivery_count, queue.default_ttl) == (10, FOREVER)
    assert not queue.requires_duplicate_detection
    subscription = parse_declaration({"topics": {"t": {"subscriptions": {"s": {}}}}})
    rules = subscription.topics["t"].subscriptions["s"].rules
    assert [rule.sql for rule in rules.values()] == ["1=1"]


def test_a_window_turns_duplicate_detection_on() -> None:
    queues = {"q": {"duplicate_detection_window": "PT5M"}}
    queue = parse_declaration({"queues": queues}).queues["q"]
    assert queue.requires_duplicate_detection
    assert queue.duplicate_detection_window == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT30S", timedelta(seconds=30)),
        ("PT0.5S", timedelta(seconds=0.5)),
        ("P14D", timedelta(days=14)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("P2W", timedelta(weeks=2)),
        ("P10675199DT2H48M5.4775807S", FOREVER),
    ],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "30", "30S", "PT30", "P1M", "pt30s", "P1DT"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="ISO-8601"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"queue": {}}, "'queue' is unknown; known are keys, queues, topics"),
        ({"queues": {"q": {"lock": 1}}}, "queues.q: 'lock' is unknown; known are"),
        ({"queues": {"q": {"lock_duration": 30}}}, "queues.q.lock_duration: text was expected"),
        ({"queues": {"q": {"lock_duration": "PT6M"}}}, "five minutes at most"),
        ({"queues": {"q": {"default_ttl": "PT0S"}}}, "longer than nothing"),
        ({"queues": {"q": {"max_delivery_count": 0}}}, "a whole number from 1 up, not 0"),
        ({"queues": {"q": {"requires_session": "yes"}}}, "true or false, not 'yes'"),
        ({"queues": {"q": {"status": "off"}}}, "one of active, disabled"),
        ({"queues": {"q": 7}}, "queues.q: a mapping was expected, not 7"),
        ({"queues": {"a/$b": {}}}, "is no name for a queue or topic"),
        ({"queues": {"a": {}, "A": {}}}, "two entities are called A; names ignore case"),
        ({"queues": {"a": {}}, "topics": {"A": {}}}, "names ignore case"),
        ({"topics": {"t": {"subscriptions": {"s": {}, "S": {}}}}}, "two subscriptions of t"),
        (
            {"topics": {"t": {"subscriptions": {"s": {"rules": {"r": {}}}}}}},
            "topics.t.subscriptions.s.rules.r: give either sql or correlation",
        ),
        ({"keys": {"k": {}}}, "keys.k: give either key or key_env"),
        ({"keys": {"k": {"key_env": "NO_SUCH_VARIABLE"}}}, "NO_SUCH_VARIABLE is not set"),
        ({"keys": {"k": {"key": "x", "rights": ["own"]}}}, "a list of listen, send, manage"),
    ],
)
def test_what_is_not_understood_is_named(content: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        parse_declaration(content)
    assert sentence in str(caught.value)


def test_a_key_does_not_show() -> None:
    assert "secret" not in repr(parse_declaration({"keys": {"k": {"key": "secret"}}}))
