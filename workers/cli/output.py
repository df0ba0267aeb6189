"""Printing: tables for people, JSON for programs."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import typer


def say(text: str) -> None:
    """A line on standard output."""
    typer.echo(text)


def say_json(value: Any) -> None:
    """One JSON document on one line."""
    typer.echo(as_json(value))


def as_json(value: Any) -> str:
    """Dataclasses, models, times and enums as JSON."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def say_table(headings: Sequence[str], rows: Iterable[Sequence[object]], nothing: str) -> None:
    """Rows in columns; the sentence `nothing` where there are none."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    if table.row_count:
        Console().print(table)
    else:
        say(nothing)


def cell(value: object) -> str:
    """One value of a table."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
