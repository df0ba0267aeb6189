"""Tokens obtained from marketplaces: sealed, renewed by one process at a time, ahead of their end.

Where a marketplace rotates refresh tokens, the old one dies as the new one is issued. So the new
one is written before anything uses what came with it, and a process whose claim has lapsed while
it was stalled may still write what it got, as long as nobody else has written.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Protocol

from sqlalchemy import Connection, Executable, Row

from store.database import Database
from store.dialects.port import Sql
from store.errors import StoreConflictError
from store.parameters import run
from store.sealing import Sealer
from store.sql import tokens as sql

MARGIN = timedelta(minutes=5)
"""Renewed so long before its end, or a quarter of its life before where that is shorter."""
CLAIM_FOR = timedelta(seconds=60)
"""Longer than any renewal takes."""
ASK_AGAIN_S = 0.05
WAIT_S = 90.0


class Issued(Protocol):
    """What a renewal brings."""

    @property
    def access(self) -> str: ...

    @property
    def lasts(self) -> timedelta: ...

    @property
    def refresh(self) -> str | None: ...


Renew = Callable[[str | None], Awaitable[Issued]]


@dataclass(frozen=True)
class Kept:
    """A token as the row holds it."""

    version: int
    now: datetime
    """The database's clock when it was read."""
    read_at: float
    """Own clock before it was read, in seconds."""
    answered_at: float
    """And after."""
    access: str | None = field(default=None, repr=False)
    refresh: str | None = field(default=None, repr=False)
    renew_at: datetime | None = None

    def good(self) -> bool:
        """Whether it need not be renewed yet."""
        passed = timedelta(seconds=time.monotonic() - self.read_at)
        return (
            self.access is not None
            and self.renew_at is not None
            and (self.now + passed < self.renew_at)
        )


class TokenStore:
    """One channel's or all channels' tokens, by (channel, account, name)."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._process = token_hex(8)
        self._known: dict[tuple[str, str, str], Kept] = {}
        self._locks: dict[tuple[str, str, str], asyncio.Lock] = {}

    async def access(self, channel: str, account: str, name: str, renew: Renew) -> str:
        """A token that is good for a while.

        Args:
            channel: The channel.
            account: The account.
            name: Which of its tokens.
            renew: Gets a new one from the marketplace, by the refresh token where there is one.

        Raises:
            StoreError: The database is away, or another process renews for ever.
        """
        key = (channel, account, name)
        known = self._known.get(key)
        if known is not None and known.good() and known.access is not None:
            return known.access
        async with self._locks.setdefault(key, asyncio.Lock()):
            return await self._renewed(key, renew)

    async def put(self, channel: str, account: str, name: str, issued: Issued) -> None:
        """Keeps a token that was obtained otherwise, as by a person's consent."""
        key = (channel, account, name)
        await self._save(key, await self._read(key), issued, time.monotonic())

    async def refused(self, channel: str, account: str, name: str, access: str) -> None:
        """The marketplace no longer takes this token; nothing if it is another by now."""
        key = (channel, account, name)
        kept = await self._read(key)
        if kept.access == access:
            await self._write(key, sql.spoil_token, {"expected": kept.version})
        self._known.pop(key, None)

    async def _renewed(self, key: tuple[str, str, str], renew: Renew) -> str:
        ends = time.monotonic() + WAIT_S
        while time.monotonic() < ends:
            kept = await self._read(key)
            if kept.good() and kept.access is not None:
                return kept.access
            if await self._claim(key, kept):
                return await self._renew(key, kept, renew)
            await asyncio.sleep(ASK_AGAIN_S)
        raise StoreConflictError(
            f"Another process has been renewing the token {'/'.join(key)} for {WAIT_S:.0f} s:"
            " look at that process; the claim lapses by itself."
        )

    async def _renew(self, key: tuple[str, str, str], kept: Kept, renew: Renew) -> str:
        asked = time.monotonic()
        try:
            issued = await renew(kept.refresh)
        except BaseException:
            await self._write(key, sql.release_token, {"claimant": self._process})
            newer = await self._read(key)
            if newer.version != kept.version and newer.good() and newer.access is not None:
                return newer.access  # a stalled process has brought it after all
            raise
        return await asyncio.shield(self._save(key, kept, issued, asked))

    async def _claim(self, key: tuple[str, str, str], kept: Kept) -> bool:
        values = {
            "expected": kept.version,
            "claimant": self._process,
            "until": kept.now + CLAIM_FOR,
        }
        return await self._write(key, sql.claim_token, values) == 1

    async def _save(
        self, key: tuple[str, str, str], kept: Kept, issued: Issued, asked: float
    ) -> str:
        """Writes before anyone uses. Answers the token that counts: another's, if that was first.

        It is counted from before it was asked for.
        """
        refresh = issued.refresh or kept.refresh
        renew_at = (
            kept.now
            + timedelta(seconds=asked - kept.answered_at)
            + issued.lasts
            - min(MARGIN, issued.lasts / 4)
        )
        secret = json.dumps({"access": issued.access, "refresh": refresh}).encode()
        values = {
            "expected": kept.version,
            "secret": self._sealer.seal(secret),
            "ends": renew_at,
        }
        await self._write(key, sql.save_token, values)
        now = await self._read(key)
        return now.access or issued.access

    async def _read(self, key: tuple[str, str, str]) -> Kept:
        values = _named(key)

        def work(connection: Connection) -> Row[Any]:
            dialect = self._database.dialect
            row = run(connection, sql.token_of(dialect), values).first()
            if row is None:
                run(connection, sql.add_token(dialect), values)
                row = run(connection, sql.token_of(dialect), values).one()
            return row

        before = time.monotonic()
        row = await self._database.quick(work)
        secret = json.loads(self._sealer.open(row.sealed)) if row.sealed else {}
        kept = Kept(
            version=row.version,
            now=row.now,
            read_at=before,
            answered_at=time.monotonic(),
            access=secret.get("access"),
            refresh=secret.get("refresh"),
            renew_at=row.expires_at,
        )
        self._known[key] = kept
        return kept

    async def _write(
        self,
        key: tuple[str, str, str],
        build: Callable[[Sql], Executable],
        values: dict[str, Any],
    ) -> int:
        named = {**_named(key), **values}
        return await self._database.quick(
            lambda c: run(c, build(self._database.dialect), named).rowcount
        )


def _named(key: tuple[str, str, str]) -> dict[str, Any]:
    return dict(zip(("channel", "account", "name"), key, strict=True))
