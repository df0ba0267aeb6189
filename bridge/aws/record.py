"""One message of SQS as a handler sees it, and what is wrong with one that cannot be taken."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CONTRACT = "contract"
"""It does not fit what the marketplace documents, or is of a type that nothing waits for."""
UNKNOWN_ACCOUNT = "unknown_account"
"""It is of a seller, or for a folder, that is not configured here."""
FAILED = "failed"
"""Our reader failed with it, again and again."""

RECEIVED_AT = "received_at"
CORRELATION_ID = "correlation_id"


class PoisonError(Exception):
    """This message will never be taken, whenever it comes again.

    Attributes:
        reason: One of this module's words.
        facts: What was read of it all the same, as properties of its dead letter.
    """

    def __init__(self, reason: str, description: str, **facts: str) -> None:
        super().__init__(description)
        self.reason = reason
        self.facts = {name: value for name, value in facts.items() if value}


@dataclass(frozen=True)
class QueueRecord:
    """What is needed of a message.

    Attributes:
        message_id: SQS's own; equal for each delivery of one message.
        receipt: Handle of this delivery.
        received_at: When it first came; kept by a replay, so that deadlines never restart.
        receive_count: Deliveries, this one too.
        correlation_id: Equal for each delivery and each replay.
        queue_arn: Where it came from.
    """

    message_id: str
    receipt: str
    body: str
    received_at: datetime
    receive_count: int
    correlation_id: str
    queue_arn: str
    properties: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, record: dict[str, Any]) -> "QueueRecord":
        """Reads a record of the event that Lambda hands over."""
        attributes = record.get("attributes", {})
        properties = {
            name: value["stringValue"]
            for name, value in record.get("messageAttributes", {}).items()
            if value.get("stringValue")
        }
        return cls(
            message_id=record["messageId"],
            receipt=record["receiptHandle"],
            body=record["body"],
            received_at=_first(properties.get(RECEIVED_AT), attributes.get("SentTimestamp")),
            receive_count=int(attributes.get("ApproximateReceiveCount", "1")),
            correlation_id=properties.get(CORRELATION_ID) or record["messageId"].replace("-", ""),
            queue_arn=record.get("eventSourceARN", ""),
            properties=properties,
        )

    @property
    def queue(self) -> str:
        """The queue's name."""
        return self.queue_arn.rpartition(":")[2]


def _first(kept: str | None, sent_ms: str | None) -> datetime:
    """A replay's own word, else when SQS took the message, else now."""
    try:
        if kept and (instant := datetime.fromisoformat(kept)).tzinfo is not None:
            return instant.astimezone(UTC)
        if sent_ms:
            return datetime.fromtimestamp(int(sent_ms) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)  # somebody's own attribute: no reason to hold the message up
    return datetime.now(UTC)
