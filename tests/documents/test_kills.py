"""A reader killed in the middle of its rows leaves none, and the next one stores them all, once."""

import os
import signal

from sqlalchemy import text

from channels.amazon.abilities import SETTLEMENT
from store.document_results import DocumentState
from store.document_tables import settlement_rows
from tests.bridge.running import until_so
from tests.documents.readers import readers
from tests.documents.settlements import amount, whole
from tests.documents.stage import Stage

ROWS = 60_000


async def _copied(stage: Stage) -> int:
    """Rows of the COPY that is under way."""
    asked = text("SELECT coalesce(max(tuples_processed), 0) FROM pg_stat_progress_copy")
    found: int = await stage.store._database.quick(lambda c: c.execute(asked).scalar_one())
    return found


async def test_a_reader_killed_within_its_copy_leaves_no_row(stage: Stage) -> None:
    found = await stage.report(SETTLEMENT, whole(ROWS))

    async def in_full_swing() -> bool:
        return len(readers()) == 1 and await _copied(stage) > 3000

    async def rolled_back() -> bool:
        return await _copied(stage) == 0

    for _ in range(2):
        await until_so(in_full_swing, 40)
        (reader,) = readers()
        os.kill(reader, signal.SIGKILL)
        await until_so(rolled_back, 20)
        kept = await stage.store.documents.get(found.ref)
        assert kept.state is DocumentState.FETCHED
        assert await stage.rows(settlement_rows, kept) == []
    kept = await stage.ended(found)
    assert (kept.state, kept.row_count) == (DocumentState.STORED, ROWS)
    rows = await stage.rows(settlement_rows, kept)
    assert len(rows) == ROWS
    assert sum(row.amount for row in rows) == sum(amount(n) for n in range(ROWS)) == kept.total
    assert (stage.asked_for(), stage.downloads()) == (1, 1), "its bytes were kept"
    assert len(stage.bus.documents) == 1
