import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from bridge.dispatcher import breaker as module
from bridge.dispatcher.breaker import Breaker
from bridge.dispatcher.verdict import OutageError

CLOCK = 0.005
"""A loop's timers may be early by its clock's grain."""


def away_for(probes: int) -> tuple[Callable[[], Awaitable[None]], list[float]]:
    """A probe that fails so many times, and the times at which it was asked."""
    asked: list[float] = []

    async def probe() -> None:
        asked.append(asyncio.get_running_loop().time())
        if len(asked) <= probes:
            raise OutageError("still away")

    return probe, asked


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.2)


async def test_it_opens_once_and_probes_ever_more_seldom() -> None:
    probe, asked = away_for(5)
    breaker = Breaker(probe)
    breaker.trip("the store is away")
    breaker.trip("the store is away, says another loop")
    assert breaker.is_open
    assert (breaker.openings, breaker.why) == (1, "the store is away")
    await asyncio.wait_for(breaker.wait_closed(), 2)
    assert not breaker.is_open
    gaps = [b - a for a, b in pairwise(asked)]
    assert gaps[0] >= 0.1 - CLOCK
    assert gaps[-1] >= 0.2 - CLOCK


async def test_a_hopeful_probe_does_not_make_the_next_pause_short_again() -> None:
    probe, asked = away_for(0)
    breaker = Breaker(probe)
    loop = asyncio.get_running_loop()
    for least in (0.05, 0.1, 0.2):
        began = loop.time()
        breaker.trip("handing over failed")
        await asyncio.wait_for(breaker.wait_closed(), 2)
        assert asked[-1] - began >= least - CLOCK
    breaker.proved()
    began = loop.time()
    breaker.trip("another outage")
    await asyncio.wait_for(breaker.wait_closed(), 2)
    assert asked[-1] - began < 0.2 - CLOCK


async def test_a_refusal_opens_it_only_where_the_probe_fails_too() -> None:
    probe, _ = away_for(0)
    breaker = Breaker(probe)
    await breaker.doubt("one order was refused")
    assert not breaker.is_open
    probe, _ = away_for(1)
    breaker = Breaker(probe)
    await breaker.doubt("one order was refused")
    assert breaker.is_open
    assert "still away" in breaker.why
    await breaker.close()
