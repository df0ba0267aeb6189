"""Statements on tokens. A claim is a lock in the row, which lapses with its holder."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Update,
    and_,
    literal_column,
    null,
    or_,
    select,
    update,
)

from store.columns import Moment
from store.dialects.port import RowsSource, Sql
from store.parameters import given
from store.statements import statement
from store.tables import tokens

_KEY = ("channel", "account", "name")


def _is_token() -> ColumnElement[bool]:
    return and_(*(tokens.c[k] == given(k, tokens.c[k]) for k in _KEY))


def _unmoved() -> ColumnElement[bool]:
    return tokens.c.version == given("expected", tokens.c.version)


@statement
def token_of(sql: Sql) -> Select[Any]:
    """A token, and the database's clock."""
    columns = (tokens.c.version, tokens.c.sealed, tokens.c.expires_at)
    return select(*columns, sql.now().label("now")).where(_is_token())


@statement
def add_token(sql: Sql) -> Executable:
    """Makes the row of a token that was never obtained."""
    one = select(
        *(given(k, tokens.c[k]).label(k) for k in _KEY),
        literal_column("0", tokens.c.version.type).label("version"),
        sql.now().label("moved_at"),
    ).subquery("one")
    return sql.insert_missing(tokens, list(one.c.keys()), RowsSource(one, dict(one.c)))


@statement
def claim_token(sql: Sql) -> Update:
    """Lets one process renew a token, unless another does or has."""
    free = or_(tokens.c.claimed_until.is_(None), tokens.c.claimed_until < sql.now())
    return (
        update(tokens)
        .where(_is_token(), _unmoved(), free)
        .values(
            claimed_by=given("claimant", tokens.c.claimed_by),
            claimed_until=given("until", Moment()),
        )
    )


@statement
def save_token(sql: Sql) -> Update:
    """Writes a renewed token, if nobody has written one since; also after the claim has lapsed."""
    return (
        update(tokens)
        .where(_is_token(), _unmoved())
        .values(
            version=tokens.c.version + 1,
            sealed=given("secret", tokens.c.sealed),
            expires_at=given("ends", Moment()),
            claimed_by=null(),
            claimed_until=null(),
            moved_at=sql.now(),
        )
    )


@statement
def release_token(sql: Sql) -> Update:
    """Gives a claim back that came to nothing."""
    return (
        update(tokens)
        .where(_is_token(), tokens.c.claimed_by == given("claimant", tokens.c.claimed_by))
        .values(claimed_by=null(), claimed_until=null())
    )


@statement
def spoil_token(sql: Sql) -> Update:
    """Ends a token before its time, if it is still the one that was refused."""
    return update(tokens).where(_is_token(), _unmoved()).values(expires_at=null())
