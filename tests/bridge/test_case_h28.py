"""H28: what does not fit is said before a workflow could drop it; counts stay true."""

import asyncio

from aiohttp import ClientSession
from temporalio.client import Client

from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetters
from store import InboxState, Store
from tests.bridge.marketplaces import ACCOUNT, CASES, KEY, account, hook
from tests.bridge.running import counters, dispatching, until
from tests.bridge.test_receiver import receiver

MARKET = "market4"
QUEUE = f"{MARKET}-inbound"
GOOD = 10


async def test_wrong_types_are_dead_lettered_by_name_and_counts_stay_true(
    bus: ServiceBus, store: Store, temporal: Client
) -> None:
    wrong = (CASES / "H28-trendyol-webhook-wrong-types.json").read_bytes()
    bodies = [hook(500 + n) for n in range(GOOD)] + [wrong]
    before = await store.inbox.counts()
    async with (
        receiver(bus, MARKET) as address,
        ClientSession(headers={"x-api-key": KEY}) as http,
        dispatching(bus, store, temporal, account(MARKET)) as dispatcher,
    ):
        url = f"{address}/webhooks/{MARKET}/{ACCOUNT}"
        answers = await asyncio.gather(*(http.post(url, data=body) for body in bodies))
        assert [a.status for a in answers] == [200] * len(bodies)
        await until(lambda: counters(dispatcher, QUEUE).handed_over == GOOD)
        await until(lambda: counters(dispatcher, QUEUE).dead_lettered == 1)

    (letter,) = await DeadLetters(bus, [MARKET]).list(QUEUE)
    assert letter.reason == "contract"
    for field in ("lastModifiedDate", "lines", "packageTotalPrice"):
        assert field in letter.description
    assert "10600280001" in letter.description
    after = await store.inbox.counts()

    def more(state: InboxState) -> int:
        return after.get(state, 0) - before.get(state, 0)

    assert more(InboxState.RECEIVED) == GOOD
    assert more(InboxState.DEAD_LETTERED) == 1
    shown = await DeadLetters(bus, [MARKET]).show(QUEUE, letter.sequence_number)
    assert shown is not None
    assert shown.body.encode() == wrong
