"""Looking for documents that a marketplace has, and for those that nobody goes on with."""

from datetime import UTC, datetime
from uuid import uuid4

import structlog
from temporalio import activity

from activities.bodies.holding import failure_of
from activities.document_waking import start_document
from activities.ports import Platform
from activities.signatures.accounts import PollInput, PollResult
from activities.signatures.documents import DocumentStart
from canonical.documents.ref import DocumentRef, FoundDocument
from channels.errors import ChannelError
from channels.port import DocumentDescriptor, DocumentSource
from store.document_results import KeptDocument

log = structlog.get_logger(__name__)


class Discovering:
    """A long step: each page's new documents are noted and started before the next is asked for."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def discover(self, arg: PollInput) -> PollResult:
        """Starts what is new, and what was begun and has no end; then moves the watermark."""
        store, channel = self._platform.store, self._platform.channel(arg.channel, arg.account)
        pace = channel.abilities.documents_polling
        held = await store.holds.get(arg.channel, arg.account)
        if pace is None or held or not isinstance(channel, DocumentSource):
            return PollResult(events=0, known=0, watermark=None)
        cursor = await store.cursors.get(arg.channel, arg.account, arg.subject.value)
        until = datetime.now(UTC)
        since = until - pace.reach
        if cursor is not None:
            since = max(since, datetime.fromisoformat(cursor.value) - pace.overlap)
        seen = started = 0
        try:
            async for page in channel.list_documents(since):
                for descriptor in page:
                    seen += 1
                    started += await self._taken(arg, descriptor)
                activity.heartbeat(seen)
        except ChannelError as error:
            raise await failure_of(self._platform, error) from error
        for kept in await store.documents.unfinished(arg.channel, arg.account):
            await start_document(activity.client(), start_of(kept))
            activity.heartbeat(seen)
        version = cursor.version if cursor else None
        key = (arg.channel, arg.account, arg.subject.value)
        moved = await store.cursors.commit(*key, until.isoformat(), version)
        log.info("documents_looked_for", channel=arg.channel, account=arg.account, new=started)
        return PollResult(events=started, known=seen - started, watermark=until if moved else None)

    async def _taken(self, arg: PollInput, descriptor: DocumentDescriptor) -> bool:
        found = found_of(arg.channel, arg.account, descriptor)
        kept, fresh = await self._platform.store.documents.find(found, uuid4().hex)
        if fresh:
            await start_document(activity.client(), start_of(kept))
        return fresh


def found_of(channel: str, account: str, descriptor: DocumentDescriptor) -> FoundDocument:
    """A marketplace's description of a document as ours."""
    return FoundDocument(
        ref=DocumentRef(
            channel=channel,
            account=account,
            kind=descriptor.kind,
            document_id=descriptor.document_id,
        ),
        source=descriptor.source,
        made_at=descriptor.made_at,
        covers_from=descriptor.covers_from,
        covers_to=descriptor.covers_to,
    )


def start_of(kept: KeptDocument) -> DocumentStart:
    """The start input of a document that is noted."""
    found = FoundDocument(
        ref=kept.ref,
        source=kept.source,
        made_at=kept.made_at,
        covers_from=kept.covers_from,
        covers_to=kept.covers_to,
    )
    return DocumentStart(found=found, correlation_id=kept.correlation_id)
