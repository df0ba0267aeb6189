"""A document's steps: noted, fetched, read, told, read again."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.bodies.heartbeats import heartbeating
from activities.bodies.holding import failure_of, unless_held
from activities.failures import their_words
from activities.ports import FileGoneError, Platform, ReaderDiedError
from activities.signatures.documents import (
    DocumentStanding,
    FetchDocumentInput,
    FindDocumentInput,
    PublishDocumentInput,
    ReadDocumentInput,
    ReopenDocumentInput,
)
from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.head import Content
from canonical.documents.ref import FILE
from canonical.events import DocumentStored
from channels.errors import ChannelError, ContractError, RefusedError
from channels.port import DocumentDescriptor, DocumentSource
from store.document_results import ENDED, DocumentState, KeptDocument

READERS_LIMIT = 3
"""So many processes may die over one document before it is the document's fault."""

log = structlog.get_logger(__name__)


class Importing:
    """Steps at marketplace, bucket and store; each may be repeated."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._documents = platform.store.documents

    @activity.defn(name="find_document")
    async def find_document(self, arg: FindDocumentInput) -> DocumentStanding:
        """Notes the document; tells how it stands where it is known."""
        kept, _ = await self._documents.find(arg.found, arg.correlation_id)
        return _standing(kept)

    @activity.defn(name="fetch_document")
    async def fetch_document(self, arg: FetchDocumentInput) -> DocumentStanding:
        """Fetches the bytes as they are and keeps them sealed; not again where they are kept."""
        kept = await self._documents.get(arg.ref)
        if kept.has_raw or kept.state in ENDED:
            return _standing(kept)
        async with heartbeating():
            with tempfile.TemporaryDirectory(prefix="souk-document-") as folder:
                path = Path(folder) / "document"
                try:
                    await self._fetch(kept, path)
                except (RefusedError, ContractError) as error:
                    fault = UnreadableError(_reason(error), their_words(error))
                    return _standing(await self._documents.park(arg.ref, fault))
                except ChannelError as error:
                    raise await failure_of(self._platform, error) from error
                except FileGoneError as error:
                    fault = UnreadableError(Reason.REFUSED, str(error))
                    return _standing(await self._documents.park(arg.ref, fault))
                with path.open("rb") as file:
                    path.unlink()
                    await self._documents.keep_raw(kept.pk, file)
        return _standing(await self._documents.get(arg.ref))

    @activity.defn(name="read_document")
    async def read_document(self, arg: ReadDocumentInput) -> DocumentStanding:
        """Has the bytes read in a process of its own, which stores all rows or none."""
        kept = await self._documents.get(arg.ref)
        if kept.state in ENDED or self._platform.reader is None:
            return _standing(kept)
        channel = self._platform.channel(arg.ref.channel, arg.ref.account)
        kinds = channel.document_kinds if isinstance(channel, DocumentSource) else ""
        try:
            async with heartbeating():
                # Without a name: it is gone with the processes that have it open.
                with tempfile.TemporaryFile(prefix="souk-document-") as file:
                    await self._documents.write_raw(kept.pk, file)
                    file.flush()
                    await self._platform.reader.read(arg.ref, kinds, file)
        except UnreadableError as unread:
            log.warning("document_parked", workflow_id=arg.ref.workflow_id, why=str(unread))
            return _standing(await self._documents.park(arg.ref, unread))
        except ReaderDiedError as error:
            if activity.info().attempt < READERS_LIMIT:
                raise ApplicationError(str(error), type=type(error).__name__) from None
            fault = UnreadableError(Reason.READER_DIED, str(error))
            return _standing(await self._documents.park(arg.ref, fault))
        return _standing(await self._documents.get(arg.ref))

    @activity.defn(name="publish_document")
    async def publish_document(self, arg: PublishDocumentInput) -> DocumentStanding:
        """Tells of it; the same event id on every repeat."""
        kept = await self._documents.get(arg.ref)
        if kept.state is DocumentState.STORED and kept.told_at is None:
            await self._platform.bus.publish(_event(kept))
            await self._documents.told(kept.pk)
        return _standing(await self._documents.get(arg.ref))

    @activity.defn(name="reopen_document")
    async def reopen_document(self, arg: ReopenDocumentInput) -> DocumentStanding:
        """Says that a parked document may be tried again."""
        log.info("document_reopened", workflow_id=arg.ref.workflow_id, by=arg.by, why=arg.why)
        return _standing(await self._documents.reopen(arg.ref))

    async def _fetch(self, kept: KeptDocument, path: Path) -> None:
        if kept.ref.kind == FILE:
            if self._platform.files is None:
                raise FileGoneError("No bucket is configured for this worker: set `aws.region`.")
            await self._platform.files.fetch(kept.source, path)
            return
        await unless_held(self._platform, kept.ref.channel, kept.ref.account)
        channel = self._platform.channel(kept.ref.channel, kept.ref.account)
        if not isinstance(channel, DocumentSource):
            raise FileGoneError(f"{kept.ref.channel} has no documents to be fetched.")
        wanted = DocumentDescriptor(kept.ref.kind, kept.ref.document_id, kept.source, kept.made_at)
        await channel.download(wanted, path, as_it_came=True)


def _reason(error: ChannelError) -> Reason:
    """Bytes that are taken as they come can only be too many; else the answer does not fit."""
    too_large = isinstance(error, ContractError) and not error.fields
    return Reason.TOO_LARGE if too_large else Reason.REFUSED


def _standing(kept: KeptDocument) -> DocumentStanding:
    return DocumentStanding(
        state=kept.state.value,
        reason=kept.reason or "",
        line=kept.line,
        detail=kept.detail or "",
        content=kept.content or "",
        number=kept.number or "",
        rows=kept.row_count,
        told=kept.told_at is not None,
    )


def _event(kept: KeptDocument) -> DocumentStored:
    return DocumentStored(
        event_id=f"{kept.ref.workflow_id}/stored",
        ref=kept.ref,
        content=Content(kept.content or ""),
        number=kept.number or "",
        key=kept.pk,
        rows=kept.row_count or 0,
        currency=kept.currency or "",
        total=kept.total,
        period_from=kept.period_from or kept.covers_from,
        period_to=kept.period_to or kept.covers_to,
        paid_at=kept.paid_at,
        sha256=kept.raw_sha256 or "",
        correlation_id=kept.correlation_id,
        occurred_at=datetime.now(UTC),
    )
