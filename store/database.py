"""Connections, transactions, and what becomes of a driver's errors."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from store.dialects.choice import dialect_of
from store.dialects.port import Dialect, Verdict
from store.errors import StoreConflictError, StoreUnavailableError

T = TypeVar("T")
Work = Callable[[Connection], T]
"""Runs its statements one after the other on one connection, without awaiting anything else."""

CONNECT_WITHIN = 5.0
STATEMENT_WITHIN = 10.0
CHECKOUT_WITHIN = 10.0
"""Seconds. A lock is waited for half as long as a statement."""
ATTEMPTS = 8
PAUSE = 0.02
"""Seconds before the second attempt; doubled for each further one, with jitter."""


class Database:
    """One database behind a pool."""

    def __init__(
        self,
        url: str,
        pool_size: int,
        within: float = STATEMENT_WITHIN,
        dialect: Dialect | None = None,
    ) -> None:
        self.dialect: Dialect = dialect or dialect_of(url)
        address = make_url(url)
        self._where = f"{address.host}:{address.port or 'default port'}/{address.database}"
        self._engine: AsyncEngine = create_async_engine(
            address,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=CHECKOUT_WITHIN,
            pool_recycle=1500,
            hide_parameters=True,  # they may be personal, and errors reach logs
            connect_args={
                "timeout": CONNECT_WITHIN,
                "command_timeout": within,
                "server_settings": {
                    "application_name": "souk",
                    "lock_timeout": f"{within / 2:.0f}s",
                    # A frozen process must not hold an order's lock for ever.
                    "idle_in_transaction_session_timeout": f"{within:.0f}s",
                },
            },
        )
        self._quick = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def quick(self, work: Work[T]) -> T:
        """Runs single statements, each its own transaction: one round trip apiece."""
        return await self._attempts(self._quick, work)

    async def transaction(self, work: Work[T]) -> T:
        """Runs all of `work` in one transaction; again as a whole where it lost against another."""
        return await self._attempts(self._engine, work)

    async def path(self, work: Work[T]) -> T:
        """Runs a hot path, in a transaction where the database needs several statements for it."""
        return await (self.quick if self.dialect.paths_are_atomic else self.transaction)(work)

    @asynccontextmanager
    async def long(self) -> AsyncIterator[AsyncConnection]:
        """A transaction of many rows on one connection; the caller commits, and repeats it."""
        try:
            async with self._engine.connect() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            verdict = self.dialect.verdict(error)
            if verdict in (Verdict.RETRY, Verdict.LOST):
                raise StoreConflictError(
                    f"The transaction at {self._where} was broken off ({_words(error)})."
                    " Nothing of it is stored: repeat it."
                ) from error
            self._give_up(verdict, error)

    async def close(self) -> None:
        await self._engine.dispose()

    async def _attempts(self, engine: AsyncEngine, work: Work[T]) -> T:
        """Everything the store does may be repeated; so a lost connection is tried once more."""

        def whole(connection: Connection) -> T:
            result = work(connection)
            connection.commit()
            return result

        lost = 0
        for attempt in range(ATTEMPTS):
            try:
                async with engine.connect() as connection:
                    return await connection.run_sync(whole)
            except (SQLAlchemyError, OSError) as error:
                verdict = self.dialect.verdict(error)
                if verdict is Verdict.LOST and not lost:
                    lost += 1
                elif verdict is not Verdict.RETRY:
                    self._give_up(verdict, error)
                cause = error
            await asyncio.sleep(PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
        raise StoreConflictError(
            f"Others kept changing the same rows of {self._where} ({_words(cause)});"
            f" given up after {ATTEMPTS} attempts. Nothing of this call is stored: repeat it."
        ) from cause

    def _give_up(self, verdict: Verdict, error: Exception) -> None:
        """Raises what tells a person what to do."""
        advice = {
            Verdict.LOST: "Check that the server runs; repeat the call, which does no harm.",
            Verdict.AWAY: "Check that the server runs and is not full; repeat the call.",
            Verdict.LOGIN: "Check user, password and database name in `database_url`.",
            Verdict.SCHEMA: "Its tables are missing or of another version: run `souk db upgrade`.",
        }.get(verdict)
        if advice is None:
            raise error
        raise StoreUnavailableError(
            f"The database {self._where} cannot be used: {_words(error)}. {advice}"
        ) from error


def _words(error: Exception) -> str:
    """The driver's words alone: SQLAlchemy's contain parameters, which may be personal."""
    inner: object = error.orig if isinstance(error, DBAPIError) else error
    name = type(inner).__name__
    text = str(inner).split("\n", 1)[0].removeprefix(f"<class '{type(inner).__module__}.").strip()
    return text or name
