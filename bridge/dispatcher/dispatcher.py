"""All loops of a dispatcher process: two queues a channel, and the commands' sessions."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio.client import Client

from activities.signatures.start import COMMANDS_QUEUE, backfill_queue, inbound_queue
from bridge.bus import ServiceBus
from bridge.claims import Claims
from bridge.dispatcher.announced import DocumentDesk
from bridge.dispatcher.breaker import Breaker
from bridge.dispatcher.commands import CommandConsumer
from bridge.dispatcher.counters import Counters
from bridge.dispatcher.inbound import InboundConsumer
from bridge.dispatcher.loop import QueueLoop
from bridge.dispatcher.probe import probe_of
from bridge.dispatcher.sessions import SESSION_WAIT, SessionLoop
from bridge.dispatcher.traffic import Traffic
from bridge.dispatcher.waker import CALL_TIMEOUT, CONCURRENT, Waker
from channels.port import Channel
from store import Store

COMMAND_BATCH = 20
"""Commands of one order in one go; hardly ever more than one."""
BACKFILL_BATCH = 10
"""Small, so that a live batch never waits long behind one."""


@dataclass(frozen=True)
class DispatcherOptions:
    """How much is taken at once.

    Attributes:
        prefetch: Messages that the client fetches ahead of each live queue.
        batch: Messages handed over together.
        concurrent: Orders woken at the same time, over all queues.
        live_receivers: Of each live queue: one waits for messages while another hands its batch
            over. The SDK takes 0.2 s to decide that a batch is whole.
        command_sessions: Orders whose commands are taken at the same time, each by a connection;
            one takes about 1.4 orders a second.
        call_timeout: Seconds for waking one order, well below the queues' lock.
    """

    erp_answers_within: timedelta
    prefetch: int = 50
    batch: int = 50
    concurrent: int = CONCURRENT
    live_receivers: int = 2
    command_sessions: int = 16
    call_timeout: float = CALL_TIMEOUT


class Dispatcher:
    """Runs the loops side by side, behind one breaker."""

    def __init__(
        self,
        bus: ServiceBus,
        store: Store,
        channels: Mapping[tuple[str, str], Channel],
        client: Client,
        options: DispatcherOptions,
        claims: Claims | None = None,
    ) -> None:
        self.breaker = Breaker(probe_of(store, client))
        waker = Waker(
            client,
            options.erp_answers_within,
            call_timeout=options.call_timeout,
            concurrent=options.concurrent,
        )
        events = InboundConsumer(store, channels, waker, claims, DocumentDesk(store, client))
        commands = CommandConsumer(store, channels, waker)
        traffic = Traffic()
        prefetch, batch = options.prefetch, options.batch

        def live(queue: str) -> list[QueueLoop]:
            receiver, counted = partial(bus.receiver, queue, prefetch=prefetch), Counters()
            return [
                QueueLoop(
                    queue,
                    receiver,
                    events,
                    self.breaker,
                    traffic.live(f"{queue} {number}"),
                    batch=batch,
                    counters=counted,
                )
                for number in range(options.live_receivers)
            ]

        def backfill(queue: str) -> QueueLoop:
            receiver, gate = partial(bus.receiver, queue), traffic.backfill()
            return QueueLoop(queue, receiver, events, self.breaker, gate, batch=BACKFILL_BATCH)

        counted = Counters()

        def of_commands(number: int) -> QueueLoop:
            receiver = partial(
                bus.session_receiver, COMMANDS_QUEUE, prefetch=COMMAND_BATCH, wait=SESSION_WAIT
            )
            gate = traffic.live(f"{COMMANDS_QUEUE} {number}")
            return SessionLoop(
                COMMANDS_QUEUE,
                receiver,
                commands,
                self.breaker,
                gate,
                batch=COMMAND_BATCH,
                counters=counted,
            )

        names = sorted({channel for channel, _ in channels})
        self.loops = [
            *(loop for name in names for loop in live(inbound_queue(name))),
            *(backfill(backfill_queue(name)) for name in names),
            *(of_commands(number) for number in range(options.command_sessions)),
        ]

    async def run(self) -> None:
        """Works until `stop`; a loop that ends by a fault takes the others with it."""
        try:
            async with asyncio.TaskGroup() as group:
                for loop in self.loops:
                    group.create_task(loop.run(), name=f"loop {loop.name}")
        finally:
            await self.breaker.close()

    def stop(self) -> None:
        """Ends `run` once each loop has settled its batch in hand."""
        for loop in self.loops:
            loop.stop()

    def as_json(self) -> dict[str, Any]:
        """Counters by queue, and how the breaker stands."""
        return {
            "breaker": {
                "open": self.breaker.is_open,
                "openings": self.breaker.openings,
                "why": self.breaker.why,
            },
            "queues": {loop.name: loop.counters.as_json() for loop in self.loops},
        }
