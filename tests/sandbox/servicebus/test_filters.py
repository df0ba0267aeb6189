"""The SQL of rules, without a broker."""

from typing import Any

import pytest

from sandbox.servicebus.amqp.encode import NULL, encode, performative, string
from sandbox.servicebus.amqp.errors import AmqpError
from sandbox.servicebus.amqp.message import data_section
from sandbox.servicebus.broker.declaration import RuleSettings
from sandbox.servicebus.broker.filters import FilterError, Rule, View
from sandbox.servicebus.broker.incoming import Incoming, read_message

PROPERTIES = {
    "colour": "red",
    "size": 12,
    "price": 2.5,
    "urgent": True,
    "name": "50%_off",
    "with space": "x",
}


def message(properties: dict[str, Any] | None = None, **system: str) -> Incoming:
    index = {"message_id": 0, "to": 2, "subject": 3, "correlation_id": 5, "group_id": 10}
    fields = [NULL] * 11
    for name, value in system.items():
        fields[index[name]] = string(value)
    return read_message(
        performative(0x73, fields)
        + b"\x00\x53\x74"
        + encode(PROPERTIES if properties is None else properties)
        + data_section(b"body")
    )


def matches(sql: str, item: Incoming | None = None) -> bool:
    item = item or message(subject="order.new", message_id="m1", group_id="s")
    return Rule("r", RuleSettings(sql=sql)).matches(View(item))


@pytest.mark.parametrize(
    "sql",
    [
        "1=1",
        "colour = 'red'",
        "user.colour='red'",
        "[colour] = 'red' AND \"colour\" = 'red'",
        "[with space] = 'x'",
        "colour <> 'blue' AND colour != 'green'",
        "size > 11 and size >= 12 and size < 13 and size <= 12",
        "size = 12.0 AND price = 2.5 AND price > 2",
        "urgent = TRUE",
        "urgent",
        "NOT urgent = FALSE",
        "colour IN ('blue', 'red')",
        "colour NOT IN ('blue')",
        "colour LIKE 'r%' AND colour LIKE '_e_' AND colour NOT LIKE 'b%'",
        "name LIKE '50!%!_%' ESCAPE '!'",
        "nothing IS NULL AND colour IS NOT NULL",
        "EXISTS(colour) AND NOT EXISTS(nothing)",
        "sys.Label = 'order.new' AND sys.subject LIKE 'order.%'",
        "SYS.MessageId = 'm1' AND sys.SessionId = 's'",
        "size + 1 = 13 AND size - 2 * 3 = 6 AND size / 5 = 2 AND size % 5 = 2",
        "(size + 1) * 2 = 26 AND -size = -12 AND +size = 12",
        "price * 2 = 5 AND 1.5e1 = 15",
        "colour = 'it''s' OR size = 12",
        "colour = 'blue' OR (size = 12 AND NOT (urgent = FALSE))",
        "property('with space') = 'x' AND p('colour') = 'red'",
        "newid() IS NOT NULL",
        "colour + 'dish' = 'reddish'",
        "nothing = 1 OR size = 12",
    ],
)
def test_true(sql: str) -> None:
    assert matches(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "1=0",
        "colour = 'RED'",
        "Colour = 'red'",
        "nothing = 1",
        "nothing <> 1",
        "NOT nothing = 1",
        "nothing IN (1)",
        "nothing NOT IN (1)",
        "nothing LIKE '%'",
        "size = '12'",
        "NOT size = '12'",
        "nothing = 1 AND size = 12",
        "colour LIKE 'r'",
        "name LIKE '50!%%x' ESCAPE '!'",
        "urgent > FALSE",
        "size LIKE '1%'",
        "colour",
    ],
)
def test_not_true(sql: str) -> None:
    assert not matches(sql)


@pytest.mark.parametrize("sql", ["size / 0 = 1", "colour * 2 = 1", "size % 0 = 0", "-colour = 1"])
def test_what_cannot_be_evaluated_says_so(sql: str) -> None:
    with pytest.raises(FilterError):
        matches(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "colour =",
        "colour = 'red",
        "colour = 'red' AND",
        "(colour = 'red'",
        "colour = 'red')",
        "sys.Nothing = 1",
        "colour NOT 'red'",
        "colour LIKE 'a' ESCAPE 'ab'",
        "size IN ()",
        "now() = 1",
        "@p = 1",
        "a = 1; b = 2",
        "(" * 100 + "1=1" + ")" * 100,
        "a" * 2000,
    ],
)
def test_what_is_not_understood_is_refused(sql: str) -> None:
    with pytest.raises(AmqpError):
        Rule("r", RuleSettings(sql=sql or " "))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"subject": "order.new"}, True),
        ({"label": "order.new", "message_id": "m1"}, True),
        ({"subject": "Order.new"}, False),
        ({"properties": {"colour": "red", "size": 12, "urgent": True}}, True),
        ({"properties": {"size": "12"}}, True),
        ({"properties": {"urgent": 1}}, False),
        ({"properties": {"nothing": "x"}}, False),
        ({"subject": "order.new", "properties": {"colour": "blue"}}, False),
        ({"session_id": "s", "to": None}, True),
    ],
)
def test_correlation(wanted: dict[str, Any], expected: bool) -> None:
    rule = Rule("r", RuleSettings(correlation=wanted))
    item = message(subject="order.new", message_id="m1", group_id="s")
    assert rule.matches(View(item)) is expected


@pytest.mark.parametrize("wanted", [{}, {"colour": "red"}, {"properties": 7}])
def test_correlation_that_asks_for_nothing_known(wanted: dict[str, Any]) -> None:
    with pytest.raises(AmqpError):
        Rule("r", RuleSettings(correlation=wanted))


def test_actions() -> None:
    action = (
        "SET colour = 'blue'; SET total = size * 2; REMOVE urgent; SET sys.Label = colour + '!';"
        "SET [with space] = NULL; SET sys.To = 'there'"
    )
    item = message(subject="old", message_id="m1")
    changed = Rule("tint", RuleSettings(sql="1=1", action=action)).act(item)
    view = View(changed)
    expected = {**PROPERTIES, "colour": "blue", "total": 24, "RuleName": "tint"}
    for name in ("urgent", "with space"):
        expected.pop(name)
    assert view.custom == expected
    assert (view.system("label"), view.system("to")) == ("blue!", "there")
    assert view.system("message-id") == "m1"
    assert changed.bare.endswith(data_section(b"body"))
    assert View(item).custom == PROPERTIES


@pytest.mark.parametrize("action", ["DROP x", "SET x", "SET sys.Size = 1", "REMOVE", "SET a = 1 b"])
def test_actions_that_are_not_understood(action: str) -> None:
    with pytest.raises(AmqpError):
        Rule("r", RuleSettings(sql="1=1", action=action))
