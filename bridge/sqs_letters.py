"""Dead letters of our queues at AWS: list them, look at one, send them again.

SQS has no peeking and no numbers. Letters are received with a short visibility timeout and given
back; a letter's number is made of its message id, and so stays. A replay goes to the source queue,
from where it takes the way that everything takes, behind nothing: SQS has no order in any case.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from bridge.aws.clients import Aws
from bridge.aws.record import CORRELATION_ID, RECEIVED_AT
from bridge.aws.set_aside import BATCH, DESCRIPTION, REASON
from bridge.dead_letters import DeadLetter, OpenedLetter, Replayed

HELD_S = 30
"""How long letters are kept from other readers while they are looked at."""
REDRIVEN = "MaxDeliveryCountExceeded"
"""The reason shown of what SQS itself has set aside, which names none; the bus has this word."""
WORDS = "Received as often as the queue allows; the function's log of that time says why."

log = structlog.get_logger()


class QueuesUnavailableError(Exception):
    """SQS is away, refuses us, or has no such queue."""


@dataclass(frozen=True)
class SqsQueue:
    """A queue and where its dead letters are."""

    url: str
    dead_letters_url: str

    @property
    def entity(self) -> str:
        """What `souk dlq` calls its dead letters: `sqs/NAME`."""
        return f"sqs/{self.dead_letters_url.rpartition('/')[2]}"


class SqsDeadLetters:
    """The dead letters of some queues."""

    def __init__(self, aws: Aws, queues: Collection[SqsQueue]) -> None:
        self._aws = aws
        self._queues = {queue.entity: queue for queue in queues}

    @property
    def entities(self) -> tuple[str, ...]:
        return tuple(self._queues)

    async def list(
        self, entity: str | None = None, *, reason: str | None = None
    ) -> list[DeadLetter]:
        """Looks at the letters of one queue or all.

        Raises:
            QueuesUnavailableError: SQS does not answer.
        """
        wanted = (entity,) if entity else self.entities
        letters = [letter for e in wanted for letter, _ in await self._held(e, give_back=True)]
        return [x for x in letters if reason in (None, x.reason)]

    async def show(self, entity: str, number: int) -> OpenedLetter | None:
        """One letter with its body, or None where there is none of this number."""
        for letter, message in await self._held(entity, give_back=True):
            if letter.sequence_number == number:
                return OpenedLetter(letter, message["Body"])
        return None

    async def replay(
        self,
        entity: str,
        *,
        sequence_numbers: Collection[int] | None = None,
        reason: str | None = None,
    ) -> Replayed:
        """Sends letters to their source queue again, and deletes each only after that.

        First receipt and correlation id go along; a crash in between sends one twice, which
        changes nothing.
        """
        sent: list[int] = []
        passed_over = []
        queue = self._queues[entity]
        for letter, message in await self._held(entity, give_back=False):
            number = letter.sequence_number
            chosen = sequence_numbers is None or number in sequence_numbers
            if not chosen or reason not in (None, letter.reason):
                passed_over.append(message)
                continue
            await self._call(_sent_again, queue, message, letter)
            sent.append(number)
            log.info("replayed", entity=entity, sequence_number=number)
        await self._call(_given_back, queue, passed_over)
        missing = set(sequence_numbers or ()) - set(sent)
        return Replayed(tuple(sent), (), tuple(sorted(missing)))

    async def _held(self, entity: str, *, give_back: bool) -> Sequence[tuple[DeadLetter, Any]]:
        queue = self._queues[entity]
        messages: Sequence[Any] = await self._call(_received, queue)
        if give_back:
            await self._call(_given_back, queue, messages)
        letters = [(_letter(entity, m), m) for m in messages]
        return sorted(letters, key=lambda x: (str(x[0].enqueued_at), x[0].sequence_number))

    async def _call(self, work: Any, queue: SqsQueue, *rest: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return await asyncio.to_thread(work, self._aws.client("sqs"), queue, *rest)
        except (BotoCoreError, ClientError) as error:
            raise QueuesUnavailableError(f"{queue.entity}: {error}") from error


def _received(client: Any, queue: SqsQueue) -> list[Any]:
    """All that are not held by somebody else, each once."""
    found: dict[str, Any] = {}
    while True:
        page = client.receive_message(
            QueueUrl=queue.dead_letters_url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HELD_S,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        fresh = [m for m in page if m["MessageId"] not in found]
        if not fresh:
            return list(found.values())
        found.update({m["MessageId"]: m for m in fresh})


def _given_back(client: Any, queue: SqsQueue, messages: Collection[Any]) -> None:
    entries = [
        {"Id": str(n), "ReceiptHandle": m["ReceiptHandle"], "VisibilityTimeout": 0}
        for n, m in enumerate(messages)
    ]
    for start in range(0, len(entries), BATCH):
        client.change_message_visibility_batch(
            QueueUrl=queue.dead_letters_url, Entries=entries[start : start + BATCH]
        )


def _sent_again(client: Any, queue: SqsQueue, message: Any, letter: DeadLetter) -> None:
    first = letter.enqueued_at or datetime.now(UTC)
    kept = {
        RECEIVED_AT: letter.properties.get(RECEIVED_AT) or first.isoformat(),
        CORRELATION_ID: letter.properties.get(CORRELATION_ID)
        or message["MessageId"].replace("-", ""),
    }
    client.send_message(
        QueueUrl=queue.url,
        MessageBody=message["Body"],
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in kept.items()
        },
    )
    client.delete_message(QueueUrl=queue.dead_letters_url, ReceiptHandle=message["ReceiptHandle"])


def _letter(entity: str, message: Any) -> DeadLetter:
    attributes = message.get("Attributes", {})
    properties = {
        name: value.get("StringValue", "")
        for name, value in message.get("MessageAttributes", {}).items()
    }
    sent = attributes.get("SentTimestamp")
    return DeadLetter(
        entity=entity,
        sequence_number=int(message["MessageId"].replace("-", "")[:12], 16),
        reason=properties.pop(REASON, REDRIVEN),
        description=properties.pop(DESCRIPTION, WORDS),
        enqueued_at=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None,
        delivery_count=int(attributes.get("ApproximateReceiveCount", "0")),
        properties=properties,
        size=len(message["Body"].encode()),
    )
