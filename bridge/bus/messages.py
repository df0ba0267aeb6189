"""Events as bus messages and back; the properties are those of docs/bus.md."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage

from canonical.envelope import UNREAD, InboundEvent, Source
from canonical.events import DocumentStored, Event
from canonical.identity import bounded

JSON = "application/json"


class BadEnvelopeError(ValueError):
    """A message whose properties do not say whose event it is; the text names them."""


def inbound_message(event: InboundEvent) -> ServiceBusMessage:
    """The message of one raw event.

    The message id is fresh for each send, so that a replay never falls into the broker's duplicate
    window. A body that could not be read has no other id than its message's, so it lends that.
    """
    properties: dict[str | bytes, Any] = {
        "channel": event.channel,
        "account": event.account,
        "source": event.source.value,
        "received_at": event.received_at.astimezone(UTC).isoformat(),
        "correlation_id": event.correlation_id,
    }
    message_id = str(uuid4())
    if event.event_id.startswith(UNREAD):
        message_id = event.event_id.removeprefix(UNREAD)
    else:
        properties["event_id"] = event.event_id
    if event.order_id is not None:
        properties["order_id"] = event.order_id
    if event.subject:
        properties["subject"] = event.subject
    if event.claim:
        properties["claim"] = event.claim
    if event.cut_from is not None:
        properties["cut_from"] = str(event.cut_from)
    return ServiceBusMessage(
        event.body,
        application_properties=properties,
        message_id=message_id,
        correlation_id=event.correlation_id,
        content_type=JSON,
    )


def event_message(event: Event) -> ServiceBusMessage:
    """The message that tells the internal systems; equal ids on every repeat."""
    return ServiceBusMessage(
        event.model_dump_json(by_alias=True),
        application_properties={
            "kind": event.kind.value,
            "channel": event.ref.channel,
            "account": event.ref.account,
            **_subject(event),
            "correlation_id": event.correlation_id,
        },
        message_id=bounded(event.event_id),
        session_id=event.ref.key,
        correlation_id=event.correlation_id,
        content_type=JSON,
    )


def _subject(event: Event) -> dict[str | bytes, Any]:
    """What the event is about, for rules and for eyes."""
    if isinstance(event, DocumentStored):
        return {"document_id": event.ref.document_id, "document_kind": event.ref.kind}
    return {"order_id": event.ref.order_id}


def inbound_event(message: ServiceBusReceivedMessage) -> InboundEvent:
    """Reads a message of an inbound or backfill queue.

    Raises:
        BadEnvelopeError: Naming each property that is missing or wrong.
    """
    properties = text_properties(message)
    received_at = _instant(properties.get("received_at", ""))
    missing = odd_properties(properties)
    if missing or received_at is None:
        raise BadEnvelopeError(f"properties missing or wrong: {', '.join(missing)}")
    return InboundEvent(
        channel=properties["channel"],
        account=properties["account"],
        event_id=properties.get("event_id") or f"{UNREAD}{message.message_id}",
        order_id=properties.get("order_id") or None,
        source=Source(properties["source"]),
        received_at=received_at,
        correlation_id=properties.get("correlation_id") or uuid4().hex,
        body=body_bytes(message),
        subject=properties.get("subject", ""),
        claim=properties.get("claim", ""),
        cut_from=_bytes(properties.get("cut_from", "")),
    )


def odd_properties(properties: Mapping[str, str]) -> list[str]:
    """The properties of an inbound message that are missing or wrong: whose is it, since when?"""
    odd = [name for name in ("channel", "account") if not properties.get(name)]
    if _instant(properties.get("received_at", "")) is None:
        odd.append("received_at")
    if properties.get("source") not in set(Source):
        odd.append("source")
    return odd


def replayed_unread(message: ServiceBusReceivedMessage) -> bool:
    """Whether this is the replay of a body that could not be read when it first came."""
    return text_properties(message).get("event_id", "").startswith(UNREAD)


def text_properties(message: ServiceBusReceivedMessage) -> dict[str, str]:
    """Application properties as text; the SDK hands names and strings over as bytes."""
    given: Mapping[str | bytes, Any] = message.application_properties or {}
    return {_text(name): _text(value) for name, value in given.items() if value is not None}


def body_bytes(message: ServiceBusReceivedMessage) -> bytes:
    """The body's bytes, whether it came as data sections or as one value.

    A value or sequence of other types is no JSON in any case; as text it can be kept and shown.
    """
    body: Any = message.body
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    if isinstance(body, Iterable) and not isinstance(body, Mapping):
        body = list(body)
        if all(isinstance(x, bytes | bytearray | memoryview) for x in body):
            return b"".join(body)
    return str(body).encode("utf-8", "surrogatepass")


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _bytes(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _instant(text: str) -> datetime | None:
    """The instant in UTC; None for one without a zone, or that no clock in UTC can show."""
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None
