"""Many rows as one parameter: JSON that the database reads as a table.

One statement text then serves any number of rows, and no limit on parameters is met.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, LargeBinary, Numeric
from sqlalchemy.types import TypeEngine

from store.columns import Human, Id, Moment

_Form = Callable[[Any], Any]


def encode(columns: Sequence[Column[Any]], rows: Iterable[Mapping[str, Any]]) -> str:
    """Writes rows in the form that `Sql.rows` reads; values are cleaned as if they were bound."""
    forms = [(c.name, _form(c.type)) for c in columns]
    return json.dumps(
        [
            {
                name: value if value is None or form is None else form(value)
                for name, form in forms
                for value in (row[name],)
            }
            for row in rows
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _form(of: TypeEngine[Any]) -> _Form | None:
    if isinstance(of, Id | Human):
        return of.clean
    if isinstance(of, Moment):
        return _instant
    if isinstance(of, Numeric):
        return _decimal
    if isinstance(of, LargeBinary):
        return bytes.hex
    return None


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _decimal(value: Decimal) -> str:
    return format(value, "f")
