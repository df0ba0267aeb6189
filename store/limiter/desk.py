"""The desk of one set of quotas in one process: it queues callers and fetches slots for them.

Slots come in small batches, one round trip each, a little ahead of their time. A slot is spent
once the database has given it: a process that is killed loses its own, and one that stalls finds
them lapsed and takes others.
"""

import asyncio
import random

import structlog

from canonical.abilities import QuotaKind
from store.errors import StoreError
from store.limiter.clock import DatabaseClock, Now
from store.limiter.estimate import wait_for
from store.limiter.kinds import Held
from store.limiter.queue import NoSlotError, Queue, SlotsAwayError, Waiter
from store.limiter.refusing import refuse
from store.limiter.rows import Rows
from store.limiter.rule import Rule
from store.limiter.slot import Slot
from store.limiter.taking import Given, Taken, Wish, take
from store.limiter.tickets import Loans
from store.limiter.till import ClockSetError, Till
from store.limiter.told import Told, differs, heed, meant

ASK_EARLY = 0.5
"""Of the lookahead: how long before a slot is due it is asked for."""
YIELD_MOST, YIELD_TO = 20.0, 4
AWAY_PAUSE = 0.3
"""Seconds between two tries while the database is away."""
log = structlog.get_logger(__name__)


class Desk:
    """One queue before one set of quotas."""

    def __init__(
        self,
        rows: Rows,
        rules: list[Rule],
        clock: DatabaseClock,
        name: str,
        patience: float,
        gate: asyncio.Semaphore,
    ) -> None:
        """Opens a desk, whose name no other desk of any process has."""
        self._till = Till(rows, rules, clock, name, gate)
        self._clock = clock
        self._name = name
        self._patience = patience
        self._queue = Queue()
        self._ended = 0
        self._back: list[Given] = []
        self._given: list[Given] = []
        self._closed_until = float("-inf")
        self._away: str = ""
        self._loans = Loans(name)
        self._news = asyncio.Event()
        self._errand: asyncio.Task[None] | None = None
        self._ahead = min(rule.lookahead for rule in rules)
        self._good_for = min(rule.good_for for rule in rules)
        self._at_once = min(rule.at_once for rule in rules)
        self._counts_ends = any(rule.kind is QuotaKind.CONCURRENCY for rule in rules)

    async def reserve(self, urgent: bool) -> Slot:
        """Waits for a slot and takes it.

        Raises:
            NoSlotError: It is too far off.
            SlotsAwayError: The database does not answer.
        """
        if urgent and (slot := self._by_ticket()):
            return slot
        self._refuse_the_hopeless(urgent)
        waiter = self._waiter(urgent, self._clock.own())
        self._queue.add(waiter)
        while True:
            self._wake(waiter)
            try:
                given = await waiter.given
                slot = await self._until(given)
            except asyncio.CancelledError:
                self._queue.drop(waiter)
                self._unused(waiter)
                raise
            if slot.good() and given.at >= self._closed_until:
                return slot
            self._unused(waiter)
            waiter = self._waiter(urgent, waiter.since)
            self._queue.add(waiter, again=True)
            self._news.set()  # its slot can be used again, and now

    def done(self) -> None:
        """A call has ended."""
        if self._counts_ends:
            self._ended += 1
            self._run()

    async def correct(self, wait: float, ago: float) -> None:
        """The marketplace refused what left `ago` milliseconds before.

        Nothing of this desk leaves for `wait` milliseconds.
        """
        left = self._clock.own() - ago
        self._closed_until = max(self._closed_until, self._clock.latest() + wait)

        def work(quotas: list[Held], now: Now) -> None:
            refuse(quotas, now.at, now.most + wait, self._at(left, now))

        try:
            await self._till.change(work)
        except (StoreError, ClockSetError, TimeoutError) as error:
            log.warning("refusal_not_shared", why=str(error))

    async def adjust(self, told: Told, ago: float) -> None:
        """The marketplace said how it stands, in its answer to what left `ago` ms before."""
        left = self._clock.own() - ago
        if not self._clock.known:
            return
        held, seen = meant(self._till.held(), told), self._clock.now()
        if held is None or not differs(held, told, seen.at, self._at(left, seen)):
            return

        def work(quotas: list[Held], now: Now) -> None:
            of = meant(quotas, told)
            if of is not None:
                heed(of, told, now.at, self._at(left, now))

        try:
            await self._till.change(work)
        except (StoreError, ClockSetError, TimeoutError) as error:
            log.warning("correction_not_shared", why=str(error))

    async def close(self) -> None:
        """Ends all waits."""
        self._queue.fail_all(SlotsAwayError("the process ends"))
        if self._errand is not None:
            self._errand.cancel()
            await asyncio.gather(self._errand, return_exceptions=True)

    def _at(self, own: float, now: Now) -> float:
        """An instant of the past by the database's clock."""
        return now.at - (self._clock.own() - own)

    def _waiter(self, urgent: bool, since: float) -> Waiter:
        return Waiter(urgent, since, asyncio.get_running_loop().create_future())

    def _refuse_the_hopeless(self, urgent: bool) -> None:
        """Sends away at once who would wait in vain, spread so that they come again one by one."""
        wait = wait_for(self._till.held(), self._queue, urgent, self._clock, self._name)
        if wait > self._patience:
            self._queue.send_away(self._clock.own() + wait)
            raise NoSlotError(wait / 1000)

    def _by_ticket(self) -> Slot | None:
        """A call that needs no database."""
        own, now = self._clock.own(), self._clock.latest()
        quotas = self._till.held()
        if not quotas or now < max(self._closed_until, *(h.state.opens(now) for h in quotas)):
            return None
        if not self._loans.use(self._till.rules, own):
            return None
        return Slot(own + self._good_for, self._clock.own)

    async def _until(self, given: Given) -> Slot:
        """Sleeps until a slot has surely come."""
        wait = self._clock.own_when_surely(given.at) - self._clock.own()
        if wait > 0:
            await asyncio.sleep(wait / 1000)
        return Slot(self._clock.own_before_surely(given.at + self._good_for), self._clock.own)

    def _unused(self, waiter: Waiter) -> None:
        """A slot passed unused: nothing left by it."""
        if waiter.given.done() and not waiter.given.cancelled() and not waiter.given.exception():
            self._give_back(waiter.given.result())

    def _give_back(self, slot: Given) -> None:
        if slot.parts:
            self._back.append(slot)
        self.done()

    def _wake(self, waiter: Waiter) -> None:
        if len(self._queue.lane(waiter.urgent)) == 1:
            self._news.set()
        self._run()

    def _run(self) -> None:
        if self._ended:
            self._news.set()
        if self._errand is None or self._errand.done():
            self._errand = asyncio.get_running_loop().create_task(self._work())
            self._errand.add_done_callback(self._worked)

    def _worked(self, errand: "asyncio.Task[None]") -> None:
        """A fault of ours ends the errand: nobody may wait for it in vain."""
        if not errand.cancelled() and (error := errand.exception()) is not None:
            log.error("slots_failed", exc_info=error)
            self._queue.fail_all(SlotsAwayError(f"{type(error).__name__}: {error}"))

    async def _work(self) -> None:
        """Fetches slots as long as anybody waits."""
        while self._queue or self._ended:
            self._send_off_overdue()
            self._news.clear()
            try:
                pause = await self._fetch()
            except (StoreError, TimeoutError) as error:
                pause = self._no_database(error)
            except ClockSetError:
                log.warning("database_clock_was_set")
                self._back.clear()  # by a clock that holds no more
                pause = 0.0
            if pause > 0:
                await self._pause(pause)
            elif others := self._others():
                await asyncio.sleep(self._yielding(others))

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return

    def _others(self) -> int:
        """How many others use the same quotas. Those who lose are not even known to wait."""
        known = {name for held in self._till.held() for name in held.state.members}
        return len(known - {self._name})

    def _yielding(self, others: int) -> float:
        """Seconds: who has just been first knows the rows first, and would be so for ever."""
        each = min(self._till.trip, YIELD_MOST)
        return random.uniform(0.5, 1.5) * min(others, YIELD_TO) * each / 1000  # noqa: S311

    async def _fetch(self) -> float:
        """One round trip; answers the seconds until the next is worth it."""
        queue, ended, back = self._queue, self._ended, tuple(self._back)
        coin = random.random()  # noqa: S311
        wish = Wish(
            self._name,
            len(queue.urgent),
            len(queue.bulk),
            ended,
            back,
            len(self._to_come(True)),
            len(self._to_come(False)),
            coin,
        )
        # If this fails, nobody knows whether it was written: none is given back twice.
        self._back.clear()
        self._ended -= ended
        taken = await self._till.change(
            lambda quotas, now: take(quotas, wish, now), lambda taken: taken.idle
        )
        self._away = ""
        for held in self._till.held():
            self._loans.note(held, self._clock)
        for slot in taken.slots:
            if queue.give(slot):
                self._given.append(slot)
            else:
                self._give_back(slot)
        self._use_tickets()
        return self._pause_after(taken)

    def _pause_after(self, taken: Taken) -> float:
        due = [at for at, lane in self._due(taken) if lane]
        if not due:
            return 0.0
        wait = min(due) - self._ahead * ASK_EARLY - self._clock.latest()
        jitter = random.uniform(0, 0.1) * max(self._ahead, wait)  # noqa: S311
        own = self._clock.own()
        patient = self._queue.oldest() + self._patience - own
        ticket = self._loans.usable_in(self._till.rules, own) if self._queue.urgent else patient
        return max(0.0, min(wait + jitter, patient, ticket)) / 1000 if wait > 0 else 0.0

    def _due(self, taken: Taken) -> list[tuple[float, bool]]:
        return [
            (self._when(taken.next_urgent, True), bool(self._queue.urgent)),
            (self._when(taken.next_bulk, False), bool(self._queue.bulk)),
        ]

    def _when(self, due: float, urgent: bool) -> float:
        """Who has its fill of slots to come asks again once the first of them has come."""
        to_come = self._to_come(urgent)
        if len(to_come) < self._at_once:
            return due
        return min(slot.at for slot in to_come) + self._ahead * ASK_EARLY

    def _to_come(self, urgent: bool) -> list[Given]:
        """Slots in the hands of callers here, whose time has not come."""
        now = self._clock.latest()
        self._given = [slot for slot in self._given if slot.at > now]
        return [slot for slot in self._given if slot.urgent is urgent]

    def _no_database(self, error: Exception) -> float:
        if not self._away:
            log.warning("slots_away", why=str(error))
        self._away = str(error) or type(error).__name__
        self._use_tickets()
        return AWAY_PAUSE

    def _use_tickets(self) -> None:
        """A ticket is one call in each window: what is not used in time is lost."""
        while self._queue.urgent and self._by_ticket() is not None:
            self._queue.give(Given(self._clock.latest(), urgent=True))

    def _send_off_overdue(self) -> None:
        for waiter in self._queue.overdue(self._clock.own() - self._patience):
            if waiter.given.done():
                continue
            if self._away:
                waiter.given.set_exception(SlotsAwayError(self._away))
                continue
            wait = wait_for(self._till.held(), self._queue, waiter.urgent, self._clock, self._name)
            self._queue.send_away(self._clock.own() + wait)
            waiter.given.set_exception(NoSlotError(max(1.0, wait / 1000)))
