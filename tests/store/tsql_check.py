"""Compiles every statement and table for Azure SQL and reads the result as T-SQL.

`python -m tests.store.tsql_check` prints what does not pass; there is no SQL Server on a laptop.
"""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from typing import cast

import sqlglot
from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlglot.errors import SqlglotError

import store.dialects
import store.sql
from store.dialects import mssql, postgresql
from store.dialects.choice import MSSQL, POSTGRES
from store.dialects.port import Sql
from store.statements import STATEMENTS
from store.tables import METADATA

TARGETS: dict[str, tuple[Sql, Dialect, str]] = {
    "mssql": (MSSQL, mssql.COMPILED_FOR, "tsql"),
    "postgresql": (POSTGRES, postgresql.COMPILED_FOR, "postgres"),
}
FORBIDDEN = {
    "mssql": (" ON CONFLICT", "MERGE ", " IS 1", " IS 0", "RETURNING ", " IS true", "FOR UPDATE"),
    "postgresql": ("MERGE ",),
}
"""What compiles and must not be there; a reader may let it pass."""


_LIST = re.compile(r"__\[POSTCOMPILE_\w+\]")


def load_all() -> None:
    """Imports every module that lists statements."""
    for package in (store.sql, store.dialects):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def texts(database: str) -> Iterator[tuple[str, str]]:
    """Name and text of every statement, for one database."""
    load_all()
    sql, dialect, _ = TARGETS[database]
    for listed in STATEMENTS:
        if listed.only in (None, database):
            built = cast(ClauseElement, listed.build(sql))
            # A list's parameters are written out only when it runs.
            yield listed.name, _LIST.sub(":items", str(built.compile(dialect=dialect)))


def mistaken_parameters(database: str) -> list[str]:
    """Parameters named as a column is: SQLAlchemy would write them into the row."""
    load_all()
    sql, dialect, _ = TARGETS[database]
    columns = {column.name for table in METADATA.tables.values() for column in table.columns}
    found = []
    for listed in STATEMENTS:
        if listed.only in (None, database):
            built = cast(ClauseElement, listed.build(sql)).compile(dialect=dialect)
            binds = cast(SQLCompiler, built).binds
            awaited = {name for name, bind in binds.items() if bind.required}
            found += [f"{listed.name}: {name} is a column's name" for name in awaited & columns]
    return found


def tables(database: str) -> Iterator[tuple[str, str]]:
    """Name and text of every table and index."""
    dialect = TARGETS[database][1]
    for table in METADATA.sorted_tables:
        yield f"table {table.name}", str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            yield f"index {index.name}", str(CreateIndex(index).compile(dialect=dialect))


def complaints(database: str) -> list[str]:
    """What a database would not take, one sentence each."""
    reader = TARGETS[database][2]
    found = mistaken_parameters(database)
    for name, text in (*texts(database), *tables(database)):
        found += [
            f"{name}: {word.strip()} in: {text}" for word in FORBIDDEN[database] if word in text
        ]
        try:
            parsed = sqlglot.parse(text, read=reader)
        except SqlglotError as error:
            found.append(f"{name}: {error}\n{text}")
            continue
        if len(parsed) != 1 or isinstance(parsed[0], sqlglot.exp.Command):
            found.append(f"{name}: not understood as one statement: {text}")
    return found


def main() -> int:
    """Prints the complaints; the exit code tells whether there are any."""
    found = [f"[{database}] {line}" for database in TARGETS for line in complaints(database)]
    counts = ", ".join(f"{len([*texts(d), *tables(d)])} for {d}" for d in TARGETS)
    sys.stdout.write("\n".join([*found, f"statements and tables read: {counts}", ""]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
