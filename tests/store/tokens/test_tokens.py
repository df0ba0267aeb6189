"""A token is renewed once for all, ahead of its end, and never lost.

Over HTTP, with processes that race and die: `tests/workers/tokens`.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import Update, update

from store import Plain
from store.database import Database
from store.dialects.port import Sql
from store.tables import tokens as table
from store.tokens import TokenStore

KEY = ("toy", "main", "oauth")


@dataclass(frozen=True)
class Issued:
    access: str
    refresh: str | None = None
    lasts: timedelta = timedelta(hours=1)


@pytest_asyncio.fixture
async def tokens(fresh_postgres_url: str) -> AsyncIterator[TokenStore]:
    database = Database(fresh_postgres_url, 4)
    yield TokenStore(database, Plain())
    await database.close()


@pytest.fixture
def other(fresh_postgres_url: str, tokens: TokenStore) -> TokenStore:
    return TokenStore(Database(fresh_postgres_url, 2), Plain())


async def test_a_token_is_renewed_once_for_all_who_ask(
    tokens: TokenStore, other: TokenStore
) -> None:
    renewals: list[str | None] = []

    async def renew(refresh: str | None) -> Issued:
        renewals.append(refresh)
        await asyncio.sleep(0.2)
        return Issued("a1", "r1")

    got = await asyncio.gather(*(x.access(*KEY, renew) for x in (tokens, other) for _ in range(5)))
    assert set(got) == {"a1"}
    assert renewals == [None]


async def test_the_refresh_token_is_kept_where_none_comes(tokens: TokenStore) -> None:
    seen: list[str | None] = []

    async def renew(refresh: str | None) -> Issued:
        seen.append(refresh)
        return Issued(f"a{len(seen)}", None, timedelta(0))

    await tokens.put(*KEY, Issued("a0", "r0", timedelta(0)))
    assert await tokens.access(*KEY, renew) == "a1"
    assert await tokens.access(*KEY, renew) == "a2"
    assert seen == ["r0", "r0"]


async def test_what_the_marketplace_refuses_is_renewed_and_nothing_newer(
    tokens: TokenStore,
) -> None:
    async def renew(refresh: str | None) -> Issued:
        return Issued("a1")

    await tokens.put(*KEY, Issued("a0"))
    assert await tokens.access(*KEY, renew) == "a0"
    await tokens.refused(*KEY, "a0")
    assert await tokens.access(*KEY, renew) == "a1"
    await tokens.refused(*KEY, "a0")
    assert await tokens.access(*KEY, _never) == "a1"


async def test_a_failed_renewal_gives_the_claim_back(tokens: TokenStore, other: TokenStore) -> None:
    async def fails(refresh: str | None) -> Issued:
        raise ConnectionError("the marketplace is away")

    async def renew(refresh: str | None) -> Issued:
        return Issued("a1")

    with pytest.raises(ConnectionError):
        await tokens.access(*KEY, fails)
    assert await other.access(*KEY, renew) == "a1"


async def test_who_was_stalled_beyond_its_claim_still_brings_the_token(
    tokens: TokenStore, other: TokenStore
) -> None:
    """The marketplace has rotated: what the stalled one holds is the only token that lives."""
    await tokens.put(*KEY, Issued("a0", "r0", timedelta(0)))
    asked, go = asyncio.Event(), asyncio.Event()

    async def stalls(refresh: str | None) -> Issued:
        asked.set()
        await go.wait()
        return Issued("a1", "r1")

    async def too_late(refresh: str | None) -> Issued:
        assert refresh == "r0"
        go.set()
        await slow
        raise PermissionError("this refresh token was used")

    slow = asyncio.create_task(tokens.access(*KEY, stalls))
    await asked.wait()
    await tokens._write(KEY, _lapse, {})
    assert await other.access(*KEY, too_late) == "a1"
    assert await slow == "a1"


def _lapse(sql: Sql) -> Update:
    return update(table).values(claimed_until=None)


async def _never(refresh: str | None) -> Issued:
    raise AssertionError("renewed without need")
