import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web

from activities.ports import BusUnavailableError
from bridge.bus import ServiceBus
from bridge.bus.batcher import HookBatcher
from bridge.receiver import receiver_app
from canonical.abilities import Webhooks
from canonical.envelope import BEGINNING, InboundEvent, Source
from canonical.events import Event
from canonical.identity import hook_key
from tests.bridge.marketplaces import ACCOUNT, CASES, KEY, account, declared, event, hook
from tests.bridge.messages import events
from tests.sandbox.servicebus.program import Program

MARKET = "market1"
GENUINE = {"x-api-key": KEY}


@asynccontextmanager
async def receiver(bus: ServiceBus, market: str = MARKET) -> AsyncIterator[str]:
    """The receiver on a port of its own; gives its address."""
    app = receiver_app(bus, {(market, ACCOUNT): account(market)})
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def address(bus: ServiceBus) -> AsyncIterator[str]:
    async with receiver(bus) as address:
        yield address


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


def url(address: str, name: str = MARKET, account: str = ACCOUNT) -> str:
    return f"{address}/webhooks/{name}/{account}"


async def test_a_hook_is_on_the_bus_when_it_is_answered(
    bus: ServiceBus, address: str, http: ClientSession
) -> None:
    body = hook(100)
    async with http.post(url(address), data=body, headers=GENUINE) as answer:
        assert answer.status == 200
    (got,) = await events(bus, f"{MARKET}-inbound", 1)
    assert (got.order_id, got.source, got.body) == ("10600000100", Source.WEBHOOK, body)
    assert got.event_id == event(account(MARKET), body).event_id
    assert len(got.correlation_id) == 32


async def test_an_envelope_becomes_one_event_each(
    bus: ServiceBus, address: str, http: ClientSession
) -> None:
    body = json.dumps({"content": [json.loads(hook(n)) for n in (101, 102)]})
    async with http.post(url(address), data=body, headers=GENUINE) as answer:
        assert answer.status == 200
    got = await events(bus, f"{MARKET}-inbound", 2)
    assert {e.order_id for e in got} == {"10600000101", "10600000102"}


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "wrong"}, {"x-api-key": ""}])
async def test_a_wrong_key_is_refused_and_sends_nothing(
    bus: ServiceBus, address: str, http: ClientSession, headers: dict[str, str]
) -> None:
    async with http.post(url(address), data=hook(103), headers=headers) as answer:
        assert answer.status == 401
    async with bus.receiver(f"{MARKET}-inbound") as queue:
        assert await queue.peek_messages(1) == []


async def test_an_unknown_account_is_not_found(address: str, http: ClientSession) -> None:
    for target in (url(address, name="nobody"), url(address, account="nobody")):
        async with http.post(target, data=hook(104), headers=GENUINE) as answer:
            assert answer.status == 404


@pytest.mark.parametrize(("headers", "status"), [(GENUINE, 200), ({}, 413)])
async def test_of_a_large_body_the_beginning_is_kept_if_it_is_genuine(
    bus: ServiceBus, address: str, http: ClientSession, headers: dict[str, str], status: int
) -> None:
    limit = Webhooks(junk_answer=200).body_limit
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50 * limit:
            sent += 65_536
            yield b"x" * 65_536
            await asyncio.sleep(0)

    async with http.post(url(address), data=b"x" * (limit + 1), headers=headers) as answer:
        assert answer.status == status
    async with http.post(url(address), data=endless(), headers=headers) as answer:
        assert answer.status == status
    assert sent < 50 * limit
    if headers == GENUINE:
        for got in await events(bus, f"{MARKET}-inbound", 2):
            assert (got.order_id, got.body) == (None, b"x" * BEGINNING)
            assert got.cut_from and got.cut_from > limit
    async with bus.receiver(f"{MARKET}-inbound") as queue:
        assert await queue.peek_messages(1) == []


async def test_an_order_that_is_larger_than_the_bus_takes_costs_no_bad_answer(
    bus: ServiceBus, address: str, http: ClientSession
) -> None:
    body = hook(107, note="x" * 300_000)
    async with http.post(url(address), data=body, headers=GENUINE) as answer:
        assert answer.status == 200
    (got,) = await events(bus, f"{MARKET}-inbound", 1)
    assert (got.order_id, got.cut_from) == ("10600000107", len(body))
    assert body.startswith(got.body)


@pytest.mark.parametrize("body", [b"", b"{no json", b'"text"', b"\xff\xfe\x00"])
async def test_junk_is_kept_and_answered_as_the_channel_says(
    bus: ServiceBus, address: str, http: ClientSession, body: bytes
) -> None:
    async with http.post(url(address), data=body, headers=GENUINE) as answer:
        assert answer.status == 200
    (got,) = await events(bus, f"{MARKET}-inbound", 1)
    assert (got.order_id, got.body) == (None, body)


async def test_many_hooks_at_once_all_arrive(
    bus: ServiceBus, address: str, http: ClientSession
) -> None:
    count, loop = 200, asyncio.get_running_loop()
    began = loop.time()

    async def post(number: int) -> int:
        async with http.post(url(address), data=hook(number), headers=GENUINE) as answer:
            return answer.status

    statuses = await asyncio.gather(*(post(1000 + n) for n in range(count)))
    rate = count / (loop.time() - began)
    assert statuses == [200] * count
    got = await events(bus, f"{MARKET}-inbound", count)
    assert len({e.event_id for e in got}) == count
    assert rate > 100, f"{rate:.0f} hooks/s"


async def test_without_the_bus_the_marketplace_is_asked_to_come_again(
    tmp_path_factory: pytest.TempPathFactory, http: ClientSession
) -> None:
    program = Program(declared([MARKET]), tmp_path_factory.mktemp("away"))
    await program.start()
    bus = ServiceBus.connect(program.connection_string())
    async with receiver(bus) as address:
        async with http.post(url(address), data=hook(105), headers=GENUINE) as answer:
            assert answer.status == 200
        await program.kill()
        async with http.post(url(address), data=hook(106), headers=GENUINE) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "5"
        async with http.get(f"{address}/health") as answer:
            assert answer.status == 503
            assert "bus" in (await answer.json())["why"]
        await program.start()
        async with http.get(f"{address}/health") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True})
        async with http.post(url(address), data=hook(106), headers=GENUINE) as answer:
            assert answer.status == 200
        got = await events(bus, f"{MARKET}-inbound", 2)
        assert {e.order_id for e in got} == {"10600000105", "10600000106"}
    await bus.close()
    await program.stop()


class _Recorder:
    """A bus that notes how many events each send carried, and may refuse."""

    def __init__(self) -> None:
        self.sends: list[int] = []
        self.away = False

    async def publish(self, event: Event) -> None:
        raise AssertionError("hooks publish nothing")

    async def send_inbound(self, events: Sequence[InboundEvent], *, backfill: bool = False) -> None:
        if self.away:
            raise BusUnavailableError("away")
        self.sends.append(len(events))
        await asyncio.sleep(0)


async def test_hooks_of_one_moment_share_a_send() -> None:
    bus, channel = _Recorder(), account(MARKET)
    batcher = HookBatcher(bus)
    await asyncio.gather(*(batcher.send([event(channel, hook(n))]) for n in range(120)))
    assert sum(bus.sends) == 120
    assert len(bus.sends) <= 3


async def test_each_hook_of_a_failed_batch_hears_of_it() -> None:
    bus, channel = _Recorder(), account(MARKET)
    bus.away = True
    batcher = HookBatcher(bus)
    sends = (batcher.send([event(channel, hook(n))]) for n in range(3))
    outcomes = await asyncio.gather(*sends, return_exceptions=True)
    assert [type(o) for o in outcomes] == [BusUnavailableError] * 3
    bus.away = False
    await batcher.send([event(channel, hook(4))])
    assert bus.sends == [1]


async def test_the_body_goes_untouched(bus: ServiceBus, address: str, http: ClientSession) -> None:
    body = (CASES / "H16-trendyol-webhook-body.json").read_bytes()
    async with http.post(url(address), data=body, headers=GENUINE) as answer:
        assert answer.status == 200
    (got,) = await events(bus, f"{MARKET}-inbound", 1)
    assert got.body == body


async def test_a_hook_comes_by_a_path_that_names_no_marketplace(
    bus: ServiceBus, address: str, http: ClientSession
) -> None:
    path = f"{address}/webhooks/{hook_key(MARKET, ACCOUNT)}"
    assert MARKET not in path and ACCOUNT not in path
    async with http.post(path, data=hook(101), headers=GENUINE) as answer:
        assert answer.status == 200
    (got,) = await events(bus, f"{MARKET}-inbound", 1)
    assert (got.channel, got.account, got.order_id) == (MARKET, ACCOUNT, "10600000101")
    async with http.post(f"{address}/webhooks/{'0' * 20}", data=hook(102)) as answer:
        assert answer.status == 404
