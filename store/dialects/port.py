"""What the store asks of a database: pieces of SQL, a verdict on errors, and its hot paths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from sqlalchemy import Column, ColumnElement, Connection, Executable, FromClause, Row, Table

from canonical.effects import EffectState
from canonical.states import OrderState
from store.results import Begun


class Verdict(Enum):
    """What an error of the driver means."""

    RETRY = auto()
    """Lost against another transaction: run the whole transaction again."""
    LOST = auto()
    """The connection is gone; another may work at once."""
    AWAY = auto()
    """Not now: down, starting, full, or too slow."""
    LOGIN = auto()
    """The address, database name or password is wrong."""
    SCHEMA = auto()
    """A table or column is missing."""
    MISTAKE = auto()
    """Ours."""


@dataclass(frozen=True)
class RowsSource:
    """Rows that come as one JSON parameter, as a table of a statement."""

    source: FromClause
    columns: Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True)
class OrderWrite:
    """All that one record transaction writes, ready to be bound."""

    pk: int
    order: Mapping[str, Any]
    """Columns of `orders`."""
    marks: str
    """JSON rows: what became of the inbox rows."""
    lines: str | None = None
    """JSON rows, each for a whole set; None where the order itself did not change."""
    parcels: str | None = None
    parcel_lines: str | None = None
    returns: str | None = None


@dataclass(frozen=True)
class Told:
    """What an event of ours said of its order."""

    state: OrderState
    digest: str | None
    """None leaves the one noted before as it is."""
    awaits_answer: bool
    """Whether an answer is waited for from now."""

    def values(self) -> dict[str, Any]:
        """As parameters."""
        return {
            "told": self.state.value,
            "told_digest": self.digest,
            "now": int(self.awaits_answer),
        }


class Sql(Protocol):
    """Pieces of statements that databases spell differently."""

    name: str

    def now(self) -> ColumnElement[Any]:
        """The database's clock, as an instant with its zone."""
        ...

    def rows(self, parameter: str, columns: Sequence[Column[Any]]) -> RowsSource:
        """A table made of a JSON array parameter; see `store.rows.encode`."""
        ...

    def json_objects(
        self, columns: Sequence[ColumnElement[Any]], *where: ColumnElement[bool]
    ) -> ColumnElement[str]:
        """A subquery's rows as the text of a JSON array of objects, in no order."""
        ...

    def insert_missing(self, table: Table, columns: Sequence[str], rows: RowsSource) -> Executable:
        """Inserts those rows whose unique key is not there; never an error for those that are."""
        ...


class Dialect(Sql, Protocol):
    """A database: its SQL, its errors, and the hot paths in as few round trips as it allows."""

    paths_are_atomic: bool
    """Whether `receive`, `begin` and `finish` are single statements and need no transaction."""
    copies: bool
    """Whether the driver takes rows by COPY; else they go as JSON, some thousands at once."""

    def verdict(self, error: Exception) -> Verdict:
        """Tells what a driver's error means."""
        ...

    def receive(self, connection: Connection, rows: str) -> Sequence[Row[Any]]:
        """Keeps inbox rows; answers (channel, account, event_id, state) of each."""
        ...

    def begin(
        self, connection: Connection, order: Mapping[str, str], name: str, order_version: int
    ) -> Begun | None:
        """Claims an effect; None where the order has no row."""
        ...

    def finish(
        self,
        connection: Connection,
        order: Mapping[str, str],
        name: str,
        state: EffectState,
        answer: str,
        told: Told | None,
    ) -> bool:
        """Writes an effect's outcome; False where it is done already, or was never begun.

        `told` is what the internal systems were told, where they were told something.
        """
        ...

    def write(self, connection: Connection, write: OrderWrite) -> None:
        """Writes an order, its lines and parcels, and marks its inbox rows."""
        ...
