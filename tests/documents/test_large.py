"""Large files, all the way: a million rows within bounds, and a file that is too large to keep."""

import asyncio

import pytest

from channels.amazon.abilities import SETTLEMENT
from store.document_results import DocumentState
from tests.documents.readers import peak
from tests.documents.settlements import amount, lines, whole
from tests.documents.stage import Stage

MEMORY = 300 << 20
ROWS = 1_000_000


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_a_million_rows_are_stored_in_less_than_300_mb(stage: Stage) -> None:
    ended = asyncio.ensure_future(stage.ended(await stage.report(SETTLEMENT, whole(ROWS))))
    most = await peak(ended)
    kept = await ended
    assert (kept.state, kept.row_count) == (DocumentState.STORED, ROWS)
    assert kept.total == sum(amount(n) for n in range(ROWS))
    assert 0 < most < MEMORY


@pytest.mark.timeout(120)
async def test_a_file_of_more_than_200_mb_is_parked(stage: Stage) -> None:
    piece = next(lines(5000)) + bytes(1)
    found = await stage.report(SETTLEMENT, piece + b"x" * (201 << 20))
    kept = await stage.parked(found)
    assert kept.reason == "too_large"
    assert not kept.has_raw
    assert "209715200" in (kept.detail or "")
