"""Tokens obtained from marketplaces: sealed, renewed by one process at a time, ahead of their end.

Where a marketplace rotates refresh tokens, the old one may die as the new one is issued, and the
answer to that one request is all there is. So

- it is written before anything uses what came with it;
- whoever asked for a token may give up waiting: the renewal goes on to its end all the same;
- while the database is away the process keeps what it got, and writes it before anything else;
- a process whose claim has lapsed while it was stalled may still write what it got, as long as
  nobody else has written.

What is left is a process that dies (`kill -9`, power) between the marketplace's answer and the
write, some milliseconds. Then the next renewal shows the old refresh token again, once the claim
has lapsed. A marketplace that does not revoke it at once (RFC 6749, section 6: it may) answers as
if nothing had been; with one that does, the account is refused and a person authorises anew.
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
from store.errors import StoreConflictError, StoreError
from store.parameters import run
from store.sealing import Sealer
from store.sql import tokens as sql

MARGIN = timedelta(minutes=5)
"""Renewed so long before its end, or a quarter of its life before where that is shorter."""
CLAIM_FOR = timedelta(seconds=60)
"""Longer than any renewal takes."""
ASK_AGAIN_S = 0.05
WAIT_S = 90.0
CLOSES_WITHIN_S = 10.0
SAVE_AGAIN_S = 0.5
KEEP_TRYING_S = 20.0
"""So long a renewed token is tried to be written at once; after that whenever one is asked for."""


class Issued(Protocol):
    """What a renewal brings."""

    @property
    def access(self) -> str: ...

    @property
    def lasts(self) -> timedelta: ...

    @property
    def refresh(self) -> str | None: ...


Renew = Callable[[str | None], Awaitable[Issued]]
Key = tuple[str, str, str]
"""(channel, account, name)"""


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

    def __init__(
        self, database: Database, sealer: Sealer, *, claim_for: timedelta = CLAIM_FOR
    ) -> None:
        """Makes the store.

        Args:
            database: Where the tokens are.
            sealer: What protects them.
            claim_for: How long a process that renews one is left alone.
        """
        self._database = database
        self._sealer = sealer
        self._claim_for = claim_for
        self._process = token_hex(8)
        self._known: dict[Key, Kept] = {}
        self._locks: dict[Key, asyncio.Lock] = {}
        self._unsaved: dict[Key, tuple[Kept, Issued, float]] = {}
        self._renewals: set[asyncio.Task[str]] = set()

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

    async def close(self) -> None:
        """Waits until renewals that are under way are written; not for ever."""
        if self._renewals:
            await asyncio.wait(self._renewals, timeout=CLOSES_WITHIN_S)

    def _ended(self, renewal: asyncio.Task[str]) -> None:
        """Whoever asked has heard how it ended, or has given up."""
        self._renewals.discard(renewal)
        if not renewal.cancelled():
            renewal.exception()

    async def _renewed(self, key: Key, renew: Renew) -> str:
        ends = time.monotonic() + WAIT_S
        while time.monotonic() < ends:
            await self._save_what_is_left(key)
            kept = await self._read(key)
            if kept.good() and kept.access is not None:
                return kept.access
            if await self._claim(key, kept):
                renewal = asyncio.create_task(self._renew(key, kept, renew))
                self._renewals.add(renewal)
                renewal.add_done_callback(self._ended)
                return await asyncio.shield(renewal)
            await asyncio.sleep(ASK_AGAIN_S)
        raise StoreConflictError(
            f"Another process has been renewing the token {'/'.join(key)} for {WAIT_S:.0f} s:"
            " look at that process; the claim lapses by itself."
        )

    async def _renew(self, key: Key, kept: Kept, renew: Renew) -> str:
        asked = time.monotonic()
        try:
            issued = await renew(kept.refresh)
        except BaseException:
            await self._write(key, sql.release_token, {"claimant": self._process})
            newer = await self._read(key)
            if newer.version != kept.version and newer.good() and newer.access is not None:
                return newer.access  # a stalled process has brought it after all
            raise
        self._unsaved[key] = kept, issued, asked
        ends = time.monotonic() + KEEP_TRYING_S
        while True:
            try:
                return await self._save_what_is_left(key) or issued.access
            except StoreError:
                if time.monotonic() > ends:
                    raise
            await asyncio.sleep(SAVE_AGAIN_S)

    async def _save_what_is_left(self, key: Key) -> str | None:
        """Writes what the marketplace has issued to this process and nobody else knows."""
        left = self._unsaved.get(key)
        if left is None:
            return None
        access = await self._save(key, *left)
        if self._unsaved.get(key) is left:
            del self._unsaved[key]
        return access

    async def _claim(self, key: Key, kept: Kept) -> bool:
        values = {
            "expected": kept.version,
            "claimant": self._process,
            "until": kept.now + self._claim_for,
        }
        return await self._write(key, sql.claim_token, values) == 1

    async def _save(self, key: Key, kept: Kept, issued: Issued, asked: float) -> str:
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

    async def _read(self, key: Key) -> Kept:
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
        key: Key,
        build: Callable[[Sql], Executable],
        values: dict[str, Any],
    ) -> int:
        named = {**_named(key), **values}
        return await self._database.quick(
            lambda c: run(c, build(self._database.dialect), named).rowcount
        )


def _named(key: Key) -> dict[str, Any]:
    return dict(zip(("channel", "account", "name"), key, strict=True))
