"""H08: announced as GZIP, and plain: the bytes say what they are, and are unpacked once at most."""

import gzip
import json
from pathlib import Path

import pytest

from channels.amazon.abilities import ALL_ORDERS
from store.document_results import DocumentState
from store.document_tables import order_report_rows
from tests.documents.stage import Stage

CASES = Path(__file__).parents[1] / "cases"
PLAIN = (CASES / "H08b-report-body-plain.tsv").read_bytes()


@pytest.mark.parametrize("body", [PLAIN, gzip.compress(PLAIN)], ids=["plain", "packed"])
async def test_h08_four_rows_whatever_was_said_of_the_bytes(stage: Stage, body: bytes) -> None:
    assert json.loads((CASES / "H08a-amazon-report-document.json").read_bytes())[
        "compressionAlgorithm"
    ]  # the stage's marketplace says the same of every document
    kept = await stage.ended(await stage.report(ALL_ORDERS, body))
    assert kept.state is DocumentState.STORED
    rows = await stage.rows(order_report_rows, kept)
    assert [row.order_id[:11] for row in rows] == ["408-8000001"] * 4
    assert {row.item_price for row in rows} == {rows[0].item_price}
    assert rows[0].shipping_price is None, "blank is not zero"
    assert (stage.asked_for(), stage.downloads()) == (1, 1)
    assert kept.raw_size == len(body)
