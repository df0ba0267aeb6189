"""The one place where a call becomes a log line and a metric."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

import structlog


@dataclass(frozen=True)
class CallRecord:
    """What may be told of one HTTP request: no body, no header, no query."""

    channel: str
    account: str
    operation: str
    method: str
    outcome: str
    """`ok`, the name of the error's class, or `interrupted` where the caller went away."""
    status: int | None
    """None where no answer came."""
    correlation_id: str
    order_id: str | None
    waited: timedelta
    """For the slot."""
    took: timedelta
    """From leaving to the answer's last byte."""
    sent_bytes: int
    received_bytes: int


Observer: TypeAlias = Callable[[CallRecord], None]

_log = structlog.get_logger("channels.http")


def log_call(record: CallRecord) -> None:
    """Writes the call as one structured line."""
    write = _log.info if record.outcome == "ok" else _log.warning
    write(
        "channel_call",
        channel=record.channel,
        account=record.account,
        operation=record.operation,
        method=record.method,
        outcome=record.outcome,
        status=record.status,
        correlation_id=record.correlation_id,
        order_id=record.order_id,
        waited_ms=round(record.waited.total_seconds() * 1000),
        took_ms=round(record.took.total_seconds() * 1000),
        sent_bytes=record.sent_bytes,
        received_bytes=record.received_bytes,
    )


CALL_OBSERVERS: list[Observer] = [log_call]
"""Called in order for every request; a process adds its metrics here when it starts."""


def report(record: CallRecord) -> None:
    """Hands a finished call to all observers."""
    for observer in CALL_OBSERVERS:
        observer(record)
