"""Refresh tokens that rotate, over HTTP: one refresh each time, and no connection is ever lost."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import asyncpg
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from channels.errors import CredentialsError, UnavailableError
from channels.port import Channel
from channels.tokens import Fresh, Tokens
from store import Store
from store.database import Database
from store.sealing_ring import KeyRing, new_keys, write_keys
from store.tokens import TokenStore
from tests.fixtures.waiting import eventually
from tests.workers.tokens.authorization import Authorization
from tests.workers.tokens.calls import ACCOUNT, CHANNEL, NAME, Calls
from workers.tokens import ChannelTokens, keep_tokens

ROUNDS = 200
CLAIM = timedelta(seconds=1)
"""Instead of a minute: so long a dead process is waited for."""
Opener = Callable[[Authorization], Awaitable[str]]


@dataclass(frozen=True)
class Shared:
    """What processes share: the database and the keys."""

    url: str
    keys: Path

    def store(self) -> TokenStore:
        return TokenStore(Database(self.url, 2), KeyRing.of_file(self.keys), claim_for=CLAIM)

    async def begin(self) -> None:
        """A person has authorised: there is a refresh token, and no access token that lasts."""
        consent = Fresh("a0", timedelta(0), "r0")
        await self.store().put(CHANNEL, ACCOUNT, NAME, consent)

    def calls(self, server: str) -> Calls:
        return Calls(server, ChannelTokens(CHANNEL, self.store()))

    async def racer(self, server: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.workers.tokens.racer",
            self.url, str(self.keys), server, str(CLAIM.total_seconds()),
        )  # fmt: skip

    @property
    def plain_url(self) -> str:
        return self.url.replace("+asyncpg", "")

    async def sql(self, statement: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.plain_url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(statement)
            return found
        finally:
            await connection.close()


@pytest_asyncio.fixture
async def shared(fresh_postgres_url: str, tmp_path: Path) -> Shared:
    write_keys(tmp_path / "keys.json", new_keys())
    one = Shared(fresh_postgres_url, tmp_path / "keys.json")
    await one.begin()
    return one


@pytest_asyncio.fixture
async def serving() -> AsyncIterator[Opener]:
    servers: list[TestServer] = []

    async def serve(one: Authorization) -> str:
        server = TestServer(one.app())
        await server.start_server()
        servers.append(server)
        return str(server.make_url("")).rstrip("/")

    yield serve
    for server in servers:
        await server.close()


async def test_two_processes_race_one_rotating_token_two_hundred_times(
    shared: Shared, serving: Opener
) -> None:
    """The hardest server: a refresh token that is shown twice ends everything."""
    # Renewed after three quarters of its life: 30 ms.
    one = Authorization(lasts=0.04, enough=ROUNDS)
    server = await serving(one)
    racers = [await shared.racer(server) for _ in range(2)]
    codes = await asyncio.wait_for(asyncio.gather(*(x.wait() for x in racers)), 55)
    assert codes == [0, 0]
    assert not one.lost
    assert one.renewals >= ROUNDS
    assert one.shown == [f"r{n}" for n in range(one.renewals)], "one refresh each time"
    assert one.most_under_way == 1
    assert one.calls > ROUNDS
    assert one.refusals == 0, "renewed ahead, so that no call ever meets a dead token"


async def test_tokens_are_sealed_where_they_are_kept(shared: Shared, serving: Opener) -> None:
    calls = shared.calls(await serving(Authorization()))
    assert await calls.access() == "a1"
    (row,) = await shared.sql("SELECT sealed FROM tokens")
    assert row["sealed"][0] == 1
    assert b"access" not in row["sealed"]
    assert b'"access": "a1"' in KeyRing.of_file(shared.keys).open(row["sealed"])
    await calls.close()


async def test_a_token_refused_before_its_time_is_renewed_once_for_all(
    shared: Shared, serving: Opener
) -> None:
    one = Authorization()
    server = await serving(one)
    both = [shared.calls(server) for _ in range(2)]
    await asyncio.gather(*(calls.orders() for calls in both))
    one.renewals += 2  # whoever withdraws tokens at the marketplace
    await shared.store().put(
        CHANNEL, ACCOUNT, NAME, Fresh("a1", timedelta(hours=1), f"r{one.renewals}")
    )
    await asyncio.gather(*(calls.orders() for calls in both))
    assert len(one.shown) == 2 and not one.lost
    for calls in both:
        await calls.close()


async def test_whoever_gives_up_waiting_does_not_lose_the_answer(
    shared: Shared, serving: Opener
) -> None:
    """A cancelled activity; the marketplace has rotated by then."""
    one = Authorization(answers=asyncio.Event())
    server = await serving(one)
    calls, other = shared.calls(server), shared.calls(server)
    asking = asyncio.create_task(calls.access())
    await until_rotated(one)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    one.answer()
    assert await other.access() == "a1"
    assert one.shown == ["r0"] and not one.lost
    for each in (calls, other):
        await each.close()


async def test_what_cannot_be_written_is_kept_until_it_can(shared: Shared, serving: Opener) -> None:
    """The database is away just when the answer comes."""
    one = Authorization(answers=asyncio.Event())
    server = await serving(one)
    calls, other = shared.calls(server), shared.calls(server)
    asking = asyncio.create_task(calls.access())
    await until_rotated(one)
    await shared.sql("ALTER TABLE tokens RENAME TO tokens_away")
    one.answer()
    with pytest.raises(UnavailableError, match="nothing was sent"):
        await other.access()
    assert not asking.done(), "nobody may use what is not written"
    await shared.sql("ALTER TABLE tokens_away RENAME TO tokens")
    assert await asking == await other.access() == "a1"
    assert one.shown == ["r0"] and not one.lost
    for each in (calls, other):
        await each.close()


async def test_a_process_that_is_told_to_end_waits_for_the_answer(
    shared: Shared, serving: Opener
) -> None:
    one = Authorization(answers=asyncio.Event())
    server = await serving(one)
    store = Store(Database(shared.url, 2), KeyRing.of_file(shared.keys))
    calls = Calls(server, ChannelTokens(CHANNEL, store.tokens))
    asking = asyncio.create_task(calls.access())
    await until_rotated(one)
    asking.cancel()
    closing = asyncio.create_task(store.close())
    done, _ = await asyncio.wait({closing}, timeout=0.3)
    assert not done
    one.answer()
    await closing
    await calls.close()
    successor = shared.calls(server)
    assert await successor.access() == "a1" and one.shown == ["r0"]
    await successor.close()


async def test_channels_that_log_in_are_given_the_store_and_others_are_left_alone(
    shared: Shared,
) -> None:
    class LogsIn:
        tokens: Tokens | None = None

        def keep_tokens(self, tokens: Tokens) -> None:
            self.tokens = tokens

    logs_in, plain = LogsIn(), object()
    opened = {(CHANNEL, ACCOUNT): logs_in, ("other", ACCOUNT): plain}
    keep_tokens(cast(dict[tuple[str, str], Channel], opened), shared.store())
    assert isinstance(logs_in.tokens, ChannelTokens)
    assert await logs_in.tokens.access(ACCOUNT, NAME, _issued) == "a5"
    (row,) = await shared.sql("SELECT channel, account, name, version FROM tokens")
    assert tuple(row) == (CHANNEL, ACCOUNT, NAME, 2)


async def _issued(refresh: str | None) -> Fresh:
    assert refresh == "r0"
    return Fresh("a5", timedelta(hours=1))


@pytest.mark.parametrize("revokes_at_once", [False, True])
async def test_killed_between_the_answer_and_its_write(
    shared: Shared, serving: Opener, revokes_at_once: bool
) -> None:
    """The new refresh token dies with the process. What the marketplace allows then, happens."""
    one = Authorization(revokes_at_once=revokes_at_once, answers=asyncio.Event())
    server = await serving(one)
    await _killed_with_the_answer(shared, one, server)
    assert one.shown == ["r0"]
    successor = shared.calls(server)
    if revokes_at_once:
        with pytest.raises(CredentialsError):
            await successor.access()
        one.lost, one.renewals = False, 7  # a person has authorised anew
        await shared.store().put(CHANNEL, ACCOUNT, NAME, Fresh("a7", timedelta(hours=1), "r7"))
        assert not await successor.orders()
    else:
        assert await successor.access() == "a1", "the old one was taken once more"
        assert one.shown == ["r0", "r0"]
        assert not await successor.orders() and not one.lost
    await successor.close()


async def _killed_with_the_answer(shared: Shared, one: Authorization, server: str) -> None:
    """Kills a process in the moment between the answer and its write.

    The row is locked, so that the write waits; the process is killed; its connection is ended, so
    that the write is not done after its death.
    """
    racer = await shared.racer(server)
    await until_rotated(one)
    connection = await asyncpg.connect(shared.plain_url)
    async with connection.transaction():
        await connection.execute("SELECT * FROM tokens FOR UPDATE")
        one.answer()

        async def writes() -> int | None:
            rows = await shared.sql(
                "SELECT pid FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE tokens%'"
            )
            return rows[0]["pid"] if rows else None

        writer = await eventually(writes, within_s=30)
        racer.kill()
        await racer.wait()
        await shared.sql(f"SELECT pg_terminate_backend({writer})")
    await connection.close()


async def until_rotated(one: Authorization) -> None:
    """Waits until the server has issued tokens and has not said so yet."""

    async def rotated() -> bool | None:
        return True if one.renewals == 1 else None

    await eventually(rotated, within_s=30)
