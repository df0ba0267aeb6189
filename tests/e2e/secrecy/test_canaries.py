"""Buyers of a whole run are searched in everything that others may come to see."""

import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import yaml
from sqlalchemy import LargeBinary

from store.sealing import PLAIN
from store.tables import METADATA
from tests.e2e.secrecy.buyers import CANARIES, QUOTED
from tests.e2e.secrecy.conftest import ORDERS, Run
from tests.e2e.secrecy.troubles import BUYER
from tests.fixtures.searching import Search, Searched
from tests.fixtures.spelled import Needle, needles
from tests.fixtures.stack import CHANNEL

SEALED = {
    (table.name, column.name)
    for table in METADATA.sorted_tables
    for column in table.columns
    if isinstance(column.type, LargeBinary)
}
BY_DESIGN = {
    (
        "orders",
        "attention_detail",
    ): "a refusal in the marketplace's own words, for whoever mends it",
    ("effects", "answer"): "the same words, as the answer to the call",
}
"""Columns in which a name may stand in clear, because the marketplace wrote so, with the reason."""
OUTSIDE = ("bus", f"sandbox-{CHANNEL}")
"""The world around: the marketplace knows its buyers, and what passes the bus is kept by the bus
(in Azure encrypted at rest, and for a short time)."""

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def wanted(run: Run) -> list[Needle]:
    """Everything about every buyer, in every spelling."""
    for canary in (*CANARIES, QUOTED):
        missing = {x for x in canary.values() if x} - set(run.personal.values())
        assert not missing, "the marketplace does not know its own buyers"
    assert len(run.personal) > 4 * ORDERS
    return needles(run.personal)


def searched(wanted: list[Needle], files: Iterable[Path]) -> Searched:
    search = Search(wanted)
    search.files(files)
    return search.result


def files_of(run: Run, folder: str) -> list[Path]:
    root = run.platform.stack.folder.root / folder
    return sorted(path for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("folder", OUTSIDE)
async def test_the_world_around_knows_the_buyers(
    run: Run, wanted: list[Needle], folder: str
) -> None:
    """The control: the same search, on the same machine, of the same orders."""
    found = {hit.needle.whose for hit in searched(wanted, files_of(run, folder)).hits}
    for order in {whose.split(" of ")[1] for whose in run.personal}:
        assert [whose for whose in found if whose.endswith(order)], order


async def test_temporals_database_has_none_of_them(run: Run, wanted: list[Needle]) -> None:
    files = files_of(run, "temporal")
    assert {"temporal.db", "temporal.db-wal"} <= {file.name for file in files}
    result = searched(wanted, files)
    assert result.found == []
    assert result.cells > 100 * ORDERS, "not the database of this run"
    numbers = {order.split("/")[1] for order in (x.split(" of ")[1] for x in run.personal)}
    seen = searched(needles({number: number for number in numbers}), files)
    assert {hit.needle.whose for hit in seen.hits} == numbers, "not the database of this run"


async def test_no_log_has_any_of_them(run: Run, wanted: list[Needle]) -> None:
    files = [*files_of(run, "logs"), run.platform.stack.folder.settings]
    assert {"worker.log", "dispatcher.log", "receiver.log", "codec.log"} <= {f.name for f in files}
    result = searched(wanted, files)
    assert result.found == []
    assert result.size > 10_000


async def test_no_secret_is_in_a_log_or_in_temporal(run: Run) -> None:
    """Keys, the codec server's token, the sellers' own keys, the database's password."""
    folder = run.platform.stack.folder
    settings = yaml.safe_load(folder.settings.read_text())
    secrets = {
        "codec token": settings["codec"]["token"],
        "password": urlsplit(settings["database_url"]).password or "",
        **{f"key {i}": key for i, key in json.loads(folder.keys.read_text())["keys"].items()},
        **{f"secret of {x['seller_id']}": x["api_secret"] for x in run.platform.channel.sellers},
    }
    control = searched(needles(secrets), [folder.settings, folder.keys])
    assert {hit.needle.whose for hit in control.hits} == set(secrets)
    files = [*files_of(run, "logs"), *files_of(run, "temporal")]
    assert searched(needles(secrets), files).found == []


async def test_a_dead_letter_is_shown_to_whoever_asks_for_it_and_to_nobody_else(
    run: Run, wanted: list[Needle]
) -> None:
    letter = run.letter
    assert (letter.listed.code, letter.shown.code, letter.replayed.code) == (0, 0, 0)
    body = json.loads(letter.shown.out.strip().splitlines()[-1])
    assert body["shipmentAddress"]["address1"] == BUYER["address1"]
    search = Search(wanted)
    for said in (letter.listed.out, letter.listed.err, letter.shown.err, letter.replayed.out):
        search.data("said", said.encode())
    search.data("said", letter.replayed.err.encode())
    assert search.result.found == []


async def test_the_system_of_record_keeps_them_sealed(run: Run, wanted: list[Needle]) -> None:
    """Every cell of every table, as plain SQL shows it to an auditor."""
    sealer = run.platform.stack.sealer
    sealed = {"inbox.body": 0, "orders.personal": 0}
    search, opened, quoted = Search(wanted), Search(wanted), Search(wanted)
    for table, column, cell in await cells(run.platform.stack.database_url):
        if (table, column) in BY_DESIGN:
            quoted.data(f"{table}.{column}", str(cell).encode())
            continue
        search.data(f"{table}.{column}", cell if isinstance(cell, bytes) else str(cell).encode())
        if (table, column) in SEALED:
            assert isinstance(cell, bytes) and cell[:1] != PLAIN
            opened.data(f"{table}.{column}", sealer.open(cell))
            sealed[f"{table}.{column}"] = sealed.get(f"{table}.{column}", 0) + 1
    assert search.result.found == []
    assert sealed["inbox.body"] >= ORDERS and sealed["orders.personal"] >= ORDERS
    assert {hit.where for hit in quoted.result.hits} == {".".join(place) for place in BY_DESIGN}
    assert {hit.needle.text.decode() for hit in quoted.result.hits} == {QUOTED["lastName"]}, (
        "phones and addresses are masked there, too"
    )
    found = {hit.needle.whose.split(" of ")[1] for hit in opened.result.hits}
    assert found == {whose.split(" of ")[1] for whose in run.personal}, "they are kept nowhere"


async def cells(url: str) -> list[tuple[str, str, object]]:
    """Everything that is kept: table, column, value; nulls are left out."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        tables = await connection.fetch(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        found = []
        for schema, table in tables:
            rows = await connection.fetch(f'SELECT * FROM "{schema}"."{table}"')  # noqa: S608
            found += [
                (table, name, value)
                for row in rows
                for name, value in row.items()
                if value is not None
            ]
        return found
    finally:
        await connection.close()


async def test_postgres_files_have_none_of_them(run: Run, wanted: list[Needle]) -> None:
    """What is written and what was: tables, indexes, log of changes, temporary files."""
    connection = await asyncpg.connect(run.platform.stack.database_url.replace("+asyncpg", ""))
    try:
        await connection.execute("CHECKPOINT")
        ours = await connection.fetchval(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        )
    finally:
        await connection.close()
    files = [
        file
        for file in files_of(run, "postgres")
        if file.parts[-3] != "base" or file.parts[-2] == str(ours)
    ]
    assert any("pg_wal" in file.parts for file in files)
    others = needles({w: x for w, x in run.personal.items() if x != QUOTED["lastName"]})
    assert searched(others, files).found == []
    numbers = [whose.split("/")[1] for whose in run.personal]
    seen = searched(needles({numbers[0]: numbers[0]}), files)
    assert seen.hits, "not the files of this run"
