"""A function behind an SQS queue: each message taken, set aside, or left to come again.

Three ends, and none holds another message up. What the bus has is done. What can never be taken is
put among the dead letters with its reason, and is done too. What met an outage is reported as
failed and comes again, for as long as the queue lets it: `maxReceiveCount` is set high, since an
outage of ours is no fault of a message. So only what kills the process runs into it.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import structlog
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import AsyncBatchProcessor, EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from opentelemetry import trace

from activities.ports import BusUnavailableError
from bridge.aws.clients import Aws
from bridge.aws.config import IngressConfig, bus_secret
from bridge.aws.forwarding import TRACER, Forwarder
from bridge.aws.record import FAILED, PoisonError, QueueRecord
from bridge.aws.set_aside import SetAside
from bridge.bus import ServiceBus
from bridge.claims import ClaimsUnavailableError, S3Claims
from canonical.envelope import InboundEvent

TASK_ROOT = "LAMBDA_TASK_ROOT"
SPARE_S = 2.0
"""Of the function's time, kept for saying what failed."""
OUTAGES = (BusUnavailableError, ClaimsUnavailableError, TimeoutError)

logger = Logger(service="souk-ingress")


class Reader(Protocol):
    """Knows what a queue's messages mean."""

    def events(self, record: QueueRecord) -> Sequence[InboundEvent]:
        """The events of a message; none where it tells nothing.

        Raises:
            PoisonError: It will never be taken.
        """
        ...


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


class Function:
    """Keeps nothing between invocations but its loop and its connections."""

    def __init__(self, config: IngressConfig, reader: Reader) -> None:
        if TASK_ROOT not in os.environ:
            # Powertools asks it whether the loop is its own to run.
            raise RuntimeError(f"This runs as a Lambda function does: {TASK_ROOT} is not set.")
        _log_as_json()
        logger.setLevel(config.log_level)
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        aws = Aws(config.endpoint, config.region)
        bus = ServiceBus.connect(bus_secret(config).get_secret_value())
        claims = S3Claims(aws, config.claims_bucket)
        self._config = config
        self._reader = reader
        self._set_aside = SetAside(config, aws)
        self._forwarder = Forwarder(bus, claims, config.channel)

    def __call__(self, event: Mapping[str, Any], context: Context) -> PartialItemFailureResponse:
        """Handles one invocation; says which messages are to come again."""
        seconds = max(context.get_remaining_time_in_millis() / 1000 - SPARE_S, SPARE_S)
        invocation = _Invocation(
            self._config, self._reader, self._forwarder, self._set_aside, seconds
        )
        processor = AsyncBatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)

        async def take(record: Any) -> None:
            await invocation.take(QueueRecord.of(record.raw_event))

        with processor(list(event["Records"]), take):
            processor.async_process()
        self._loop.run_until_complete(invocation.leave_for_later())
        return processor.response()


class _Invocation:
    """One batch."""

    def __init__(
        self,
        config: IngressConfig,
        reader: Reader,
        forwarder: Forwarder,
        set_aside: SetAside,
        seconds: float,
    ) -> None:
        self._config = config
        self._reader = reader
        self._forwarder = forwarder
        self._set_aside = set_aside
        self._seconds = seconds
        self._met_outage: list[QueueRecord] = []

    async def take(self, record: QueueRecord) -> None:
        """Raises what has the message come again."""
        with TRACER.start_as_current_span(
            f"process {record.queue}",
            kind=trace.SpanKind.CONSUMER,
            attributes={
                "messaging.system": "aws_sqs",
                "messaging.operation.name": "process",
                "messaging.operation.type": "process",
                "messaging.destination.name": record.queue,
                "messaging.message.id": record.message_id,
                "souk.correlation_id": record.correlation_id,
            },
        ):
            try:
                async with asyncio.timeout(self._seconds):
                    await self._forward(record)
            except PoisonError as error:
                await self._poison(record, error)
            except OUTAGES as error:
                self._met_outage.append(record)
                logger.warning("not_taken", extra={**_about(record), "why": _words(error)})
                raise
            except Exception as error:
                logger.exception("failed", extra=_about(record))
                if record.receive_count < self._config.give_up_after:
                    raise
                # Its text may quote the body, so its kind has to do.
                words = f"Our reader failed {record.receive_count} times: {type(error).__name__}."
                await self._poison(record, PoisonError(FAILED, words))

    async def leave_for_later(self) -> None:
        """Has what met an outage come again soon."""
        if self._met_outage:
            url = self._set_aside.source_url(self._met_outage[0])
            await self._set_aside.later(self._met_outage, url)

    async def _forward(self, record: QueueRecord) -> None:
        events = self._reader.events(record)
        if not events:
            logger.info("nothing_told", extra=_about(record))
            return
        await self._forwarder.send(events)
        for event in events:
            facts = {
                "account": event.account,
                "event_id": event.event_id,
                "subject": event.subject,
                "order_id": event.order_id,
            }
            logger.info("taken", extra=_about(record) | facts)

    async def _poison(self, record: QueueRecord, error: PoisonError) -> None:
        await self._set_aside.poison(record, error)
        facts = {"reason": error.reason, "description": str(error), **error.facts}
        logger.error("set_aside", extra=_about(record) | facts)


def _about(record: QueueRecord) -> dict[str, Any]:
    return {
        "queue": record.queue,
        "message_id": record.message_id,
        "receive_count": record.receive_count,
        "correlation_id": record.correlation_id,
    }


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _log_as_json() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ]
    )
