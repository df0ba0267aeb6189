"""H28: what does not fit is said before a workflow could drop it; counts stay true."""

import asyncio

from aiohttp import ClientSession

from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetters
from store import InboxState, Store
from tests.bridge.marketplaces import ACCOUNT, CASES, KEY, WORKED, hook
from tests.bridge.running import Working
from tests.bridge.test_receiver import receiver

MARKET = WORKED[1]
QUEUE = f"{MARKET}-inbound"
GOOD = 10


async def test_wrong_types_are_dead_lettered_by_name_and_counts_stay_true(
    bus: ServiceBus, store: Store, working: Working
) -> None:
    wrong = (CASES / "H28-trendyol-webhook-wrong-types.json").read_bytes()
    bodies = [hook(500 + n) for n in range(GOOD)] + [wrong]
    before, done = await store.inbox.counts(), working.since_now(QUEUE)
    async with (
        receiver(bus, MARKET) as address,
        ClientSession(headers={"x-api-key": KEY}) as http,
    ):
        url = f"{address}/webhooks/{MARKET}/{ACCOUNT}"
        answers = await asyncio.gather(*(http.post(url, data=body) for body in bodies))
        assert [a.status for a in answers] == [200] * len(bodies)
        await done.reach(received=GOOD + 1, handed_over=GOOD, dead_lettered=1)

    letters = DeadLetters(bus, [MARKET])
    (letter,) = await letters.list(QUEUE)
    assert letter.reason == "contract"
    for field in ("lastModifiedDate", "lines", "packageTotalPrice"):
        assert field in letter.description
    assert "10600280001" in letter.description
    shown = await letters.show(QUEUE, letter.sequence_number)
    assert shown is not None
    assert shown.body.encode() == wrong
    after = await store.inbox.counts()
    more = {state: after[state] - before.get(state, 0) for state in after}
    assert more[InboxState.RECEIVED] == GOOD
    assert more[InboxState.DEAD_LETTERED] == 1
