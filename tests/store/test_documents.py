"""Documents in the store: found once, bytes kept sealed, rows all or none, parked with a reason."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.head import Content, DocumentHead, Reading
from canonical.documents.ref import DocumentRef, FoundDocument
from canonical.documents.rows import SettlementRow
from store import Store
from store.document_results import DocumentState

AT = datetime(2026, 11, 24, 4, 2, tzinfo=UTC)


def _found(document_id: str = "51200199120") -> FoundDocument:
    ref = DocumentRef(channel="x", account="riyadh", kind="SETTLED", document_id=document_id)
    return FoundDocument(ref=ref, source=f"source of {document_id}", made_at=AT)


def _row(line: int, amount: str = "1.50") -> SettlementRow:
    values: dict[str, Any] = dict.fromkeys(SettlementRow._fields, "")
    values |= {"line": line, "amount": Decimal(amount), "posted_at": AT, "quantity": None}
    return SettlementRow(**values)


def _reading(rows: Iterator[tuple[Any, ...]], number: str = "S-1") -> Reading:
    head = DocumentHead(Content.SETTLEMENT, number=number, currency="SAR", total=Decimal("3.00"))
    return Reading(head, ((SettlementRow, rows),))


async def test_a_document_is_found_once_whoever_is_first(either: Store) -> None:
    kept, fresh = await either.documents.find(_found(), "c1")
    again, fresh_again = await either.documents.find(_found(), "c2")
    assert (fresh, fresh_again) == (True, False)
    assert again == kept
    assert kept.state is DocumentState.FOUND
    assert kept.correlation_id == "c1"


async def test_bytes_come_back_as_they_came(either: Store) -> None:
    kept, _ = await either.documents.find(_found(), "c")
    raw = bytes(range(256)) * 9000  # more than two parts
    assert await either.documents.keep_raw(kept.pk, io.BytesIO(raw))
    assert not await either.documents.keep_raw(kept.pk, io.BytesIO(b"others"))
    back = io.BytesIO()
    assert await either.documents.write_raw(kept.pk, back) == 3
    assert back.getvalue() == raw
    fetched = await either.documents.get(kept.ref)
    assert (fetched.state, fetched.raw_size) == (DocumentState.FETCHED, len(raw))


async def test_rows_are_stored_with_their_document_and_once(either: Store) -> None:
    kept, _ = await either.documents.find(_found(), "c")
    stored = await either.documents.store(kept.ref, lambda: _reading(iter([_row(3), _row(4)])))
    again = await either.documents.store(kept.ref, lambda: _reading(iter([_row(3), _row(4)])))
    assert stored == again
    assert (stored.state, stored.row_count) == (DocumentState.STORED, 2)
    assert (stored.number, stored.total, stored.currency) == ("S-1", Decimal("3.00"), "SAR")
    assert await _count(either) == 2


async def test_a_row_that_cannot_be_read_leaves_none(either: Store) -> None:
    def broken() -> Iterator[tuple[Any, ...]]:
        for line in range(3, 6000):
            yield _row(line)
        raise UnreadableError(Reason.ROW, "amount is 'x', which is no amount", 6000)

    kept, _ = await either.documents.find(_found(), "c")
    with pytest.raises(UnreadableError) as failed:
        await either.documents.store(kept.ref, lambda: _reading(broken()))
    assert await _count(either) == 0
    parked = await either.documents.park(kept.ref, failed.value)
    assert (parked.state, parked.reason, parked.line) == (DocumentState.PARKED, "row", 6000)
    reopened = await either.documents.reopen(kept.ref)
    assert reopened.state is DocumentState.FOUND
    stored = await either.documents.store(kept.ref, lambda: _reading(iter([_row(3)])))
    assert (stored.state, stored.reason, stored.line) == (DocumentState.STORED, None, None)
    assert (await either.documents.park(kept.ref, failed.value)).state is DocumentState.STORED


async def test_a_second_document_of_one_number_repeats_the_first(either: Store) -> None:
    first, _ = await either.documents.find(_found("1"), "c")
    second, _ = await either.documents.find(_found("2"), "c")
    await either.documents.store(first.ref, lambda: _reading(iter([_row(3)])))
    repeated = await either.documents.store(second.ref, lambda: _reading(iter([_row(3)])))
    assert (repeated.state, repeated.same_as) == (DocumentState.REPEATED, first.pk)
    assert await _count(either) == 1


async def test_what_is_unfinished_is_found_again(store: Store) -> None:
    kept, _ = await store.documents.find(_found(), "c")
    assert [d.ref for d in await store.documents.unfinished("x", "riyadh")] == [kept.ref]
    await store.documents.store(kept.ref, lambda: _reading(iter([_row(3)])))
    assert [d.ref for d in await store.documents.unfinished("x", "riyadh")] == [kept.ref]
    await store.documents.told(kept.pk)
    assert await store.documents.unfinished("x", "riyadh") == []
    assert [d.pk for d in await store.documents.newest(state="stored")] == [kept.pk]
    assert [d.pk for d in await store.documents.named("S-1")] == [kept.pk]


async def _count(store: Store) -> int:
    from sqlalchemy import func, select

    from store.document_tables import settlement_rows

    statement = select(func.count()).select_from(settlement_rows)
    found: int = await store._database.quick(lambda c: c.execute(statement).scalar_one())
    return found
