"""Telling an order's workflow that its inbox has something, by signal-with-start."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.signatures.start import OrderStart
from activities.waking import signal_with_start
from bridge.dispatcher.verdict import OutageError
from canonical.abilities import Abilities
from canonical.identity import OrderRef

CALL_TIMEOUT = 10.0
"""Seconds for one order with all repeats; well below a lock's 30."""
CONCURRENT = 16
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0

log = structlog.get_logger()


class RefusedByTemporalError(Exception):
    """Temporal understood the start and said no; another order's may be taken."""


class Waker:
    """Wakes orders, a bounded number at a time over all queues of this process."""

    def __init__(
        self,
        client: Client,
        erp_answers_within: timedelta,
        *,
        call_timeout: float = CALL_TIMEOUT,
        concurrent: int = CONCURRENT,
    ) -> None:
        self._client = client
        self._erp_answers_within = erp_answers_within
        self._call_timeout = call_timeout
        self.slots = asyncio.Semaphore(concurrent)

    async def wake(
        self, ref: OrderRef, abilities: Abilities, news: Sequence[str], correlation_id: str
    ) -> None:
        """Signals the order's workflow, starting it where none is running.

        Only ids travel: bodies stay in the store. Doing it twice wakes the order once too often,
        which changes nothing.

        Raises:
            OutageError: Temporal did not answer in time, or not in a way that is about this order.
            RefusedByTemporalError: It refused this order.
        """
        start = OrderStart(
            ref=ref,
            abilities=abilities,
            erp_answers_within=self._erp_answers_within,
            correlation_id=correlation_id,
            one_alarm=True,
        )
        try:
            async with asyncio.timeout(self._call_timeout):
                await self._persistently(start, list(news))
        except TimeoutError:
            raise OutageError(
                f"Temporal gave no answer for {ref.workflow_id} within {self._call_timeout:g} s"
            ) from None
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise RefusedByTemporalError(f"{ref.workflow_id}: {error.message}") from error
            raise OutageError(f"Temporal: {error.status.name}: {error.message}") from error

    async def _persistently(self, start: OrderStart, news: list[str]) -> None:
        for pause in _pauses():
            try:
                await signal_with_start(self._client, start, news)
            except RPCError as error:
                if error.status is not RPCStatusCode.RESOURCE_EXHAUSTED:
                    raise
                log.info("temporal_busy", workflow_id=start.ref.workflow_id, pause=pause)
                await asyncio.sleep(pause)
            else:
                return


def _pauses() -> Iterable[float]:
    """Ever longer, with jitter; the caller's timeout ends them."""
    pause = FIRST_PAUSE
    while True:
        yield pause * random.uniform(0.5, 1.5)  # noqa: S311 - spreading load, not a secret
        pause = min(2 * pause, LONGEST_PAUSE)
