"""Every case catches the fault that is planted for it in the toy, and every case has one."""

from collections.abc import Awaitable, Callable

import pytest

from channels.errors import ChannelError
from tests.conformance.every import CASES
from tests.conformance.market import Market
from tests.conformance.mutants import MUTANTS, planted
from tests.conformance.rows import rows
from tests.conformance.stage import staged

TOY = "toy"
SAMPLE_EVERY = 5


def test_every_case_has_a_fault_that_it_must_catch() -> None:
    assert MUTANTS.keys() == CASES.keys()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if place % SAMPLE_EVERY else [])
        for place, name in enumerate(MUTANTS)
    ],
)
async def test_the_fault_is_caught(
    name: str, market: Callable[[str], Awaitable[Market]], postgres_url: str
) -> None:
    with planted(name):
        async with staged(rows()[TOY], await market(TOY), postgres_url, mutant=name) as at:
            try:
                await CASES[name].play(at)
            except (AssertionError, ChannelError):
                return
    pytest.fail(f"{name} does not catch it: {MUTANTS[name].fault}")
