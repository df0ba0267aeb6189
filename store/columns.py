"""Column types that mean the same in every database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, LargeBinary, Numeric, String, Unicode
from sqlalchemy.dialects.mssql import DATETIMEOFFSET
from sqlalchemy.types import TypeDecorator, TypeEngine

from canonical.identity import bounded
from canonical.text import cut, storable

EXACT = "Latin1_General_100_BIN2"
"""Compares code points; SQL Server's own default takes 'ABC' and 'abc ' for equal."""
NVARCHAR_LIMIT = 4000


class Word(TypeDecorator[str]):
    """A short ASCII word of our own: a state, a kind, a reason."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = EXACT if dialect.name == "mssql" else None
        return dialect.type_descriptor(String(self.length, collation=collation))


class Id(TypeDecorator[str]):
    """An id or SKU from outside, compared exactly and kept whatever it is.

    What no database holds is dropped and what is too long is cut to a prefix with a digest, both
    wherever the id is bound, so that one odd id never blocks the rest of its batch.
    """

    impl = Unicode
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = EXACT if dialect.name == "mssql" else None
        return dialect.type_descriptor(Unicode(self.length, collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.clean(value)

    def clean(self, value: str) -> str:
        """The form in which the id is stored."""
        return bounded(str(storable(value)), self.length)


class Human(TypeDecorator[str]):
    """Text for people, cut visibly to the column's length; any length where it has none."""

    impl = Unicode
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        length = self.length
        if length is not None and dialect.name == "mssql":
            # NVARCHAR counts UTF-16 units, of which an emoji takes two.
            length = 2 * length if 2 * length <= NVARCHAR_LIMIT else None
        return dialect.type_descriptor(Unicode(length))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.clean(value)

    def clean(self, value: str) -> str:
        """The form in which the text is stored."""
        text = str(storable(value))
        return text if self.length is None else cut(text, self.length)


class Moment(TypeDecorator[datetime]):
    """An instant, with microseconds, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "mssql":
            return dialect.type_descriptor(DATETIMEOFFSET(6))  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


MONEY = Numeric(18, 4)
RATE = Numeric(9, 4)
"""Per cent."""
KEY = BigInteger()
COUNT = BigInteger()
SEALED = LargeBinary()
"""Bytes through a `Sealer`."""
