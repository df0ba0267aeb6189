"""`kill -9` of every process at seeded moments, down longer than the lock; Temporal away for long.

`make kill-tests` runs all of them; a sample of each kind of process runs in `make test`
(`test_kills.py`).
"""

import os
import random
import signal
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.chaos.test_kills import DOWN, PACE
from tests.fixtures.stack import Held, held
from tests.fixtures.waiting import eventually
from workers.stack.http import call

VICTIMS = ("receiver", "dispatcher", "worker", "bus", "temporal", "postgres")
SEEDS = (1, 2, 3)
ORDERS, PER_SECOND = 40, 4
"""Slow enough that a look at the board does not miss the moment."""
UNFINISHED = (0.3, 0.7)
"""The share of orders that are open when the process dies."""
FINISHED = (0.3, 0.5)
"""From which of these shares on it dies; some more finish until a look has seen it."""
AWAY = timedelta(minutes=10)
MEANWHILE = 20
"""Orders placed while Temporal is away."""

pytestmark = [pytest.mark.chaos, pytest.mark.slow]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("victim", VICTIMS)
async def test_nothing_is_lost_doubled_or_wrong(victim: str, seed: int) -> None:
    low, high = UNFINISHED
    moment = random.Random(f"{victim} {seed}").uniform(*FINISHED)
    async with held(PACE) as platform:
        await platform.place(ORDERS, seed=seed, per_second=PER_SECOND)
        board = await platform.until_share_is_finished(ORDERS, low=moment)
        assert low * ORDERS <= ORDERS - board.finished <= high * ORDERS, "not the moment meant"
        if victim == "postgres":
            await platform.stack.supervisor.kill(victim)
            _kill_the_server(platform)
            await platform.revive_after(victim, DOWN)
        else:
            await platform.kill_for(victim, DOWN)
        await platform.until_all_finished(ORDERS, within_s=240)
        await assert_all_is_well(platform, ORDERS)


@pytest.mark.timeout(900)
async def test_temporal_away_for_ten_minutes_costs_no_message() -> None:
    """It hangs: connections stand, nobody answers. Hooks, polls and commands go on coming."""
    async with held(PACE) as platform:
        await platform.place(ORDERS)
        await platform.until_share_is_finished(ORDERS, low=0.3)
        server = platform.stack.supervisor.child("temporal").pid
        assert server is not None
        os.kill(server, signal.SIGSTOP)
        try:
            await platform.place(MEANWHILE, seed=8)
            await platform.outage(AWAY)
            entities = await call("GET", f"{platform.stack.addresses.bus_admin}/entities")
            queues = entities["queues"] | entities["subscriptions"]
            assert sum(row["dead_lettered"] for row in queues.values()) == 0
            assert sum(row["active"] for row in queues.values()) > 0, "nothing waited for Temporal"
        finally:
            os.kill(server, signal.SIGCONT)
        await platform.until_all_finished(ORDERS + MEANWHILE, within_s=200)
        await assert_all_is_well(platform, ORDERS + MEANWHILE)


async def assert_all_is_well(platform: Held, orders: int) -> None:
    """Outside judge and `souk verify`."""
    verdict = await platform.verdict()
    assert verdict["wrong_details"] == []
    nothing = {"lost": 0, "duplicated": 0, "wrong": 0, "attention": 0}
    assert verdict["orders"] == {"placed": orders, "finished": orders, **nothing}

    async def balanced() -> bool | None:
        return True if (await platform.account()).balanced else None

    with suppress(AssertionError):  # lists of Temporal lag; what stays is shown below
        await eventually(balanced, within_s=20)
    account = await platform.account()
    assert account.differences == ()
    assert account.received == account.applied + account.superseded + account.dead_letters
    assert account.dead_letters == 0


def _kill_the_server(platform: Held) -> None:
    """PostgreSQL detaches from the process that keeps it."""
    pid_file = platform.stack.folder.of("postgres") / "cluster" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGKILL)
