"""Every case against every channel that it applies to."""

from collections.abc import Awaitable, Callable

import pytest

from tests.conformance.every import CASES
from tests.conformance.market import Market
from tests.conformance.rows import package_of, rows
from tests.conformance.stage import staged

PAIRS = [
    pytest.param(channel, name, id=f"{channel}-{name}")
    for channel, row in rows().items()
    for name, one in CASES.items()
    if not one.lacks(package_of(row).ABILITIES)
]


@pytest.mark.parametrize(("channel", "name"), PAIRS)
async def test_a_channel_does_what_is_demanded_of_every_one(
    channel: str,
    name: str,
    market: Callable[[str], Awaitable[Market]],
    postgres_url: str,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("channel", channel)
    record_property("case", name)
    async with staged(rows()[channel], await market(channel), postgres_url) as at:
        await CASES[name].play(at)
