"""The quotas of a desk as this process last saw them, and their change by compare-and-set."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from store.limiter.clock import DatabaseClock, Now
from store.limiter.kinds import Held, kind_of
from store.limiter.rows import Answer, Rows, Version
from store.limiter.rule import Rule
from store.limiter.state import State

T = TypeVar("T")
FRESH_FOR = 1_000.0
"""A change that reaches the database later than this is not made: its slots would have passed."""
TRIES = 200


class ClockSetError(Exception):
    """The database's clock was set: what was decided by it does not hold."""


class Till:
    """Rows that are changed together."""

    def __init__(
        self,
        rows: Rows,
        rules: Sequence[Rule],
        clock: DatabaseClock,
        name: str,
        gate: asyncio.Semaphore,
    ) -> None:
        """Opens a till.

        Args:
            rows: Where the rows are.
            rules: Of the quotas that are changed together.
            clock: The database's.
            name: Which no other till of any process has.
            gate: As many pass as there are connections: what waits for one is soon out of date.
        """
        self._rows = rows
        self._gate = gate
        self._turn = asyncio.Lock()
        self._name = name
        self._changes = 0
        self._clock = clock
        self.rules = list(rules)
        self.trip = 0.0
        """Milliseconds that the last way to the database and back took."""
        self._known: dict[str, Version] = {}
        self._seen: list[Held] = []
        self._seen_of = self._known

    def held(self) -> list[Held]:
        """The quotas as last seen, to be read only; none before the database has answered."""
        if self._seen_of is not self._known:
            self._seen, self._seen_of = self._copy(), self._known
        return self._seen

    async def change(
        self, work: Callable[[list[Held], Now], T], idle: Callable[[T], bool] = lambda _: False
    ) -> T:
        """Changes the quotas as `work` says, again where another process was faster.

        Where it then finds nothing to do, as `idle` tells, nothing is written.

        A change whose answer was lost on the way is known by its signature, and not made twice.

        Raises:
            StoreError: The database is away.
            ClockSetError: The rows were written by a clock that was set, and made safe since.
        """
        async with self._turn, self._gate:
            return await self._change(work, idle)

    async def _change(self, work: Callable[[list[Held], Now], T], idle: Callable[[T], bool]) -> T:
        if len(self._known) < len(self.rules) or not self._clock.known:
            await self._read()
        self._changes += 1
        change = self._changes
        for attempt in range(TRIES):
            quotas = self._copy()
            now = self._clock.now()
            result = work(quotas, now)
            if attempt and idle(result):
                return result
            for held in quotas:
                held.state.sign(self._name, now.at, change)
            wanted = {
                held.rule.key: replace(self._known[held.rule.key], state=held.state.dump())
                for held in quotas
            }
            before = self._clock.own()
            answer = await self._rows.swap(wanted, now.most + FRESH_FOR)
            self.trip = self._clock.own() - before
            steady = self._note(answer, before)
            if answer.swapped:
                self._known = {k: Version(row.version + 1, row.state) for k, row in wanted.items()}
            if not steady:
                await self._distrust()
                raise ClockSetError
            if answer.swapped or any(h.state.signed(self._name, change) for h in self.held()):
                return result
        raise TimeoutError(f"{TRIES} others were faster")

    def _copy(self) -> list[Held]:
        return [
            Held(rule, State.model_validate_json(self._known[rule.key].state))
            for rule in self.rules
            if rule.key in self._known
        ]

    async def _read(self) -> None:
        before = self._clock.own()
        answer = await self._rows.read([rule.key for rule in self.rules])
        self._note(answer, before)

    def _note(self, answer: Answer, before: float) -> bool:
        if answer.rows:
            self._known = dict(answer.rows)
        return self._clock.sample(before, self._clock.own(), answer.now)

    async def _distrust(self) -> None:
        """The past by a clock that was set is not known: nothing of it may be relied upon."""

        def work(quotas: list[Held], now: Now) -> None:
            for held in quotas:
                booked = 2 * held.rule.lookahead
                kind_of(held.rule).distrust(held.rule, held.state, now.most, booked)

        await self._change(work, lambda _: False)
