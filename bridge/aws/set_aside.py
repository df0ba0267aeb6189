"""What is done with messages that are not taken: set aside with a reason, or left for later."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog

from bridge.aws.clients import Aws
from bridge.aws.config import IngressConfig
from bridge.aws.record import CORRELATION_ID, RECEIVED_AT, PoisonError, QueueRecord

REASON = "reason"
DESCRIPTION = "description"
DESCRIPTION_LIMIT = 1_000
FIRST_WAIT_S = 5
LONGEST_WAIT_S = 300
BATCH = 10
"""Entries of one call of SQS."""

log = structlog.get_logger()


class SetAside:
    """Writes to the dead-letter queue, and says when what failed may come again."""

    def __init__(self, config: IngressConfig, aws: Aws) -> None:
        self._url = config.dead_letters
        self._aws = aws

    async def poison(self, record: QueueRecord, error: PoisonError) -> None:
        """Puts a copy among the dead letters, with what redriving would not tell: why.

        Raises:
            Exception: SQS did not take it; the message is to come again, and ends there anyway.
        """
        properties = {
            **record.properties,
            **error.facts,
            REASON: error.reason,
            DESCRIPTION: str(error)[:DESCRIPTION_LIMIT],
            RECEIVED_AT: record.received_at.isoformat(),
            CORRELATION_ID: record.correlation_id,
        }
        # SQS takes ten attributes; of those that a replay brought along, the first.
        kept = list(properties.items())[-BATCH:]
        await asyncio.to_thread(
            self._aws.client("sqs").send_message,
            QueueUrl=self._url,
            MessageBody=record.body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": _shown(value)} for name, value in kept
            },
        )

    async def later(self, records: Sequence[QueueRecord], queue_url: str) -> None:
        """Has messages come again soon: an outage should not cost them the whole visibility.

        Waits grow with the number of deliveries. Where SQS refuses, the visibility timeout holds.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        entries = [
            {
                "Id": str(place),
                "ReceiptHandle": record.receipt,
                "VisibilityTimeout": wait(record.receive_count),
            }
            for place, record in enumerate(records)
        ]
        change = self._aws.client("sqs").change_message_visibility_batch
        try:
            for start in range(0, len(entries), BATCH):
                batch = entries[start : start + BATCH]
                await asyncio.to_thread(change, QueueUrl=queue_url, Entries=batch)
        except (BotoCoreError, ClientError) as error:
            log.warning("visibility_not_changed", why=str(error))

    def source_url(self, record: QueueRecord) -> str:
        """The URL of a message's queue, which has the host of the dead-letter queue's."""
        parts = urlsplit(self._url)
        owner = record.queue_arn.split(":")[4]
        return f"{parts.scheme}://{parts.netloc}/{owner}/{record.queue}"


def _shown(value: str) -> str:
    """SQS refuses attributes that are empty or hold what XML cannot."""
    return "".join(c if c.isprintable() else " " for c in value) or " "


def wait(receive_count: int) -> int:
    """Seconds until a message that met an outage comes again."""
    doublings = min(max(receive_count - 1, 0), 10)
    return int(min(FIRST_WAIT_S * 2**doublings, LONGEST_WAIT_S))
