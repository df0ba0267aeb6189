"""kill -9 under load, at random times: an independent account must come out even."""

import random
from pathlib import Path

import pytest

from tests.sandbox.servicebus.accounting import Account, drain, live
from tests.sandbox.servicebus.program import Program

DECLARATION = {"queues": {"q": {"lock_duration": "PT5M", "max_delivery_count": 1000}}}


async def schedule(seed: int, folder: Path) -> Account:
    program = await Program(DECLARATION, folder).start()
    account = Account()
    lives = random.Random(seed).randint(2, 4)
    for life in range(lives):
        await live(program, account, seed * 100 + life * 10, 0.8)
        await program.start()
    figures = await program.queue("q")
    left = await drain(program, "q", figures["active"])
    letters = await drain(program, "q/$DeadLetterQueue", figures["dead_lettered"])
    assert (len(left), len(letters)) == (figures["active"], figures["dead_lettered"])
    assert await program.stop() == 0
    account.check(left, letters)
    return account


async def test_a_sample_of_kills(tmp_path: Path) -> None:
    account = await schedule(1, tmp_path)
    assert len(account.accepted) > 100
    assert len(account.completed) > 50
    assert account.buried


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(2, 22))
async def test_kills(tmp_path: Path, seed: int) -> None:
    account = await schedule(seed, tmp_path)
    assert len(account.accepted) > 100
