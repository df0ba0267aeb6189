"""From messages that the inbox holds to orders that know of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from azure.servicebus import ServiceBusReceivedMessage

from bridge.dispatcher.verdict import Fate, OutageError, Taken, Verdict, lock_has_run_out
from bridge.dispatcher.waker import RefusedByTemporalError, Waker
from canonical.abilities import Abilities
from canonical.identity import OrderRef

log = structlog.get_logger()


@dataclass
class Errand:
    """All of one batch that is news to one order."""

    ref: OrderRef
    abilities: Abilities
    correlation_id: str
    messages: list[ServiceBusReceivedMessage] = field(default_factory=list)
    news: list[str] = field(default_factory=list)


class Errands:
    """The orders to be woken for a batch, in the order in which they came."""

    def __init__(self) -> None:
        self._by_ref: dict[OrderRef, Errand] = {}

    def add(
        self,
        ref: OrderRef,
        abilities: Abilities,
        correlation_id: str,
        message: ServiceBusReceivedMessage,
        event_id: str,
    ) -> None:
        errand = self._by_ref.setdefault(ref, Errand(ref, abilities, correlation_id))
        errand.messages.append(message)
        if event_id not in errand.news:
            errand.news.append(event_id)

    async def run(self, waker: Waker, taken: Taken) -> None:
        """Wakes each order and adds its messages' verdicts to `taken`.

        The first sign of an outage keeps the rest from being started: they are abandoned at once
        instead of each waiting for its own timeout.
        """
        await asyncio.gather(*(_run(e, waker, taken) for e in self._by_ref.values()))


async def _run(errand: Errand, waker: Waker, taken: Taken) -> None:
    async with waker.slots:
        fate = await _woken(errand, waker, taken)
    taken.verdicts.extend(Verdict(m, fate) for m in errand.messages)


async def _woken(errand: Errand, waker: Waker, taken: Taken) -> Fate:
    if all(lock_has_run_out(m) for m in errand.messages):
        return Fate.LEAVE
    if taken.outage:
        return Fate.ABANDON
    try:
        await waker.wake(errand.ref, errand.abilities, errand.news, errand.correlation_id)
    except OutageError as error:
        taken.outage = taken.outage or str(error)
        return Fate.ABANDON
    except RefusedByTemporalError as error:
        log.error("order_refused_by_temporal", correlation_id=errand.correlation_id, why=str(error))
        taken.refused = str(error)
        return Fate.ABANDON
    log.info(
        "handed_over",
        workflow_id=errand.ref.workflow_id,
        news=errand.news,
        correlation_id=errand.correlation_id,
    )
    return Fate.COMPLETE


def abandon_all(messages: Sequence[ServiceBusReceivedMessage], outage: str) -> Taken:
    """Nothing of the batch could be taken."""
    return Taken([Verdict(m, Fate.ABANDON) for m in messages], outage=outage)
