"""To the bus: together with what else is in the invocation, or as a claim where it is too large."""

from collections.abc import Sequence

from opentelemetry import trace

from activities.ports import Bus, BusUnavailableError, TooLargeForBusError
from activities.signatures.start import inbound_queue
from bridge.bus.batcher import HookBatcher
from bridge.claims import Claims
from canonical.envelope import InboundEvent

TRACER = trace.get_tracer("souk.bridge.aws")
LINGER_S = 0.0
"""All records of an invocation are read before the first is sent, so none waits for another."""


class Forwarder:
    """Sends events to one channel's queue; lives as long as the function's process."""

    def __init__(self, bus: Bus, claims: Claims, channel: str) -> None:
        self._bus = bus
        self._claims = claims
        self._queue = inbound_queue(channel)
        self._batcher = HookBatcher(bus, linger=LINGER_S)

    async def send(self, events: Sequence[InboundEvent]) -> None:
        """Returns once the bus has them, all.

        Raises:
            BusUnavailableError: It may have none of them; sending them again is harmless.
            ClaimsUnavailableError: One is too large for the bus, and S3 did not take it.
        """
        with TRACER.start_as_current_span(
            f"send {self._queue}",
            kind=trace.SpanKind.PRODUCER,
            attributes={
                "messaging.system": "servicebus",
                "messaging.operation.name": "send",
                "messaging.operation.type": "send",
                "messaging.destination.name": self._queue,
                "messaging.batch.message_count": len(events),
            },
        ):
            try:
                await self._send_whole(events)
            except TooLargeForBusError as error:
                await self._send_whole([await self._claimed(event) for event in error.events])

    async def _send_whole(self, events: Sequence[InboundEvent]) -> None:
        try:
            await self._batcher.send(events)
        except BusUnavailableError:
            # A link that the bus closed while the function lay frozen shows at its first use.
            await self._batcher.send(events)

    async def _claimed(self, event: InboundEvent) -> InboundEvent:
        claim = await self._claims.put(event.channel, event.account, event.event_id, event.body)
        return event.model_copy(update={"body": b"", "claim": claim})
