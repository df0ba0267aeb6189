"""Events that tell of a document: kept in the inbox, the document noted, its workflow started.

Ten events of one document are one piece of work: what they are about is the key, not their ids.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import structlog
from azure.servicebus import ServiceBusReceivedMessage
from pydantic import ValidationError
from temporalio.client import Client
from temporalio.service import RPCError

from activities.bodies.documents.discovering import found_of, start_of
from activities.document_waking import start_document
from bridge.dispatcher.verdict import Fate, Taken, Verdict
from canonical.documents.ref import FILE, DocumentRef, FoundDocument
from canonical.envelope import InboundEvent
from channels.port import Channel, DocumentSource
from store import InboxState, Store
from store.document_results import ENDED, DocumentState, KeptDocument
from store.errors import StoreError

OBJECT = "object:"
"""Subject of an event that tells of a file in a bucket of ours."""
CALL_TIMEOUT = 10.0
"""Seconds for one start, well below a lock's 30."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Announcement:
    """One event and the documents that it tells of; none where they are not to be fetched."""

    message: ServiceBusReceivedMessage
    event: InboundEvent
    documents: tuple[FoundDocument, ...]


class BadAnnouncementError(ValueError):
    """An event that tells of a file lacks where it is."""


def announcement(
    message: ServiceBusReceivedMessage, event: InboundEvent, channel: Channel
) -> Announcement | None:
    """Reads an event that may tell of a document; None where it is about something else.

    Raises:
        BadAnnouncementError: It tells of a file and does not say which.
    """
    if event.order_id is not None:
        return None
    if event.subject.startswith(OBJECT):
        return Announcement(message, event, (_file(event),))
    if not isinstance(channel, DocumentSource):
        return None
    told = channel.announced(event.body)
    if told is None:
        return None
    found = tuple(found_of(event.channel, event.account, each) for each in told)
    return Announcement(message, event, found)


def _file(event: InboundEvent) -> FoundDocument:
    """The same file again with the same content is the same document."""
    try:
        told = json.loads(event.body)
        place = f"{told['bucket']}/{told['key']}"
        version, etag = str(told.get("version") or ""), str(told.get("etag") or "")
        made_at = told.get("created_at") or event.received_at.isoformat()
        query = f"?versionId={quote(version)}" if version else ""
        return FoundDocument(
            ref=DocumentRef(
                channel=event.channel,
                account=event.account,
                kind=FILE,
                document_id=f"{place}#{etag or version or made_at}",
            ),
            source=f"s3://{told['bucket']}/{quote(told['key'])}{query}",
            made_at=datetime.fromisoformat(made_at).astimezone(UTC),
        )
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        what = f"the event of {event.subject} does not say which file it is"
        raise BadAnnouncementError(f"{what} ({type(error).__name__})") from None


class DocumentDesk:
    """Takes announcements: what is new is started, what is known is a repetition."""

    def __init__(self, store: Store, client: Client) -> None:
        self._store = store
        self._client = client

    async def take(self, announcements: Sequence[Announcement], taken: Taken) -> None:
        """Adds each message's verdict to `taken`; one after the other, as they are few."""
        for each in announcements:
            if taken.outage:
                taken.verdicts.append(Verdict(each.message, Fate.ABANDON))
                continue
            try:
                fate = await self._taken(each, taken)
            except (StoreError, RPCError, TimeoutError) as error:
                taken.outage = str(error) or type(error).__name__
                fate = Fate.ABANDON
            taken.verdicts.append(Verdict(each.message, fate))

    async def _taken(self, each: Announcement, taken: Taken) -> Fate:
        inbox = self._store.inbox
        state = await inbox.receive_subject(each.event)
        if state is not InboxState.RECEIVED:
            taken.duplicates += 1
            return Fate.COMPLETE
        news = False
        for found in each.documents:
            kept, fresh = await self._store.documents.find(found, each.event.correlation_id)
            news = news or fresh
            if _has_work(kept):
                async with asyncio.timeout(CALL_TIMEOUT):
                    await start_document(self._client, start_of(kept))
        await inbox.settle_subject(each.event, applied=news)
        log.info("document_announced", subject=each.event.subject, news=news)
        return Fate.COMPLETE


def _has_work(kept: KeptDocument) -> bool:
    untold = kept.state is DocumentState.STORED and kept.told_at is None
    return untold or kept.state not in (*ENDED, DocumentState.PARKED)
