"""Events as they come from the `orders` topic (docs/bus.md), read with no more trust than due."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.erp.figures import Figures, figures
from sandbox.erp.keys import Ref
from sandbox.erp.labels import LABEL, HeardLabel, heard_label

SCHEMA = "souk.event/1"
RECEIVED = "order.received"
RELEASED = "order.released"
CHANGED = "order.changed"
CANCELLED = "order.cancelled"
RETURN_REQUESTED = "order.return_requested"
RETURN_CLOSED = "order.return_closed"
OF_RETURNS = frozenset({RETURN_REQUESTED, RETURN_CLOSED})
KINDS = frozenset({RECEIVED, RELEASED, CHANGED, CANCELLED}) | OF_RETURNS


class UnreadableEventError(ValueError):
    """A message is not an event as docs/bus.md describes it; the text says what is wrong."""


@dataclass(frozen=True)
class Heard:
    """One event, with the order's figures as it tells them."""

    event_id: str
    kind: str
    ref: Ref
    state: str
    version: int
    figures: Figures
    return_id: str = ""
    """Of an event that is about a return."""
    for_information: bool = False
    """Whether the marketplace fulfils it: it is booked, neither reserved nor answered."""


def read(body: bytes) -> Heard | HeardLabel:
    """Reads a message's body.

    Raises:
        UnreadableEventError: It is no JSON, of another schema, or lacks a field.
    """
    try:
        event = json.loads(body, parse_float=Decimal)
        return _heard(event)
    except UnreadableEventError:
        raise
    except KeyError as error:
        raise UnreadableEventError(f"the field {error} is missing") from None
    except (ValueError, TypeError, ArithmeticError) as error:
        raise UnreadableEventError(f"the event cannot be read: {error}") from None


def _heard(event: Any) -> Heard | HeardLabel:
    if event["schema"] != SCHEMA:
        raise UnreadableEventError(f"the schema is {event['schema']!r}, not {SCHEMA!r}")
    if event["kind"] == LABEL:
        return heard_label(event)
    if event["kind"] not in KINDS:
        raise UnreadableEventError(f"the kind {event['kind']!r} is not known")
    version = event["order_version"]
    if not isinstance(version, int) or isinstance(version, bool):
        raise UnreadableEventError(f"order_version is {version!r}, not a whole number")
    ref = Ref.of(event["ref"])
    return Heard(
        event_id=_text(event, "event_id"),
        kind=event["kind"],
        ref=ref,
        state=_text(event, "state"),
        version=version,
        figures=figures(event["order"]),
        return_id=_text(event, "return_id") if event["kind"] in OF_RETURNS else "",
        for_information=event["order"].get("fulfilled_by") == "marketplace",
    )


def _text(event: dict[str, Any], name: str) -> str:
    value = event[name]
    if not isinstance(value, str) or not value:
        raise UnreadableEventError(f"{name} is {value!r}, not a text")
    return value
