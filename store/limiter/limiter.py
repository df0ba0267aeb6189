"""The limiter of a process: who asks is sent to the desk of the quotas that count the call."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from secrets import token_hex

from canonical.abilities import Quota, QuotaScope
from store.limiter.clock import DatabaseClock
from store.limiter.desk import Desk
from store.limiter.queue import NoSlotError
from store.limiter.rows import POOL, Rows
from store.limiter.rule import Rule, rule_of
from store.limiter.slot import Slot
from store.limiter.told import Told

PATIENCE = 30.0
"""Seconds that a call waits in place at most. What is farther off ends the attempt with a hint."""
_ACCOUNTS_APART = frozenset({QuotaScope.ACCOUNT, QuotaScope.GROUP})


def own_clock() -> float:
    """Milliseconds that nobody sets."""
    return time.monotonic() * 1000


class SlotLimiter:
    """Hands out slots of all channels' quotas. One for each process."""

    def __init__(
        self,
        rows: Rows,
        quotas: Mapping[str, Sequence[Quota]],
        *,
        scopes: Mapping[QuotaScope, str] | None = None,
        patience: float = PATIENCE,
        clock: Callable[[], float] = own_clock,
    ) -> None:
        """Opens the limiter.

        Args:
            rows: Where the quotas are kept.
            quotas: Each channel's quotas.
            scopes: What this process is to the marketplace where that is shared by accounts, such
                as its address; processes that differ in it are counted apart.
            patience: Seconds that a call waits in place at most.
            clock: The process's own, in milliseconds.
        """
        self._rows = rows
        self._quotas = quotas
        self._scopes = scopes or {}
        self._patience = patience * 1000
        self._clock = DatabaseClock(clock)
        self._process = token_hex(4)
        self._gate = asyncio.Semaphore(POOL)
        self._desks: dict[tuple[str, ...], Desk] = {}
        self._closed: dict[tuple[str, str, str], float] = {}

    async def reserve(
        self, channel: str, account: str, operation: str, *, urgent: bool = False
    ) -> Slot:
        """Waits for a slot in every quota that counts the call, and takes it.

        Raises:
            NoSlotError: It is too far off; with the wait.
            SlotsAwayError: The database does not answer.
        """
        desk = self._desk(channel, account, operation)
        if desk is not None:
            return await desk.reserve(urgent)
        wait = self._closed.get((channel, account, operation), 0.0) - self._clock.own()
        if wait > 0:
            raise NoSlotError(wait / 1000)
        return Slot()

    async def done(self, channel: str, account: str, operation: str) -> None:
        """The call has ended; matters to quotas of calls under way."""
        desk = self._desk(channel, account, operation)
        if desk is not None:
            desk.done()

    async def correct(
        self, channel: str, account: str, operation: str, wait: float, ago: float = 0.0
    ) -> None:
        """The marketplace refused: nothing leaves for `wait` seconds, and less is believed in.

        The refused call left `ago` seconds before.
        """
        desk = self._desk(channel, account, operation)
        if desk is not None:
            await desk.correct(wait * 1000, ago * 1000)
        else:
            self._closed[channel, account, operation] = self._clock.own() + wait * 1000

    async def adjust(
        self, channel: str, account: str, operation: str, told: Told, ago: float = 0.0
    ) -> None:
        """The marketplace said how a quota stands, in its answer to a call.

        The call left `ago` seconds before.
        """
        desk = self._desk(channel, account, operation)
        if desk is not None:
            await desk.adjust(told, ago * 1000)

    async def close(self) -> None:
        """Ends all waits and gives the connections back."""
        for desk in self._desks.values():
            await desk.close()
        await self._rows.close()

    def rules(self, channel: str, account: str, operation: str | None = None) -> list[Rule]:
        """The rules that count an operation, or all of the account.

        A quota without names counts every operation.
        """
        return [
            rule_of(quota, self.key(channel, account, quota))
            for quota in self._quotas.get(channel, ())
            if operation is None or not quota.operations or operation in quota.operations
        ]

    def key(self, channel: str, account: str, quota: Quota) -> str:
        """The row of a quota."""
        whose = self._scopes.get(quota.scope, "")
        if quota.scope in _ACCOUNTS_APART:
            whose = account
        return f"{channel}/{quota.scope.value}:{whose}/{quota.name}"

    def _desk(self, channel: str, account: str, operation: str) -> Desk | None:
        rules = self.rules(channel, account, operation)
        if not rules:
            return None
        keys = tuple(rule.key for rule in rules)
        if keys not in self._desks:
            name = f"{self._process}.{len(self._desks)}"
            self._desks[keys] = Desk(
                self._rows, rules, self._clock, name, self._patience, self._gate
            )
        return self._desks[keys]
