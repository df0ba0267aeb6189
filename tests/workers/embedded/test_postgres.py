"""The embedded PostgreSQL on a folder: started, stopped, killed, found again."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from tests.fixtures.postgres import UNSAFE
from workers.embedded import postgres


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder, on which each test starts anew: making a cluster is what takes time."""
    with TemporaryDirectory(prefix="souk-embedded-") as name:
        yield Path(name) / "data"


async def _ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_it_keeps_data_and_port_from_one_start_to_the_next(folder: Path) -> None:
    first = postgres.start(folder, UNSAFE)
    await _ask(first.url, "CREATE TABLE t (n int)")
    first.stop()
    first.stop()
    second = postgres.start(folder, UNSAFE)
    assert second.url == first.url
    assert await _ask(second.url, "SELECT count(*) FROM t") == 0
    second.stop()


async def test_a_killed_server_is_started_again(folder: Path) -> None:
    first = postgres.start(folder, {"fsync": "off"})
    await _ask(first.url, "CREATE TABLE u (n int)")
    os.kill(first.pid, signal.SIGKILL)
    first.stop()
    second = postgres.start(folder, UNSAFE)
    assert second.pid != first.pid
    assert await _ask(second.url, "SELECT count(*) FROM u") == 0
    second.stop()


async def test_a_pid_file_whose_number_belongs_to_another_is_put_aside(folder: Path) -> None:
    first = postgres.start(folder, UNSAFE)
    pid_file = folder / "cluster" / "postmaster.pid"
    kept = pid_file.read_text()
    first.stop()
    pid_file.write_text(kept.replace(str(first.pid), str(os.getpid()), 1))
    second = postgres.start(folder, UNSAFE)
    assert await _ask(second.url, "SELECT 1") == 1
    second.stop()


async def test_a_server_that_outlived_its_starter_is_taken_over(folder: Path) -> None:
    first = postgres.start(folder, UNSAFE)
    first.abandon()
    second = postgres.start(folder, UNSAFE)
    assert (second.pid, second.url) == (first.pid, first.url)
    second.stop()
    with pytest.raises(ConnectionError):
        await _ask(second.url, "SELECT 1")


async def test_a_left_over_server_is_ended_and_a_held_one_is_not(folder: Path) -> None:
    server = postgres.start(folder, UNSAFE)
    assert not postgres.end_left_over(folder)
    assert await _ask(server.url, "SELECT 1") == 1
    server.abandon()
    assert postgres.end_left_over(folder)
    with pytest.raises(ConnectionError):
        await _ask(server.url, "SELECT 1")


def test_a_taken_port_is_replaced(folder: Path) -> None:
    postgres.start(folder, UNSAFE).stop()
    kept = int((folder / "port").read_text())
    with socket.create_server(("127.0.0.1", kept)):
        server = postgres.start(folder, UNSAFE)
        assert server.port != kept
        server.stop()


async def test_as_it_comes_it_is_durable_closed_and_alone(folder: Path) -> None:
    server = postgres.start(folder)
    assert await _ask(server.url, "SHOW fsync") == "on"
    assert await _ask(server.url, "SHOW synchronous_commit") == "on"
    head, _, tail = server.url.partition("@")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await _ask(f"{head}x@{tail}", "SELECT 1")
    assert (folder / "password").stat().st_mode & 0o077 == 0
    with pytest.raises(postgres.EmbeddedPostgresError, match="another process"):
        postgres.start(folder, UNSAFE)
    server.stop()


def test_a_setting_that_is_none_is_told_with_the_servers_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "START_WITHIN", 0.1)
    with pytest.raises(postgres.EmbeddedPostgresError, match="nonsense"):
        postgres.start(folder, {"nonsense": "1"})
