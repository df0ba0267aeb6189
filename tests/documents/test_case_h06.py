"""H06: a decimal comma, Western bytes, dates by points: read as it is, or not at all."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from channels.amazon.abilities import SETTLEMENT
from store.document_results import DocumentState
from store.document_tables import settlement_rows
from tests.documents.stage import Stage

FILE = (Path(__file__).parents[1] / "cases" / "H06-amazon-settlement-v2.tsv").read_bytes()


async def test_h06_a_settlement_with_commas_and_western_bytes(stage: Stage) -> None:
    kept = await stage.ended(await stage.report(SETTLEMENT, FILE))
    assert (kept.state, kept.content) == (DocumentState.STORED, "settlement")
    assert (kept.number, kept.total, kept.currency) == ("19482399001", Decimal("412.37"), "SAR")
    assert kept.period_from == datetime(2026, 10, 14, 7, 49, 55, tzinfo=UTC)
    assert kept.period_to == datetime(2026, 10, 28, 7, 49, 55, tzinfo=UTC)
    assert kept.paid_at == datetime(2026, 10, 30, 7, 49, 55, tzinfo=UTC)
    rows = await stage.rows(settlement_rows, kept)
    assert len(rows) == kept.row_count == 7
    assert sum(row.amount for row in rows) == Decimal("412.37")
    one = [row for row in rows if row.order_id == "408-6000001-0000001"]
    assert sum(row.amount for row in one) == Decimal("405.15")
    assert sum(r.amount for r in rows if r.transaction_type == "Refund") == Decimal("-48.88")
    assert {row.sku for row in one} == {"KSA-CAFÉ-1KG"}
    assert one[0].order_item_id == "00518273915501"
    (event,) = stage.bus.documents
    assert (event.number, event.total, event.rows) == ("19482399001", Decimal("412.37"), 7)
    assert (event.key, event.paid_at) == (kept.pk, kept.paid_at)


async def test_h06_no_reading_balances_so_nothing_is_imported(stage: Stage) -> None:
    broken = FILE.replace(b"459,00", b"459,01")
    found = await stage.report(SETTLEMENT, broken)
    kept = await stage.parked(found)
    assert (kept.reason, kept.line) == ("total", 2)
    assert "412.38" in (kept.detail or "")
    assert await stage.rows(settlement_rows, kept) == []
    assert stage.bus.documents == []


async def test_h06_letters_that_could_be_either_are_not_guessed(stage: Stage) -> None:
    lines = FILE.split(b"\n")
    # An Arabic word (cp1256) in one row, a Western one in another: no encoding reads both.
    lines[4] = lines[4].replace(b"KSA-CAF\xc9-1KG", b"\xd4\xc7\xed")
    found = await stage.report(SETTLEMENT, b"\n".join(lines))
    kept = await stage.parked(found)
    assert (kept.reason, kept.line) == ("encoding", 5)
    assert await stage.rows(settlement_rows, kept) == []
