"""A marketplace that has reports, a bucket on disk, and a worker that brings them in."""

import itertools
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import web
from sqlalchemy import Row, select
from temporalio.client import Client, WorkflowHandle

from activities.bodies.documents.reader import ProcessReader
from activities.document_waking import start_document
from activities.ports import FileGoneError, Platform
from activities.signatures.asks import RESYNC, STATE, Asked
from activities.signatures.documents import DocumentStanding, DocumentStart
from canonical.documents.ref import FILE, DocumentRef, FoundDocument
from channels.amazon.client import AmazonChannel
from store import Store
from store.document_results import KeptDocument
from store.document_tables import documents
from tests.bridge.running import until_so
from tests.channels.amazon.samples import market, options
from tests.channels.servers import CountingLimiter, Server
from tests.fixtures.world import MemoryBus
from workers.factory import workers_of

NUMBERS = itertools.count(1)
ASKED = Asked(by="tests", why="mended")


class Disk:
    """Files that others put somewhere, by their place."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}

    async def fetch(self, source: str, to_path: Path) -> None:
        if source not in self.files:
            raise FileGoneError(f"{source} is not there (any more).")
        shutil.copyfile(self.files[source], to_path)


@dataclass
class Stage:
    """One account of its own for each test."""

    client: Client
    store: Store
    server: Server
    channel: AmazonChannel
    bus: MemoryBus
    platform: Platform
    disk: Disk
    reports: dict[str, bytes] = field(default_factory=dict)
    """Bytes by report document id."""
    listed: list[dict[str, Any]] = field(default_factory=list)
    """What getReports tells."""

    def found(self, kind: str, source: str, document_id: str = "") -> FoundDocument:
        ref = DocumentRef(
            channel="amazon",
            account=self.channel.account,
            kind=kind,
            document_id=document_id or f"r{next(NUMBERS)}",
        )
        return FoundDocument(ref=ref, source=source, made_at=datetime.now(UTC))

    async def report(self, kind: str, body: bytes) -> FoundDocument:
        """A report that the marketplace has, its workflow started."""
        found = self.found(kind, f"doc-{uuid4().hex}")
        self.reports[found.source] = body
        await self.start(found)
        return found

    async def file(self, path: Path, name: str = "") -> FoundDocument:
        """A file that somebody put into the bucket, its workflow started."""
        place = f"s3://bucket/{name or path.name}"
        self.disk.files[place] = path
        found = self.found(FILE, place)
        await self.start(found)
        return found

    async def start(self, found: FoundDocument) -> None:
        start = DocumentStart(found=found, correlation_id=uuid4().hex)
        await start_document(self.client, start)

    def handle(self, found: FoundDocument) -> WorkflowHandle[Any, DocumentStanding]:
        return self.client.get_workflow_handle(found.ref.workflow_id, result_type=DocumentStanding)

    async def ended(self, found: FoundDocument) -> KeptDocument:
        """The document once its workflow is over."""
        await self.handle(found).result()
        return await self.store.documents.get(found.ref)

    async def parked(self, found: FoundDocument) -> KeptDocument:
        """The document once its workflow waits for a person; its attention says why."""

        async def waits() -> bool:
            return (await self.standing(found)).state == "parked"

        await until_so(waits, 40)
        standing = await self.standing(found)
        assert standing.attention is not None
        assert standing.attention.word == "document"
        assert standing.detail in standing.attention.what_happened
        return await self.store.documents.get(found.ref)

    async def waits(self, found: FoundDocument) -> str:
        """Why the step that is due has failed, once it has."""
        why = ""

        async def failed() -> bool:
            nonlocal why
            for step in (await self.handle(found).describe()).raw_description.pending_activities:
                why = step.last_failure.message
            return bool(why)

        await until_so(failed, 30)
        return why

    async def standing(self, found: FoundDocument) -> DocumentStanding:
        answer: DocumentStanding = await self.handle(found).query(
            STATE, result_type=DocumentStanding
        )
        return answer

    async def resync(self, found: FoundDocument) -> str:
        answer: str = await self.handle(found).execute_update(RESYNC, ASKED, result_type=str)
        return answer

    async def rows(self, table: Any, kept: KeptDocument) -> list[Row[Any]]:
        """A document's rows, by plain SQL."""
        statement = (
            select(table).where(table.c.document_pk == kept.pk).order_by(*table.primary_key.columns)
        )
        return await self.store._database.quick(lambda c: list(c.execute(statement).all()))

    async def documents_of_account(self) -> list[Row[Any]]:
        statement = select(documents).where(documents.c.account == self.channel.account)
        return await self.store._database.quick(lambda c: list(c.execute(statement).all()))

    def downloads(self) -> int:
        return sum("/presigned/" in c.path for c in self.server.came)

    def asked_for(self) -> int:
        """Calls of getReportDocument."""
        return sum("/documents/" in c.path for c in self.server.came)


@asynccontextmanager
async def staged(client: Client, store: Store, database_url: str) -> AsyncIterator[Stage]:
    """Opens the marketplace and a worker."""
    reports: dict[str, bytes] = {}
    listed: list[dict[str, Any]] = []

    async def document(request: web.Request) -> web.StreamResponse:
        which = request.path.rpartition("/")[2]
        url = f"{server.url}/presigned/{which}"
        answer = {"reportDocumentId": which, "url": url, "compressionAlgorithm": "GZIP"}
        return web.json_response(answer)

    async def bytes_of(request: web.Request) -> web.StreamResponse:
        return web.Response(body=reports[request.path.rpartition("/")[2]])

    async def pages(request: web.Request) -> web.StreamResponse:
        return web.json_response({"reports": listed})

    routes = (
        ("GET", "/documents/", document),
        ("GET", "/presigned/", bytes_of),
        ("GET", "/reports", pages),
    )
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(market(*routes))
        urls = {"base_url": server.url, "token_url": f"{server.url}/auth/o2/token"}
        account = f"account-{uuid4().hex[:8]}"
        channel = AmazonChannel(account, options(**urls), CountingLimiter())
        stack.push_async_callback(channel.close)
        bus, disk = MemoryBus(), Disk()
        platform = Platform(
            store=store,
            bus=bus,
            channels={("amazon", account): channel},
            reader=ProcessReader(database_url),
            files=disk,
        )
        for worker in workers_of(client, "amazon", platform, shutdown_within=timedelta(seconds=5)):
            await stack.enter_async_context(worker)
        yield Stage(client, store, server, channel, bus, platform, disk, reports, listed)
