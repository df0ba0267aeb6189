"""Settling a batch, one message after another.

In sequence on purpose: the SDK's settlements of one receiver wait on one socket, and together they
take nine times as long as one after another.
"""

import asyncio
from collections.abc import Awaitable, Sequence

import structlog
from azure.core.exceptions import AzureError
from azure.servicebus.aio import ServiceBusReceiver
from azure.servicebus.exceptions import (
    MessageAlreadySettled,
    MessageLockLostError,
    SessionLockLostError,
)

from bridge.bus.messages import text_properties
from bridge.dispatcher.counters import Counters
from bridge.dispatcher.verdict import DESCRIPTION_LIMIT, Fate, Verdict
from canonical.text import cut

SETTLE_TIMEOUT = 10.0

log = structlog.get_logger()


class BusLostError(Exception):
    """The link to the bus broke: what is not settled comes again."""


async def settle(
    receiver: ServiceBusReceiver, verdicts: Sequence[Verdict], counters: Counters
) -> None:
    """Carries verdicts out and counts them. A lost lock is counted, never raised.

    Raises:
        BusLostError: The rest of the batch could not be settled over this receiver.
    """
    for position, verdict in enumerate(verdicts):
        try:
            async with asyncio.timeout(SETTLE_TIMEOUT):
                await _settle(receiver, verdict)
        except (MessageLockLostError, MessageAlreadySettled):
            counters.lock_lost += 1
            log.info("lock_lost", fate=verdict.fate, message_id=verdict.message.message_id)
        except SessionLockLostError as error:
            counters.lock_lost += len(verdicts) - position
            raise BusLostError(str(error)) from error
        except (AzureError, OSError, TimeoutError, ValueError) as error:
            raise BusLostError(f"{type(error).__name__}: {error}") from error
        else:
            _count(verdict, counters)


def _settle(receiver: ServiceBusReceiver, verdict: Verdict) -> Awaitable[None]:
    match verdict.fate:
        case Fate.COMPLETE:
            return receiver.complete_message(verdict.message)
        case Fate.DEAD_LETTER:
            description = cut(verdict.description, DESCRIPTION_LIMIT)
            return receiver.dead_letter_message(
                verdict.message, reason=verdict.reason, error_description=description
            )
        case Fate.ABANDON:
            return receiver.abandon_message(verdict.message)
        case Fate.LEAVE:
            return _nothing()


async def _nothing() -> None:
    return


def _count(verdict: Verdict, counters: Counters) -> None:
    match verdict.fate:
        case Fate.COMPLETE:
            pass
        case Fate.DEAD_LETTER:
            counters.dead_lettered += 1
            log.warning(
                "dead_lettered",
                reason=verdict.reason,
                description=cut(verdict.description, DESCRIPTION_LIMIT),
                message_id=verdict.message.message_id,
                correlation_id=text_properties(verdict.message).get("correlation_id"),
            )
        case Fate.ABANDON:
            counters.abandoned += 1
        case Fate.LEAVE:
            counters.lock_lost += 1
            counters.not_started += 1
