"""Printing: tables for people, JSON for programs."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import typer

SHORT = 24
"""Characters: what is no longer, an order number or a time, is never broken over two lines."""
FILE_WIDTH = 200
"""Of a table that goes into a file or a pipe, where no screen sets one."""


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

    cells = [[cell(value) for value in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for place, heading in enumerate(headings):
        widest = max((len(row[place]) for row in cells), default=0)
        table.add_column(heading, overflow="fold", no_wrap=widest <= SHORT)
    for row in cells:
        table.add_row(*row)
    if table.row_count:
        console = Console()
        if not console.is_terminal:
            console.width = FILE_WIDTH
        console.print(table)
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
