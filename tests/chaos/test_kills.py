"""`kill -9` while the orders are in full swing, down longer than the message lock."""

from datetime import timedelta

import pytest

from tests.fixtures.stack import held
from workers.stack.parts import Pace

ORDERS = 30
LOCK = timedelta(seconds=5)
DOWN = LOCK + timedelta(seconds=2)
PACE = Pace(lock=LOCK, poll_every=timedelta(seconds=10))


@pytest.mark.chaos
@pytest.mark.timeout(240)
@pytest.mark.parametrize("victim", ["dispatcher", "worker", "bus"])
async def test_nothing_is_lost_doubled_or_wrong(victim: str) -> None:
    async with held(PACE) as platform:
        await platform.place(ORDERS)
        board = await platform.until_share_is_finished(ORDERS, low=0.3)
        assert board.finished <= 0.7 * ORDERS, "killed too late to tell anything"

        await platform.kill_for(victim, DOWN)
        await platform.until_all_finished(ORDERS, within_s=150)

        verdict = await platform.verdict()
        assert verdict["wrong_details"] == []
        assert verdict["orders"] == {
            "placed": ORDERS,
            "finished": ORDERS,
            "lost": 0,
            "duplicated": 0,
            "wrong": 0,
            "attention": 0,
        }
        account = await platform.account()
        assert account.differences == ()
        assert account.received == account.applied + account.superseded + account.dead_letters
        assert account.dead_letters == 0
