"""Statements on documents; rows of a document go by the database's own bulk path."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Insert,
    Select,
    Table,
    Update,
    and_,
    case,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)

from store.dialects.port import RowsSource, Sql
from store.document_results import DocumentState
from store.document_tables import ROWS, document_parts, documents
from store.parameters import given
from store.statements import statement

KEY = ("channel", "account", "kind", "document_id")
FOUND_NAMES = (*KEY, "source", "made_at", "covers_from", "covers_to", "correlation_id")
READ_NAMES = (
    "content", "number", "currency", "period_from", "period_to", "paid_at", "total", "row_count",
    "encoding", "number_format",
)  # fmt: skip
"""What a document says of itself."""
OPEN = (DocumentState.FOUND.value, DocumentState.FETCHED.value)
UNREAD = (*OPEN, DocumentState.PARKED.value)


def _is_document() -> ColumnElement[bool]:
    return documents.c.id == given("pk", documents.c.id)


def _literal(state: DocumentState) -> ColumnElement[str]:
    return literal_column(f"'{state.value}'", documents.c.state.type)


@statement
def add_document(sql: Sql) -> Executable:
    """A document that nobody has found before; nothing where it is known."""
    one = select(
        *(given(n, documents.c[n]).label(n) for n in FOUND_NAMES),
        _literal(DocumentState.FOUND).label("state"),
        sql.now().label("found_at"),
    ).subquery("one")
    return sql.insert_missing(documents, list(one.c.keys()), RowsSource(one, dict(one.c)))


@statement
def source_moved(sql: Sql) -> Update:
    """What it is fetched by now, as long as it is not fetched."""
    return (
        update(documents)
        .where(
            *(documents.c[k] == given(k, documents.c[k]) for k in KEY),
            documents.c.raw_sha256.is_(None),
        )
        .values(source=given("new_source", documents.c.source))
    )


@statement
def document_of(sql: Sql) -> Select[Any]:
    return select(documents).where(*(documents.c[k] == given(k, documents.c[k]) for k in KEY))


@statement
def unfinished(sql: Sql) -> Select[Any]:
    """Documents of an account that somebody has to go on with."""
    untold = and_(documents.c.state == DocumentState.STORED.value, documents.c.told_at.is_(None))
    return (
        select(documents)
        .where(
            documents.c.channel == given("channel", documents.c.channel),
            documents.c.account == given("account", documents.c.account),
            or_(documents.c.state.in_(OPEN), untold),
        )
        .order_by(documents.c.id)
    )


@statement
def listed(sql: Sql) -> Select[Any]:
    """The newest documents; each filter counts where it is not empty."""
    filters = [
        or_(given(name, column) == literal_column("''"), column == given(name, column))
        for name, column in (
            ("channel", documents.c.channel),
            ("account", documents.c.account),
            ("kind", documents.c.kind),
            ("state", documents.c.state),
        )
    ]
    return select(documents).where(*filters).order_by(documents.c.id.desc())


@statement
def named(sql: Sql) -> Select[Any]:
    """Documents of a marketplace's id or of a number of their own, whoever's they are."""
    words = given("words", documents.c.document_id)
    number = given("words", documents.c.number)
    return select(documents).where(
        or_(documents.c.document_id == words, documents.c.number == number)
    )


@statement
def add_part(sql: Sql) -> Insert:
    values = {n: given(n, document_parts.c[n]) for n in ("part", "body")}
    pk = given("pk", document_parts.c.document_pk)
    return insert(document_parts).values(document_pk=pk, **values)


@statement
def part_of(sql: Sql) -> Select[Any]:
    return select(document_parts.c.body).where(
        document_parts.c.document_pk == given("pk", document_parts.c.document_pk),
        document_parts.c.part == given("part", document_parts.c.part),
    )


@statement
def mark_fetched(sql: Sql) -> Update:
    """Only where no bytes are kept yet: whoever comes second changes nothing."""
    return (
        update(documents)
        .where(_is_document(), documents.c.state.in_(UNREAD), documents.c.raw_sha256.is_(None))
        .values(
            state=DocumentState.FETCHED.value,
            raw_size=given("size", documents.c.raw_size),
            raw_sha256=given("digest", documents.c.raw_sha256),
            fetched_at=sql.now(),
            **_CLEAR,
        )
    )


_CLEAR: Mapping[str, Any] = {name: null() for name in ("reason", "line", "detail", "ended_at")}


@statement
def claim_unread(sql: Sql) -> Update:
    """Holds the document's row until the transaction ends, where its rows are not stored yet."""
    return (
        update(documents)
        .where(_is_document(), documents.c.state.in_(UNREAD))
        .values(state=DocumentState.FETCHED.value)
    )


@statement
def same_number(sql: Sql) -> Select[Any]:
    """The stored document of the same content and number."""
    return select(documents.c.id).where(
        documents.c.channel == given("channel", documents.c.channel),
        documents.c.account == given("account", documents.c.account),
        documents.c.content == given("content", documents.c.content),
        documents.c.number == given("number", documents.c.number),
        documents.c.state == DocumentState.STORED.value,
        documents.c.id != given("pk", documents.c.id),
    )


@statement
def end_read(sql: Sql) -> Update:
    """Stored, or found to repeat another."""
    values = {n: given(f"new_{n}", documents.c[n]) for n in READ_NAMES}
    return (
        update(documents)
        .where(_is_document(), documents.c.state.in_(UNREAD))
        .values(
            state=given("new_state", documents.c.state),
            same_as=given("new_same_as", documents.c.same_as),
            ended_at=sql.now(),
            reason=null(),
            line=null(),
            detail=null(),
            **values,
        )
    )


@statement
def park(sql: Sql) -> Update:
    """Never demotes what is stored."""
    return (
        update(documents)
        .where(_is_document(), documents.c.state.in_(UNREAD))
        .values(
            state=DocumentState.PARKED.value,
            ended_at=sql.now(),
            reason=given("new_reason", documents.c.reason),
            line=given("new_line", documents.c.line),
            detail=given("new_detail", documents.c.detail),
        )
    )


@statement
def reopen(sql: Sql) -> Update:
    """A parked document is read again, or fetched where nothing of it is kept."""
    state = case(
        (documents.c.raw_sha256.is_(None), _literal(DocumentState.FOUND)),
        else_=_literal(DocumentState.FETCHED),
    )
    return (
        update(documents)
        .where(_is_document(), documents.c.state == DocumentState.PARKED.value)
        .values(state=state)
    )


@statement
def mark_told(sql: Sql) -> Update:
    return (
        update(documents)
        .where(_is_document(), documents.c.told_at.is_(None))
        .values(told_at=sql.now())
    )


def _loader(table: Table) -> Callable[[Sql], Executable]:
    def load(sql: Sql) -> Executable:
        rows = sql.rows("rows", list(table.columns))
        names = [c.name for c in table.columns]
        source = select(*(rows.columns[n] for n in names)).select_from(rows.source)
        return insert(table).from_select(names, source)

    load.__name__ = f"load_{table.name}"
    return load


LOADERS: Mapping[str, Callable[[Sql], Executable]] = {
    table.name: statement(_loader(table)) for table in ROWS.values()
}
"""Rows as one JSON parameter, for databases without a way of their own."""
