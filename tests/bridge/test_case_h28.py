"""H28: what does not fit is said before a workflow could drop it; counts stay true."""

import asyncio

import pytest
from aiohttp import ClientSession

from bridge.bus import ServiceBus
from bridge.dead_letters import DeadLetters
from canonical.identity import OrderRef
from store import InboxState, Store
from tests.bridge.marketplaces import ACCOUNT, CASES, KEY, WORKED, account, hook
from tests.bridge.running import Working
from tests.bridge.test_receiver import receiver

MARKET = WORKED[1]
QUEUE = f"{MARKET}-inbound"
GOOD = 10


async def test_wrong_types_are_dead_lettered_by_name_and_counts_stay_true(
    bus: ServiceBus, store: Store, working: Working, monkeypatch: pytest.MonkeyPatch
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

    # The reader is mended, the dead letter sent again: the inbox's row becomes the event it is.
    mended, replaying = account(MARKET), working.since_now(f"{MARKET}-backfill")
    monkeypatch.setattr(mended, "identify", lambda body: account(MARKET).identify(hook(599)))
    working.configure(mended)
    assert (await letters.replay(QUEUE)).sent == (letter.sequence_number,)
    await replaying.reach(handed_over=1)
    ref = OrderRef(channel=MARKET, account=ACCOUNT, order_id="10600000599")
    (row,) = await store.inbox.log(ref)
    assert (row.state, row.deliveries) == (InboxState.RECEIVED, 2)
    assert await store.inbox.body(MARKET, ACCOUNT, row.event_id) == wrong
    assert (await store.inbox.counts()).get(InboxState.DEAD_LETTERED, 0) == before.get(
        InboxState.DEAD_LETTERED, 0
    )
