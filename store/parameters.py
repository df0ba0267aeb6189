"""Parameters of statements, under names that no column has.

SQLAlchemy takes a value whose name is a column's as one to be written, wherever it stands in the
statement.
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Connection, CursorResult, Executable
from sqlalchemy.types import TypeEngine

PREFIX = "p_"


def given(
    name: str, of: ColumnElement[Any] | TypeEngine[Any], *, many: bool = False
) -> BindParameter[Any]:
    """A parameter of a column's type, or a list of them.

    Args:
        name: Under which `run` is given the value.
        of: The column that it is compared with or written to, or a type.
        many: Whether it is a list, for `IN`.
    """
    kind = of.type if isinstance(of, ColumnElement) else of
    return BindParameter(f"{PREFIX}{name}", type_=kind, expanding=many, required=True)


def run(
    connection: Connection, statement: Executable, values: Mapping[str, Any] | None = None
) -> CursorResult[Any]:
    """Executes a statement with values for what is `given` in it."""
    named = {f"{PREFIX}{name}": value for name, value in (values or {}).items()}
    return cast(CursorResult[Any], connection.execute(statement, named))
