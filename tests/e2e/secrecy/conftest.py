"""One run for the tests of this folder: canary buyers among others, a key rotated midway."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest_asyncio

from store import InboxState
from store.sealing_ring import read_keys
from tests.e2e.secrecy.buyers import CANARIES, known_to_the_marketplace, package_of, place
from tests.e2e.secrecy.troubles import Letter, refused, unreadable
from tests.fixtures.command import Said
from tests.fixtures.stack import Held, held
from tests.fixtures.waiting import eventually
from workers.stack.board import Board
from workers.stack.parts import Pace

SEEDED, PER_SECOND = 6, 3
ROUNDS_AT_ROTATION = 2
ORDERS = SEEDED + (1 + ROUNDS_AT_ROTATION) * len(CANARIES)
FIRST_NUMBER = 10_617_000_001
UNFINISHED = (0.3, 0.7)
"""The share of orders that are open when the key is rotated."""
PACE = Pace(lock=timedelta(seconds=5), poll_every=timedelta(seconds=5), erp_delay="0.3..1.0")


@dataclass(frozen=True)
class Run:
    """What the run left behind: all orders finished, and after them one letter and one refusal."""

    platform: Held
    personal: dict[str, str]
    """Values that the marketplace knows of its buyers, by a name that may be shown."""
    letter: Letter
    rotated: Said
    before: Board
    """Just before the key was rotated."""
    after: Board
    """Just after."""
    keys: tuple[int, int]
    """The key that sealed before, and the one that seals since."""
    processes: tuple[dict[str, int | None], dict[str, int | None]]
    """The platform's processes before the rotation and at the end."""
    verdict: dict[str, Any]


@pytest_asyncio.fixture(scope="package")
async def run() -> AsyncIterator[Run]:
    async with held(PACE) as platform:
        yield await _carried_out(platform)


async def _carried_out(platform: Held) -> Run:
    accounts = [x.account for x in platform.channel.accounts]

    async def canaries(already: int) -> None:
        for n, canary in enumerate(CANARIES):
            number = str(FIRST_NUMBER + already * len(CANARIES) + n)
            await place(platform, accounts[n % 2], package_of(canary, number))

    await canaries(0)
    await platform.place(SEEDED, per_second=PER_SECOND)
    processes = _processes(platform)
    before = await platform.until_share_is_finished(ORDERS, low=UNFINISHED[0])
    for n in range(ROUNDS_AT_ROTATION):
        await canaries(1 + n)
    key = read_keys(platform.stack.folder.keys).active
    rotated = await platform.souk("keys", "rotate")
    after = await platform.board()
    await until_finished(platform, ORDERS)
    verdict = await platform.verdict()
    letter = await unreadable(platform)
    await refused(platform)
    return Run(
        platform=platform,
        personal=await known_to_the_marketplace(platform),
        letter=letter,
        rotated=rotated,
        before=before,
        after=after,
        keys=(key, read_keys(platform.stack.folder.keys).active),
        processes=(processes, _processes(platform)),
        verdict=verdict,
    )


async def until_finished(platform: Held, orders: int) -> None:
    """Waits until so many orders are finished here and nothing is on its way.

    Orders placed by hand are no part of the marketplace's count of its traffic.
    """

    async def finished() -> bool | None:
        board = await platform.board()
        waits = board.waiting or board.inbox.get(InboxState.RECEIVED)
        return True if board.finished >= orders and not waits else None

    await eventually(finished, within_s=90)


def _processes(platform: Held) -> dict[str, int | None]:
    names = ("worker", "receiver", "dispatcher", "codec", "temporal")
    return {name: platform.stack.supervisor.child(name).pid for name in names}
