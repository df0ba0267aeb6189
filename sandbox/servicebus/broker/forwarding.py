"""Forwarding: from a queue, subscription or its dead letters on to another queue or topic."""

from typing import TYPE_CHECKING, Final

from sandbox.servicebus.amqp.encode import encode, symbol
from sandbox.servicebus.broker.incoming import Incoming, now_ms
from sandbox.servicebus.broker.letters import NO_SESSION, TOO_MANY_HOPS
from sandbox.servicebus.broker.queue import Queue
from sandbox.servicebus.storage.row import Message

if TYPE_CHECKING:
    from sandbox.servicebus.broker.namespace import Namespace
    from sandbox.servicebus.broker.topic import Topic

_MAX_HOPS: Final = 4
_SEQUENCE: Final = symbol("x-opt-enqueue-sequence-number")
_SOURCE: Final = symbol("x-opt-deadletter-source")
_READ: Final = 256


class Forwarding:
    """Moves messages on. What cannot be moved goes to the transfer dead letters of its source."""

    def __init__(self, namespace: "Namespace") -> None:
        self._namespace = namespace

    def forward(self, queue: Queue, item: Incoming, now: int, note: bytes, hops: int) -> None:
        """Moves a message on to where its queue forwards to."""
        target = queue.settings.forward_to or ""
        destination = self._namespace.find(target)
        note = note or _SEQUENCE + encode(queue.counters.take_sequence())
        problem = _problem(destination, target, item, hops)
        if problem is not None:
            self._namespace.letters.bury_new(queue, queue.transfer_dead, item, now, note, *problem)
            return
        queue.totals.forwarded += 1
        self._hand_over(destination, item, now, note, hops + 1)

    def forward_letter(self, queue: Queue, letter: Message) -> bool:
        """Moves a dead letter on, if its queue says so, and says whether it did."""
        target = queue.settings.forward_dead_lettered_to
        destination = self._namespace.find(target) if target is not None else None
        if destination is None:
            return False
        note = _SEQUENCE + encode(letter.sequence) + _SOURCE + encode(queue.name)
        item = Incoming(letter.head, letter.notes, letter.bare, None, None)
        if _problem(destination, target or "", item, 0) is not None:
            return False
        self._hand_over(destination, item, now_ms(), note, 1)
        return True

    async def empty(self) -> None:
        """Moves on what is left in queues that were not forwarding when it came."""
        for queue in list(self._namespace.all_queues()):
            if queue.settings.forward_to is None or queue.sessions is not None:
                continue
            while queue.counters.active:
                messages, _ = queue.store.read(queue.counters, 0, _READ)
                for message in messages:
                    if message.sequence not in queue.held:
                        item = Incoming(message.head, message.notes, message.bare, None, None)
                        self.forward(queue, item, now_ms(), b"", 0)
                        queue.remove(message)
                await queue.store.commits.settled()
                if not messages:
                    break

    def _hand_over(
        self, destination: "Queue | Topic | None", item: Incoming, now: int, note: bytes, hops: int
    ) -> None:
        namespace = self._namespace
        if destination is None:
            return
        queue = destination if isinstance(destination, Queue) else destination.queue
        if namespace.duplicates.seen(queue, item, now):
            queue.totals.duplicates += 1
        elif isinstance(destination, Queue):
            namespace.place(destination, item, now, note, hops)
        else:
            destination.distribute(item, now, note, hops)


def _problem(
    destination: "Queue | Topic | None", target: str, item: Incoming, hops: int
) -> tuple[str, str] | None:
    if destination is None:
        return "EntityNotFound", f"The forwarding destination {target!r} does not exist."
    if hops >= _MAX_HOPS:
        return TOO_MANY_HOPS
    status = destination.settings.status
    if status in ("disabled", "send-disabled"):
        return "EntityDisabled", f"The forwarding destination {target!r} is {status}."
    if isinstance(destination, Queue) and destination.needs_session(item):
        return NO_SESSION
    return None
