"""An independent account of what a client was told, against what the broker still has."""

import asyncio
import random
from dataclasses import dataclass, field

from sandbox.servicebus.amqp.encode import FALSE, NULL, TRUE, encode, performative, symbol
from sandbox.servicebus.amqp.frames import (
    ACCEPTED_STATE,
    RELEASED_STATE,
)
from tests.sandbox.servicebus.program import Program
from tests.sandbox.servicebus.wire import Wire, batch, message

ABANDONED = performative(0x27, [TRUE, FALSE])
BURIED = performative(
    0x25, [performative(0x1D, [symbol("com.microsoft:dead-letter"), NULL, encode({})])]
)


@dataclass
class Account:
    """What was sent and settled, and what the broker said to it. Ids are message bodies."""

    sent: list[list[str]] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    completing: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    burying: set[str] = field(default_factory=set)
    buried: set[str] = field(default_factory=set)
    delivered: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def deliver(self, name: str) -> None:
        """A message came; it must not have been settled for good before."""
        if name in self.completed or name in self.buried:
            self.wrong.append(f"{name} came again after it was settled")
        self.delivered.add(name)

    def check(self, left: list[str], letters: list[str]) -> None:
        """Compares with everything that is left in the queue and its dead letters.

        A message that the client settled without hearing the answer may be gone or there; one that
        it sent without hearing the answer may be there or not, but a batch is there as a whole.
        """
        assert not self.wrong, self.wrong[:5]
        here = left + letters
        assert len(set(here)) == len(here), "something is there twice"
        known = {name for names in self.sent for name in names}
        assert set(here) <= known, "something is there that was never sent"
        for name in self.accepted:
            if name in self.completed:
                assert name not in here, f"{name} was completed and is there"
            elif name in self.buried:
                assert name in letters, f"{name} was dead-lettered and is not there"
            elif name not in self.completing:
                assert name in here, f"{name} was accepted, is not settled, and is lost"
        assert not self.completed & set(here)
        seen = set(here) | self.delivered
        for names in self.sent:
            there = [name for name in names if name in seen]
            assert len(there) in (0, len(names)), f"half a batch: {there} of {names}"


async def live(program: Program, account: Account, seed: int, seconds: float) -> None:
    """Sends and receives at random until the time is over, then kills the broker."""
    rng = random.Random(seed)
    wires = await asyncio.gather(*(Wire.connect(program.port) for _ in range(4)))
    tasks = [
        asyncio.create_task(_send(wires[0], account, random.Random(seed + 1), f"{seed}a")),
        asyncio.create_task(_send(wires[1], account, random.Random(seed + 2), f"{seed}b")),
        asyncio.create_task(_receive(wires[2], account, random.Random(seed + 3))),
        asyncio.create_task(_receive(wires[3], account, random.Random(seed + 4))),
    ]
    await asyncio.sleep(seconds * rng.uniform(0.3, 1))
    await program.kill()
    # What the broker had written before it died still arrives.
    await asyncio.gather(*(wire.gone() for wire in wires), return_exceptions=True)
    await asyncio.gather(*tasks, return_exceptions=True)
    for wire in wires:
        _book(wire, account)


class _Books:
    """Per connection: which delivery id stands for what."""

    def __init__(self) -> None:
        self.sent: dict[int, list[str]] = {}
        self.settling: dict[int, tuple[str, bytes]] = {}


async def _send(wire: Wire, account: Account, rng: random.Random, prefix: str) -> None:
    books = wire.books = _Books()  # type: ignore[attr-defined]
    handle = await wire.sender("q")
    number = 0
    while not wire.closed:
        names = [f"{prefix}-{number}-{part}" for part in range(rng.choice((1, 1, 1, 5, 30)))]
        number += 1
        account.sent.append(names)
        body = [message(name.encode() + b" " * rng.choice((0, 900))) for name in names]
        single = len(body) == 1
        sent = wire.send(handle, body[0] if single else batch(body), batched=not single)
        books.sent[sent] = names
        if sent % 20 == 19:
            await wire.answered(sent - 40)
    await wire.gone()


async def _receive(wire: Wire, account: Account, rng: random.Random) -> None:
    books = wire.books = _Books()  # type: ignore[attr-defined]
    handle = await wire.receiver("q", 100)
    count = 0
    while not wire.closed:
        received = await wire.take()
        count += 1
        if count % 50 == 0:
            _book(wire, account)
            wire.credit(handle, 100, count)
        name = received.body.decode().strip()
        _book(wire, account)
        account.deliver(name)
        state = rng.choice((ACCEPTED_STATE,) * 6 + (ABANDONED, RELEASED_STATE, BURIED))
        books.settling[received.delivery_id] = (name, state)
        if state is ACCEPTED_STATE:
            account.completing.add(name)
        elif state is BURIED:
            account.burying.add(name)
        wire.settle(received.delivery_id, state=state)


def _book(wire: Wire, account: Account) -> None:
    books = getattr(wire, "books", None)
    if books is None:
        return
    for number, outcome in list(wire.outcomes.items()):
        names = books.sent.pop(number, None)
        if names is not None and outcome.descriptor == 0x24:
            account.accepted.update(names)
    for number, outcome in list(wire.settlements.items()):
        name, state = books.settling.pop(number, ("", b""))
        if name and state is ACCEPTED_STATE and outcome.descriptor == 0x24:
            account.completed.add(name)
        elif name and state is BURIED and outcome.descriptor == 0x25 and not outcome.value:
            account.buried.add(name)


async def drain(program: Program, address: str, count: int) -> list[str]:
    """Receives everything that an entity has, for good."""
    wire = await Wire.connect(program.port)
    await wire.receiver(address, 1_000_000, delete=True)
    await wire.until(lambda: len(wire.received) >= count, 30)
    names = [received.body.decode().strip() for received in wire.received]
    await wire.close()
    return names
