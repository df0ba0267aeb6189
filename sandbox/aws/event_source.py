"""What Lambda does for a queue: receives, gathers a batch, invokes, deletes what was done.

A message that failed, or whose function died, is left in flight: it is visible again when its
timeout has run out, and SQS sets it aside after `maxReceiveCount` receipts.

Source: AWS Lambda developer guide, its chapter on SQS and "Handling errors for an SQS event
source".
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.aws.function import Function
from sandbox.aws.resources import REGION, arn
from sandbox.aws.runtime_api import FunctionError

PER_CALL = 10
"""Messages of one call of SQS."""
POLL_S = 1
PAYLOAD = 6 * 1024 * 1024
"""Bytes of an event, at most; nothing is added to a batch of half of it."""
PAUSE_S = (0.2, 5.0)
"""After faults, growing."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Mapping:
    """An event source mapping.

    Attributes:
        queue: Its name.
        batch_size: Messages of one invocation at most; more than 10 only with a window.
        window_s: Seconds to gather them in.
    """

    queue: str
    batch_size: int = 10
    window_s: float = 0.0

    def __post_init__(self) -> None:
        if self.batch_size > PER_CALL and self.window_s < 1:
            raise ValueError("a batch of more than 10 messages needs a window of 1 s at least")


class EventSource:
    """Runs one mapping, one batch at a time; several of them are its concurrency."""

    def __init__(self, sqs: Any, mapping: Mapping, function: Function, timeout_s: float) -> None:
        self._sqs = sqs
        self._mapping = mapping
        self._function = function
        self._timeout_s = timeout_s
        self._url = ""

    async def check(self) -> None:
        """Refuses what the service refuses.

        Raises:
            ValueError: Messages would come again while the function still works on them.
        """
        url = await self._queue_url()
        asked = await asyncio.to_thread(
            self._sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["VisibilityTimeout"]
        )
        visible_again_s = int(asked["Attributes"]["VisibilityTimeout"])
        if visible_again_s < self._timeout_s:
            raise ValueError(
                f"Queue visibility timeout: {visible_again_s} seconds is less than Function"
                f" timeout: {self._timeout_s:g} seconds"
            )

    async def run(self) -> None:
        """Works for ever."""
        pause = PAUSE_S[0]
        while True:
            try:
                batch = await self._gathered()
                if batch:
                    await self._handle(batch)
                pause = PAUSE_S[0]
            except (BotoCoreError, ClientError, FunctionError) as error:
                log.warning("batch_failed", queue=self._mapping.queue, why=str(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_S[1])

    async def _gathered(self) -> list[Any]:
        batch: list[Any] = []
        size, until = 0, 0.0
        while len(batch) < self._mapping.batch_size:
            left = until - time.monotonic() if batch else float(POLL_S)
            if batch and left <= 0:
                break
            wait = min(POLL_S, max(int(left), 0))
            room = min(PER_CALL, self._mapping.batch_size - len(batch))
            page = await self._receive(room, wait)
            if not page and not batch:
                return []
            if page and not batch:
                until = time.monotonic() + self._mapping.window_s
            batch += page
            size += sum(len(m["Body"]) for m in page)
            if size > PAYLOAD // 2:
                break
            if not page:
                await asyncio.sleep(min(0.05, max(left, 0)))
        return batch

    async def _receive(self, room: int, wait_s: int) -> list[Any]:
        url = await self._queue_url()
        answer = await asyncio.to_thread(
            self._sqs.receive_message,
            QueueUrl=url,
            MaxNumberOfMessages=room,
            WaitTimeSeconds=wait_s,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[Any] = answer.get("Messages", [])
        return messages

    async def _handle(self, batch: list[Any]) -> None:
        records = [_record(message, self._mapping.queue) for message in batch]
        answer = await self._function.invoke({"Records": records})
        failed = failed_of(answer, {m["MessageId"] for m in batch})
        done = [m for m in batch if m["MessageId"] not in failed]
        url = await self._queue_url()
        for start in range(0, len(done), PER_CALL):
            entries = [
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                for place, message in enumerate(done[start : start + PER_CALL])
            ]
            await asyncio.to_thread(self._sqs.delete_message_batch, QueueUrl=url, Entries=entries)
        if failed:
            log.warning("messages_failed", queue=self._mapping.queue, count=len(failed))

    async def _queue_url(self) -> str:
        if not self._url:
            found = await asyncio.to_thread(self._sqs.get_queue_url, QueueName=self._mapping.queue)
            self._url = found["QueueUrl"]
        return self._url


def failed_of(answer: Any, ids: set[str]) -> set[str]:
    """The messages that come again, by what the function answered (`ReportBatchItemFailures`).

    Nothing, or an empty list: none. Whatever does not fit, or names no message of the batch: all.
    """
    if not answer:
        return set()
    if not isinstance(answer, dict):
        return set(ids)
    items = answer.get("batchItemFailures", None)
    if items is None and set(answer) <= {"batchItemFailures"}:
        return set()
    if not isinstance(items, list):
        return set(ids)
    named = {str(item.get("itemIdentifier")) if isinstance(item, dict) else "" for item in items}
    return named if named <= ids else set(ids)


def _record(message: Any, queue: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn(queue),
        "awsRegion": REGION,
    }
