import asyncio

from bridge.dispatcher.traffic import Traffic


async def is_open(traffic: Traffic, patience: float = 60) -> bool:
    waiting = asyncio.create_task(traffic.backfill(patience).wait())
    done, _ = await asyncio.wait((waiting,), timeout=0.02)
    waiting.cancel()
    return bool(done)


async def test_backfill_waits_while_a_live_queue_has_a_backlog() -> None:
    traffic = Traffic()
    one, other = traffic.live("a"), traffic.live("b")
    assert await is_open(traffic)
    one.report(50, 50)
    other.report(50, 50)
    assert not await is_open(traffic)
    one.report(49, 50)
    assert not await is_open(traffic)
    other.report(0, 50)
    assert await is_open(traffic)


async def test_backfill_gets_its_turn_even_so() -> None:
    traffic = Traffic()
    traffic.live("a").report(50, 50)
    assert await is_open(traffic, patience=0.001)
