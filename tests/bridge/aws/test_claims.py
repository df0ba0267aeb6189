"""Bodies too large for the bus: fetched by the dispatcher before it judges."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from temporalio.client import Client

from bridge.aws.clients import Aws
from bridge.bus import ServiceBus
from bridge.claims import ClaimGoneError, S3Claims
from bridge.dead_letters import DeadLetters
from bridge.dispatcher import Dispatcher
from channels.port import Channel
from store import Store
from tests.bridge.aws.harness import CLAIMS, Cloud
from tests.bridge.marketplaces import ACCOUNT, account, event, hook
from tests.bridge.running import OPTIONS, until_so

MARKET = "claimant"
"""Of this test alone, with queues of its own."""


@pytest.fixture
async def claims(cloud: Cloud) -> S3Claims:
    return S3Claims(Aws(cloud.url, "eu-west-1"), CLAIMS)


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    store = Store.connect(postgres_url)
    yield store
    await store.close()


async def test_a_claimed_body_is_kept_as_if_it_had_come_whole(
    bus: ServiceBus, store: Store, temporal: Client, claims: S3Claims
) -> None:
    channel: Channel = account(MARKET)
    accounts: Mapping[tuple[str, str], Channel] = {(MARKET, ACCOUNT): channel}
    large = event(channel, hook(900, note="x" * 400_000))
    claim = await claims.put(MARKET, ACCOUNT, large.event_id, large.body)
    gone = event(channel, hook(901)).model_copy(update={"body": b"", "claim": f"{claim}-not"})
    await bus.send_inbound([large.model_copy(update={"body": b"", "claim": claim}), gone])
    dispatcher = Dispatcher(bus, store, accounts, temporal, OPTIONS, claims)
    task = asyncio.create_task(dispatcher.run())
    letters = DeadLetters(bus, [MARKET])

    async def settled() -> bool:
        kept = await store.inbox.body(MARKET, ACCOUNT, large.event_id)
        return kept == large.body and len(await letters.list(f"{MARKET}-inbound")) == 1

    await until_so(settled)
    dispatcher.stop()
    await task
    (letter,) = await letters.list(f"{MARKET}-inbound")
    assert letter.reason == "claim_gone"
    assert f"{claim}-not" in letter.description


async def test_a_claim_is_the_same_for_the_same_body_and_says_when_it_is_gone(
    claims: S3Claims,
) -> None:
    first = await claims.put("c", "a", "event", b"body")
    assert await claims.put("c", "a", "event", b"body") == first
    assert await claims.put("c", "a", "event", b"another") != first
    assert await claims.get(first) == b"body"
    for claim in (f"{first}0", "s3://no-such-bucket/x", "https://elsewhere/x", "s3://"):
        with pytest.raises(ClaimGoneError):
            await claims.get(claim)
