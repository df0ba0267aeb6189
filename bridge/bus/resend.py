"""A received message as one that is sent again."""

from typing import Any
from uuid import uuid4

from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage

from bridge.bus.messages import body_bytes, text_properties
from canonical.envelope import UNREAD

DEAD_LETTER_PROPERTIES = frozenset({"DeadLetterReason", "DeadLetterErrorDescription"})


def resent(message: ServiceBusReceivedMessage) -> ServiceBusMessage:
    """The same body and properties under a new message id.

    The broker drops an id that it saw within its duplicate window, whatever became of the first.
    What de-duplicates is the event id, which is written down where only the message id stood for
    it: an unread body keeps the id under which the inbox holds its dead letter.
    """
    properties: dict[str | bytes, Any] = {}
    properties.update(own_properties(message).items())
    if "received_at" in properties:
        properties.setdefault("event_id", f"{UNREAD}{message.message_id}")
    return ServiceBusMessage(
        body_bytes(message),
        application_properties=properties,
        message_id=str(uuid4()),
        session_id=message.session_id,
        correlation_id=message.correlation_id,
        content_type=message.content_type,
        subject=message.subject,
    )


def own_properties(message: ServiceBusReceivedMessage) -> dict[str, str]:
    """What the sender wrote, without what dead-lettering added."""
    properties = text_properties(message)
    return {name: x for name, x in properties.items() if name not in DEAD_LETTER_PROPERTIES}
