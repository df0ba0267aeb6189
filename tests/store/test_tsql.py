"""What is issued can be read by both databases; Azure SQL's is parsed, as none is at hand."""

import pytest

from store.statements import STATEMENTS
from tests.store import tsql_check


@pytest.mark.parametrize("database", sorted(tsql_check.TARGETS))
def test_every_statement_and_table_is_read(database: str) -> None:
    assert tsql_check.complaints(database) == []


def test_the_list_is_not_empty_by_mistake() -> None:
    tsql_check.load_all()
    names = {listed.name.rsplit(".", 1)[-1] for listed in STATEMENTS}
    assert {"receive", "view_of", "lock_order", "begin", "move_cursor", "add_parcels"} <= names


def test_for_azure_sql_an_order_is_locked_by_hints() -> None:
    text = dict(tsql_check.texts("mssql"))["store.sql.orders.lock_order"]
    assert "WITH (UPDLOCK, ROWLOCK)" in text


def test_for_azure_sql_ids_are_compared_exactly_and_text_keeps_arabic() -> None:
    text = dict(tsql_check.tables("mssql"))["table order_lines"]
    assert "line_id NVARCHAR(128) COLLATE Latin1_General_100_BIN2" in text
    assert "name NVARCHAR(1000)" in text
    assert "unit_price NUMERIC(18, 4)" in text
