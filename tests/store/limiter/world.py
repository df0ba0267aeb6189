"""Processes, a database and a marketplace in one simulated time.

Each process is an event loop of its own that runs the real limiter. One driver lets the loop whose
next event is earliest run and moves the common time on, so that a process can stall or be killed
while the others go on. Only the database is a stand-in: compare-and-set on a dictionary, behind a
way that takes its time.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from canonical.abilities import Quota
from store.errors import StoreUnavailableError
from store.limiter import NoSlotError, SlotLimiter, SlotsAwayError, Told
from store.limiter.rows import Answer, Version
from tests.store.limiter.market import Market

EPOCH = 1_795_000_000_000.0
"""Milliseconds: the database's clock when the simulation begins."""
ACCOUNT, OPERATION = "main", "op"
WAY = 0.05
"""Seconds from leaving to being counted, at most."""


@dataclass
class Time:
    """The common time, in seconds."""

    now: float = 0.0


class Loop(asyncio.SelectorEventLoop):
    """A process's event loop in simulated time."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self._common = time
        self.stalled_until = 0.0
        self.dead = False

    def time(self) -> float:
        return self._common.now

    def due(self) -> float:
        """When something is to be run; infinity where nothing is."""
        ready: bool = bool(self._ready)  # type: ignore[attr-defined]
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        while timers and timers[0].cancelled():
            self._run_now()
            timers = self._scheduled  # type: ignore[attr-defined]
            ready = bool(self._ready)  # type: ignore[attr-defined]
        if self.dead or not (ready or timers):
            return float("inf")
        at = self._common.now if ready else timers[0].when()
        return max(at, self.stalled_until)

    def step(self) -> None:
        """Runs what is due."""
        self._run_now()

    def _run_now(self) -> None:
        self.call_soon(self.stop)
        self.run_forever()


@dataclass
class Database:
    """Rows of quotas; `offset` is how far its clock has been set, in seconds."""

    time: Time
    rng: random.Random
    rows: dict[str, Version] = field(default_factory=dict)
    offset: float = 0.0
    away: bool = False
    slow: float = 0.004
    lossy: float = 0.0
    """How often an answer is lost and the statement repeated, as `Database` does."""
    trips: int = 0

    def now(self) -> float:
        return EPOCH + (self.time.now + self.offset) * 1000

    async def way(self) -> None:
        await asyncio.sleep(self.rng.uniform(0.2, 1.0) * self.slow)
        if self.away:
            raise StoreUnavailableError("the database is away")


class SimulatedRows:
    """Fulfils `store.limiter.rows.Rows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, keys: Sequence[str]) -> Answer:
        database = self._database
        await database.way()
        for key in keys:
            database.rows.setdefault(key, Version(0, "{}"))
        answer = Answer({key: database.rows[key] for key in keys}, database.now())
        await database.way()
        return answer

    async def swap(self, rows: Mapping[str, Version], by: float) -> Answer:
        database = self._database
        database.trips += 1
        await database.way()
        now = database.now()
        before = {key: database.rows[key] for key in rows}
        same = now <= by and all(before[k].version == row.version for k, row in rows.items())
        if same:
            for key, row in rows.items():
                database.rows[key] = Version(row.version + 1, row.state)
        await database.way()
        if database.rng.random() < database.lossy:
            return await self.swap(rows, by)
        return Answer(before, now, same)

    async def close(self) -> None:
        return None


@dataclass
class Call:
    """A call that left."""

    left: float
    urgent: bool
    asked: float
    arrives: float
    process: int


class World:
    """All of it."""

    def __init__(self, quotas: Sequence[Quota], seed: int = 0, patience: float = 30.0) -> None:
        self.time = Time()
        self.rng = random.Random(seed)
        self.database = Database(self.time, self.rng)
        self.quotas = list(quotas)
        self.patience = patience
        self.loops: list[Loop] = []
        self.limiters: list[SlotLimiter] = []
        self.left: list[Call] = []
        self.hinted: list[float] = []
        self.errors: list[BaseException] = []
        self.lasting = 0.0
        self.on_leave: Callable[[Call], float | None] | None = None
        """Called as a call leaves; answers the seconds of a refusal, or None."""
        self.on_answer: Callable[[Call], Told | None] | None = None
        """Called as a call is answered; what the answer says of the quota."""

    def process(self) -> int:
        """Starts a process; answers its number."""
        loop = Loop(self.time)
        limiter = SlotLimiter(
            SimulatedRows(self.database),
            {"toy": self.quotas},
            patience=self.patience,
            clock=lambda: self.time.now * 1000 + 17_000.0,
        )
        self.loops.append(loop)
        self.limiters.append(limiter)
        return len(self.loops) - 1

    def spawn(self, process: int, work: Coroutine[Any, Any, None]) -> None:
        """Lets a process do something."""
        loop = self.loops[process]
        task = loop.create_task(work)
        task.add_done_callback(self._note)

    def _note(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            self.errors.append(error)

    def call(self, process: int, at: float, *, urgent: bool = False, op: str = OPERATION) -> None:
        """A process will make a call, and come again where it is told to."""
        self.spawn(process, self._call(process, at, urgent, op))

    def run(self, until: float, events: Sequence[tuple[float, Callable[[], None]]] = ()) -> None:
        """Lets time pass; `events` happen at their times."""
        todo = sorted(events, key=lambda event: event[0])
        while True:
            loop = min(self.loops, key=Loop.due)
            due = loop.due()
            if todo and todo[0][0] <= min(due, until):
                at, happens = todo.pop(0)
                self.time.now = max(self.time.now, at)
                happens()
                continue
            if due > until:
                self.time.now = until
                return
            self.time.now = max(self.time.now, due)
            loop.step()

    def stall(self, process: int, seconds: float) -> None:
        """Nothing of the process runs for so long."""
        self.loops[process].stalled_until = self.time.now + seconds

    def kill(self, process: int) -> None:
        """Nothing of the process ever runs again."""
        self.loops[process].dead = True

    def refusals(self, market: Market) -> int:
        """How many of the calls the marketplace would have refused."""
        if self.errors:
            raise self.errors[0]
        arrivals = sorted(call.arrives for call in self.left)
        return sum(not market.takes(at) for at in arrivals)

    def close(self) -> None:
        """Frees what the loops hold."""
        for loop in self.loops:
            while tasks := asyncio.all_tasks(loop):
                for task in tasks:
                    task.cancel()
                loop.step()
            loop.close()

    async def _call(self, process: int, at: float, urgent: bool, op: str) -> None:
        loop, limiter = self.loops[process], self.limiters[process]
        await asyncio.sleep(at - loop.time())
        asked = loop.time()
        while True:
            try:
                slot = await limiter.reserve("toy", ACCOUNT, op, urgent=urgent)
            except NoSlotError as error:
                self.hinted.append(error.wait)
                await asyncio.sleep(error.wait)
                continue
            except SlotsAwayError:
                await asyncio.sleep(1.0)
                continue
            if slot.good():
                break
        call = Call(loop.time(), urgent, asked, loop.time() + self.rng.uniform(0, WAY), process)
        self.left.append(call)
        if self.on_leave and (wait := self.on_leave(call)) is not None:
            await limiter.correct("toy", ACCOUNT, op, wait, loop.time() - call.left)
        elif self.on_answer and (told := self.on_answer(call)) is not None:
            await asyncio.sleep(call.arrives - call.left)
            await limiter.adjust("toy", ACCOUNT, op, told, loop.time() - call.left)
        if self.lasting:
            await asyncio.sleep(call.arrives - call.left + self.lasting)
        await limiter.done("toy", ACCOUNT, op)
