"""Whatever ails the database, callers get one error, which says what to do."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from sqlalchemy import Connection, text

from store import Store, StoreConflictError, StoreError, StoreUnavailableError
from store import database as database_module
from store.database import Database
from store.migrate import upgrade
from tests.fixtures.postgres import named
from tests.store.given import REF, event, order, receive, record, recorded
from workers.embedded import postgres

KILLED_NOT_UNPLUGGED = {"fsync": "off"}
"""What was committed is with the operating system at least."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="souk-outage-") as name:
        yield Path(name) / "data"


async def _end_all_sessions(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_nobody_listens(clean_url: str) -> None:
    head, _, tail = clean_url.rpartition(":")
    store = Store.connect(f"{head}:1/{tail.partition('/')[2]}")
    with pytest.raises(StoreUnavailableError, match="Check that the server runs"):
        await store.check()
    await store.close()


async def test_a_wrong_password(clean_url: str) -> None:
    store = Store.connect(clean_url.replace("://souk:", "://souk:not-"))
    with pytest.raises(StoreUnavailableError, match="database_url") as caught:
        await store.check()
    assert "not-" not in str(caught.value)
    await store.close()


async def test_a_database_that_is_not_there(clean_url: str) -> None:
    store = Store.connect(named(clean_url, "elsewhere"))
    with pytest.raises(StoreUnavailableError, match="elsewhere"):
        await store.inbox.counts()
    await store.close()


async def test_a_database_without_tables(postgres_server: postgres.EmbeddedPostgres) -> None:
    store = Store.connect(postgres_server.url)
    with pytest.raises(StoreUnavailableError, match="souk db upgrade"):
        await store.check()
    with pytest.raises(StoreUnavailableError, match="souk db upgrade"):
        await store.inbox.counts()
    await store.close()


def test_a_database_that_is_not_known() -> None:
    with pytest.raises(StoreError, match=r"postgresql\+asyncpg"):
        Store.connect("sqlite:///souk.db")


async def test_a_sound_database_is_sound(store: Store) -> None:
    await store.check()


async def test_sessions_that_an_administrator_ended_are_not_noticed(
    store: Store, clean_url: str
) -> None:
    await recorded(store, order())
    await asyncio.gather(*(store.inbox.counts() for _ in range(10)))
    await _end_all_sessions(clean_url)
    views = await asyncio.gather(*(store.orders.view(REF) for _ in range(10)))
    assert all(view.exists for view in views)
    await _end_all_sessions(clean_url)
    await receive(store, event(order(), "p1:2"))
    assert (await record(store)).superseded == 1


async def test_a_killed_server_costs_nothing_that_was_answered(folder: Path) -> None:
    server = postgres.start(folder, KILLED_NOT_UNPLUGGED)
    await upgrade(server.url)
    store = Store.connect(server.url)
    await recorded(store, order())
    os.kill(server.pid, signal.SIGKILL)
    with pytest.raises(StoreUnavailableError):
        while True:  # sessions outlive their server for a moment, and may still answer
            await store.orders.view(REF)
    server.stop()
    again = await asyncio.to_thread(postgres.start, folder, KILLED_NOT_UNPLUGGED)
    assert again.url == server.url
    assert (await store.orders.view(REF)).version == 1
    await store.close()
    again.stop()


async def test_a_row_that_stays_locked_ends_in_time(
    clean_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "ATTEMPTS", 1)
    store = Store.connect(clean_url)
    await recorded(store, order())
    hasty = Database(clean_url, 1, within=2.0)
    holder = await asyncpg.connect(clean_url.replace("+asyncpg", "", 1))
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute("SELECT 1 FROM orders FOR UPDATE")
    with pytest.raises(StoreUnavailableError, match="lock timeout"):
        await hasty.transaction(lambda c: c.execute(text("UPDATE orders SET version = 9")))
    await transaction.rollback()
    await holder.close()
    assert (await store.orders.view(REF)).version == 1
    await hasty.close()
    await store.close()


async def test_more_callers_than_connections_wait_their_turn(clean_url: str) -> None:
    store = Store.connect(clean_url, pool_size=2)
    await recorded(store, order())
    views = await asyncio.gather(*(store.orders.view(REF) for _ in range(50)))
    assert {view.version for view in views} == {1}
    await store.close()


async def test_a_transaction_that_always_loses_gives_up(
    clean_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "PAUSE", 0.0001)
    database = Database(clean_url, 1)
    tried = 0

    def lose(connection: Connection) -> None:
        nonlocal tried
        tried += 1
        connection.execute(text("DO $$BEGIN RAISE SQLSTATE '40001'; END$$"))

    with pytest.raises(StoreConflictError, match="repeat it"):
        await database.transaction(lose)
    assert tried == database_module.ATTEMPTS
    await database.close()


async def test_two_who_lock_crosswise_both_get_through(clean_url: str) -> None:
    store = Store.connect(clean_url)
    a, b = (REF.model_copy(update={"order_id": x}) for x in "ab")
    await recorded(store, order(a), "a")
    await recorded(store, order(b), "b")
    database = Database(clean_url, 2)
    met = {"a": 0, "b": 0}

    def crosswise(first: str, second: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            met[first] += 1
            for order_id in (first, second):
                connection.execute(
                    text("UPDATE orders SET version = version + 1 WHERE order_id = :id"),
                    {"id": order_id},
                )
                connection.execute(text("SELECT pg_sleep(0.2)"))

        return work

    await asyncio.gather(
        database.transaction(crosswise("a", "b")),
        database.transaction(crosswise("b", "a")),
    )
    assert sum(met.values()) > 2
    assert {(await store.orders.view(x)).version for x in (a, b)} == {3}
    await database.close()
    await store.close()
