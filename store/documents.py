"""Documents: found once, their bytes kept, their rows stored all or none, parked with a reason."""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, BinaryIO

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from canonical.documents.faults import UnreadableError
from canonical.documents.head import DocumentHead, Reading
from canonical.documents.ref import DocumentRef, FoundDocument
from store.bulk import load
from store.database import Database
from store.dialects.port import Sql
from store.document_results import ENDED, DocumentState, KeptDocument
from store.document_tables import ROWS
from store.parameters import run
from store.sealing import Sealer
from store.sql import documents as sql_of

PART = 1 << 20
"""Bytes of a document that are sealed together."""
_PLAIN = frozenset(f.name for f in fields(KeptDocument)) - {"pk", "ref", "state"}


class UnknownDocumentError(LookupError):
    """No document of this key is stored."""

    def __init__(self, ref: DocumentRef) -> None:
        super().__init__(f"There is no document {ref.key}: `souk documents list` shows all.")


class Documents:
    """One row a document; all methods may be repeated."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def find(self, found: FoundDocument, correlation_id: str) -> tuple[KeptDocument, bool]:
        """Notes that there is a document.

        Returns:
            The document as it stands, and whether nobody had found it before.
        """
        sql = self._database.dialect
        values = {
            **found.ref.model_dump(),
            **found.model_dump(exclude={"ref"}),
            "correlation_id": correlation_id,
        }
        key = found.ref.model_dump()

        def work(connection: Connection) -> tuple[Row[Any] | None, bool]:
            fresh = run(connection, sql_of.add_document(sql), values).rowcount == 1
            if not fresh:
                run(connection, sql_of.source_moved(sql), {**key, "new_source": found.source})
            return run(connection, sql_of.document_of(sql), key).first(), fresh

        row, fresh = await self._database.transaction(work)
        if row is None:
            raise UnknownDocumentError(found.ref)
        return _kept(row), fresh

    async def get(self, ref: DocumentRef) -> KeptDocument:
        """One document.

        Raises:
            UnknownDocumentError: Nobody has found it.
        """
        sql = self._database.dialect
        row = await self._database.quick(
            lambda c: run(c, sql_of.document_of(sql), ref.model_dump()).first()
        )
        if row is None:
            raise UnknownDocumentError(ref)
        return _kept(row)

    async def unfinished(self, channel: str, account: str) -> list[KeptDocument]:
        """Those that are neither stored and told, nor repeated, nor parked."""
        values = {"channel": channel, "account": account}
        return await self._several(sql_of.unfinished, values, None)

    async def newest(
        self, channel: str = "", account: str = "", kind: str = "", state: str = "", limit: int = 50
    ) -> list[KeptDocument]:
        """The newest first; an empty filter lets all pass."""
        values = {"channel": channel, "account": account, "kind": kind, "state": state}
        return await self._several(sql_of.listed, values, limit)

    async def named(self, words: str) -> list[KeptDocument]:
        """Those of a marketplace's id, or of a number of their own."""
        return await self._several(sql_of.named, {"words": words}, None)

    async def keep_raw(self, pk: int, file: BinaryIO) -> bool:
        """Keeps a document's bytes as they came, sealed, all or none.

        Returns:
            Whether these were kept; False where some are kept already.
        """
        sql, sealer = self._database.dialect, self._sealer
        digest, size = hashlib.sha256(), 0
        for part in _parts(file):
            digest.update(part)
            size += len(part)
        values = {"pk": pk, "size": size, "digest": digest.hexdigest()}

        def work(connection: Connection) -> bool:
            if run(connection, sql_of.mark_fetched(sql), values).rowcount != 1:
                return False
            for number, part in enumerate(_parts(file)):
                body = sealer.seal(zlib.compress(part, 1))
                run(connection, sql_of.add_part(sql), {"pk": pk, "part": number, "body": body})
            return True

        return await self._database.transaction(work)

    async def write_raw(self, pk: int, file: BinaryIO) -> int:
        """Writes a document's bytes as they came into a file; returns how many parts there are."""
        sql, number = self._database.dialect, 0
        while True:
            values = {"pk": pk, "part": number}
            sealed = await self._database.quick(
                lambda c, v=values: run(c, sql_of.part_of(sql), v).scalar()  # type: ignore[misc]
            )
            if sealed is None:
                return number
            file.write(zlib.decompress(self._sealer.open(sealed)))
            number += 1

    async def store(self, ref: DocumentRef, read: Callable[[], Reading]) -> KeptDocument:
        """Reads a document and stores it with all its rows in one transaction, or nothing of it.

        Args:
            ref: Which.
            read: Reads it; called at most once.

        Raises:
            UnreadableError: As `read` or its rows raise it; nothing is stored.
            StoreError: The database is away, or another stores the same; nothing is stored.
        """
        kept = await self.get(ref)
        if kept.state in ENDED:
            return kept
        reading = read()
        sql = self._database.dialect
        async with self._database.long() as connection:
            claimed = await connection.run_sync(
                lambda c: run(c, sql_of.claim_unread(sql), {"pk": kept.pk}).rowcount
            )
            if claimed != 1:
                return await self.get(ref)
            twin = await self._twin(connection, kept, reading.head)
            counts = 0
            if twin is None:
                for row_type, rows in reading.tables:
                    counted = _Counted(kept.pk, rows)
                    await load(connection, sql, ROWS[row_type], iter(counted))
                    counts += counted.count
            state = DocumentState.STORED if twin is None else DocumentState.REPEATED
            values = _read_values(reading.head, state, twin, counts) | {"pk": kept.pk}
            await connection.run_sync(lambda c: run(c, sql_of.end_read(sql), values))
            await connection.commit()
        return await self.get(ref)

    async def park(self, ref: DocumentRef, fault: UnreadableError) -> KeptDocument:
        """Says why a document cannot be read; what is stored stays so."""
        kept = await self.get(ref)
        values = {
            "pk": kept.pk,
            "new_reason": fault.reason.value,
            "new_line": fault.line,
            "new_detail": fault.what,
        }
        await self._change(sql_of.park, values)
        return await self.get(ref)

    async def reopen(self, ref: DocumentRef) -> KeptDocument:
        """Lets a parked document be read again."""
        kept = await self.get(ref)
        await self._change(sql_of.reopen, {"pk": kept.pk})
        return await self.get(ref)

    async def told(self, pk: int) -> None:
        """Notes that the internal systems were told."""
        await self._change(sql_of.mark_told, {"pk": pk})

    async def _twin(
        self, connection: AsyncConnection, kept: KeptDocument, head: DocumentHead
    ) -> int | None:
        """The stored document that has this one's number."""
        if not head.number:
            return None
        values = {
            "channel": kept.ref.channel,
            "account": kept.ref.account,
            "content": head.content.value,
            "number": head.number,
            "pk": kept.pk,
        }
        statement = sql_of.same_number(self._database.dialect)
        found: int | None = await connection.run_sync(lambda c: run(c, statement, values).scalar())
        return found

    async def _several(
        self, build: Callable[[Sql], Executable], values: Mapping[str, Any], limit: int | None
    ) -> list[KeptDocument]:
        statement = build(self._database.dialect)

        def work(connection: Connection) -> Sequence[Row[Any]]:
            result = run(connection, statement, values)
            return result.fetchmany(limit) if limit else result.all()

        return [_kept(row) for row in await self._database.quick(work)]

    async def _change(self, build: Callable[[Sql], Executable], values: Mapping[str, Any]) -> None:
        statement = build(self._database.dialect)
        await self._database.quick(lambda c: run(c, statement, values).rowcount)


class _Counted:
    """Rows behind their document's key, counted as they pass."""

    def __init__(self, pk: int, rows: Iterator[tuple[Any, ...]]) -> None:
        self._pk = pk
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self._rows:
            self.count += 1
            yield (self._pk, *row)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(PART), b"")


def _read_values(
    head: DocumentHead, state: DocumentState, same_as: int | None, rows: int
) -> dict[str, Any]:
    values = {
        "content": head.content.value,
        "number": head.number or None,
        "currency": head.currency or None,
        "period_from": head.period_from,
        "period_to": head.period_to,
        "paid_at": head.paid_at,
        "total": head.total,
        "row_count": rows,
        "encoding": head.encoding or None,
        "number_format": head.number_format or None,
        "state": state.value,
        "same_as": same_as,
    }
    return {f"new_{name}": value for name, value in values.items()}


def _kept(row: Row[Any]) -> KeptDocument:
    columns = row._mapping
    return KeptDocument(
        pk=columns["id"],
        ref=DocumentRef(**{name: columns[name] for name in sql_of.KEY}),
        state=DocumentState(columns["state"]),
        **{name: columns[name] for name in _PLAIN},
    )
