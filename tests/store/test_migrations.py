"""Migrations make exactly the tables that the code knows, once, whoever is first."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from store import Store, StoreUnavailableError
from store.database import Database
from store.migrate import head, upgrade
from store.migrations import upgrade as upgrade_without_a_loop
from store.tables import METADATA
from tests.fixtures.postgres import create_database, named
from workers.embedded.postgres import EmbeddedPostgres


async def _empty(server: EmbeddedPostgres, name: str) -> str:
    await create_database(server.url, name, "template0")
    return named(server.url, name)


async def test_migrated_tables_are_those_of_the_code(clean_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))

    database = Database(clean_url, 1)
    assert await database.quick(differences) == []
    await database.close()


async def test_an_upgrade_twice_at_once_and_again(postgres_server: EmbeddedPostgres) -> None:
    url = await _empty(postgres_server, "upgraded")
    await asyncio.gather(upgrade(url), upgrade(url), upgrade(url))
    await asyncio.to_thread(upgrade_without_a_loop, url)
    store = Store.connect(url)
    await store.check()
    await store.close()


async def test_two_processes_upgrade_at_once(postgres_server: EmbeddedPostgres) -> None:
    url = await _empty(postgres_server, "raced")
    program = f"from store.migrations import upgrade; upgrade({url!r})"
    both = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, stderr=PIPE)
        for _ in range(2)
    ]
    said = await asyncio.gather(*(process.communicate() for process in both))
    assert [process.returncode for process in both] == [0, 0], said


async def test_a_schema_of_another_version_is_told(postgres_server: EmbeddedPostgres) -> None:
    url = await _empty(postgres_server, "older")
    await upgrade(url)
    database = Database(url, 1)
    assert head() is not None
    await database.transaction(
        lambda c: c.execute(text("UPDATE alembic_version SET version_num = 'before'"))
    )
    store = Store.connect(url)
    with pytest.raises(StoreUnavailableError, match=r"version before.*souk db upgrade"):
        await store.check()
    await store.close()
    await database.close()
