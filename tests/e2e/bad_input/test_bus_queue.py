"""Messages on a channel's queue that no receiver and no poll of ours would have sent."""

from datetime import UTC, datetime
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.amqp import AmqpAnnotatedMessage

from tests.e2e.bad_input.edges import ACCOUNT, INBOUND, Edges, raw
from tests.fixtures.stack import CHANNEL


def properties(**changes: Any) -> dict[Any, Any]:
    """What a poll writes on a message; None takes a property away."""
    usual = {
        "channel": CHANNEL,
        "account": ACCOUNT,
        "source": "poll",
        "received_at": datetime.now(UTC).isoformat(),
        "correlation_id": "by-hand",
    }
    return {name: x for name, x in (usual | changes).items() if x is not None}


@pytest.mark.parametrize(
    ("changes", "reason", "says"),
    [
        ({"channel": None}, "contract", "missing or wrong: channel"),
        ({"account": None}, "contract", "missing or wrong: account"),
        ({"source": "carrier pigeon"}, "contract", "missing or wrong: source"),
        ({"received_at": None}, "contract", "missing or wrong: received_at"),
        ({"received_at": "2026-11-24T08:40:02"}, "contract", "missing or wrong: received_at"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "contract", "missing or wrong: received_at"),
        ({"received_at": "9999-12-31T23:59:59-12:00"}, "contract", "missing or wrong: received_at"),
        ({"channel": "souk"}, "unknown_channel", "souk/riyadh is not configured"),
        ({"account": "مكة 😀"}, "unknown_account", "مكة 😀 is not configured"),
        ({"account": "riy\x00adh"}, "unknown_account", "is not configured"),
        ({"account": "r" * 3_000}, "unknown_account", "trendyol/rrr"),
        ({"account": 7}, "unknown_account", "trendyol/7 is not configured"),
        ({"cut_from": "20000000"}, "too_large", "20000000 bytes"),
    ],
)
async def test_what_belongs_to_nobody_is_a_dead_letter_that_says_why(
    edges: Edges, changes: dict[str, Any], reason: str, says: str
) -> None:
    package = edges.package()
    message = ServiceBusMessage(raw(package), application_properties=properties(**changes))
    await edges.send(INBOUND, message)
    letter = await edges.letter(package)
    assert letter.reason == reason
    assert says in letter.description
    assert await edges.is_unknown(package["orderNumber"])


async def test_what_the_properties_say_of_the_order_is_not_believed(edges: Edges) -> None:
    package = edges.package()
    wrong = properties(order_id="1\x002", event_id="e\x00" * 200, correlation_id="c\x00" * 200)
    await edges.send(INBOUND, ServiceBusMessage(raw(package), application_properties=wrong))
    await edges.order(package["orderNumber"], state="delivered", attention=None)
    assert await edges.is_unknown("12")


async def test_junk_with_ids_that_no_database_holds_is_a_dead_letter(edges: Edges) -> None:
    wrong = properties(order_id="o\x00" * 500, event_id="e\x00" * 200)
    await edges.send(INBOUND, ServiceBusMessage(b"junk, too", application_properties=wrong))
    assert (await edges.letter(b"junk, too")).reason == "contract"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ({"value_body": {"orderNumber": 1}}, b"{b'orderNumber': 1}"),
        ({"value_body": None}, b"None"),
        ({"value_body": 7.5}, b"7.5"),
        ({"sequence_body": [[1, "x"], [None]]}, b"[[1, b'x'], [None]]"),
    ],
    ids=["map", "null", "double", "sequence"],
)
async def test_a_body_of_another_kind_than_bytes_is_a_dead_letter(
    edges: Edges, message: dict[str, Any], shown: bytes
) -> None:
    """AMQP knows values and sequences too; the SDK hands them over as Python's."""
    sent = AmqpAnnotatedMessage(**message, application_properties=properties())
    await edges.send(INBOUND, sent)
    letter = await edges.letter(shown)
    assert letter.reason == "contract"


async def test_a_body_that_is_one_text_is_read(edges: Edges) -> None:
    package = edges.package()
    sent = AmqpAnnotatedMessage(
        value_body=raw(package).decode(), application_properties=properties()
    )
    await edges.send(INBOUND, sent)
    await edges.order(package["orderNumber"], state="delivered", attention=None)
