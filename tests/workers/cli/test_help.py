"""Every command explains itself, and quickly."""

import asyncio
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from tests.fixtures.command import souk
from workers.cli.app import app


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", {})
    if not children:
        yield path, command
    for name, child in children.items():
        yield from commands(child, (*path, name))


ALL = dict(commands(get_command(app)))
EXPECTED = {
    "up", "demo", "worker", "bridge", "verify", "map", "channels", "sandbox",
    "quota", "codec", "keys list", "keys rotate", "keys add", "keys activate",
    "order list", "order show", "order resync", "order cancel", "order skip", "order label",
    "finance",
    "account list", "account resync", "account pause", "account resume", "channel subscribe",
    "dlq list", "dlq show", "dlq replay", "listings import", "db upgrade", "bus declaration",
}  # fmt: skip


def test_all_commands_of_the_page_are_there() -> None:
    assert {" ".join(path) for path in ALL} >= EXPECTED


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_has_a_sentence_and_an_example_of_this_command(path: tuple[str, ...]) -> None:
    command = ALL[path]
    assert command.help and command.help.strip()
    assert f"souk {' '.join(path)}" in command.epilog


async def test_help_is_fast() -> None:
    began = time.monotonic()
    said = await souk("--help")
    assert said.code == 0
    assert "souk order list" in said.out
    assert time.monotonic() - began < 3


async def test_no_command_needs_heavy_libraries_to_explain_itself() -> None:
    script = (
        "import sys, workers.cli.app;"
        "heavy = {'temporalio', 'azure', 'sqlalchemy', 'aiohttp', 'pydantic', 'rich.live'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.decode().strip() == ""
