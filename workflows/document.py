"""One document: found, fetched, read, told; or parked until a person has it read again."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.signatures import search_attributes
    from activities.signatures.asks import RESYNC, STATE, Asked
    from activities.signatures.documents import (
        DOCUMENT_WORKFLOW,
        DocumentStanding,
        DocumentStart,
        FetchDocumentInput,
        FindDocumentInput,
        PublishDocumentInput,
        ReadDocumentInput,
        ReopenDocumentInput,
        fetch_document,
        find_document,
        publish_document,
        read_document,
        reopen_document,
    )
    from canonical.attention import Attention, AttentionWord

from workflows.board import Board
from workflows.options import DOCUMENT, short_step, summarised
from workflows.signals import said_who_and_why

FOUND, FETCHED, STORED, PARKED = "found", "fetched", "stored", "parked"


@workflow.defn(name=DOCUMENT_WORKFLOW)
class DocumentWorkflow:
    """Brings one document into the store, whole, once, and says so.

    Update `resync`: have a parked document fetched or read again. Query `state`.
    """

    @workflow.init
    def __init__(self, start: DocumentStart) -> None:
        self._ref = start.found.ref
        self._made_at = start.found.made_at
        self._board = Board()
        self._standing = DocumentStanding(state=FOUND)
        self._asked: list[Asked] = []
        self._tries = 0

    @workflow.run
    async def run(self, start: DocumentStart) -> DocumentStanding:
        """Takes the step that is due until there is none."""
        arg = FindDocumentInput(found=start.found, correlation_id=start.correlation_id)
        await self._moved(await short_step(find_document, arg, "Note the document"))
        while (state := self._standing.state) in (FOUND, FETCHED, PARKED):
            if state == PARKED:
                await self._wait()
            else:
                await self._step()
        if state == STORED and not self._standing.told:
            told = PublishDocumentInput(ref=self._ref)
            self._standing = await short_step(publish_document, told, "Tell of the document")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._standing

    async def _step(self) -> None:
        if self._standing.state == FOUND:
            fetch = FetchDocumentInput(ref=self._ref, made_at=self._made_at)
            about = summarised(DOCUMENT, f"Fetch {self._ref.document_id}")
            await self._moved(await workflow.execute_activity(fetch_document, fetch, **about))
        else:
            read = ReadDocumentInput(ref=self._ref)
            about = summarised(DOCUMENT, f"Read {self._ref.document_id}")
            await self._moved(await workflow.execute_activity(read_document, read, **about))

    async def _wait(self) -> None:
        """Until a person asks."""
        await workflow.wait_condition(lambda: bool(self._asked))
        asked = self._asked.pop(0)
        self._asked.clear()
        arg = ReopenDocumentInput(ref=self._ref, by=asked.by, why=asked.why)
        await self._moved(await short_step(reopen_document, arg, "Have it read again"))

    async def _moved(self, standing: DocumentStanding) -> None:
        self._standing = standing
        self._tries += standing.state not in (FOUND, FETCHED)
        self._board.show(
            _attention(standing) if standing.state == PARKED else None,
            values={search_attributes.STATUS: standing.state},
        )

    @workflow.update(name=RESYNC)
    async def resync(self, asked: Asked) -> str:
        """Has a parked document read again; returns how it ended."""
        due = self._tries + 1
        if self._standing.state == PARKED:
            self._asked.append(asked)
        await workflow.wait_condition(
            lambda: self._tries >= due or self._standing.state not in (FOUND, FETCHED, PARKED)
        )
        where = f" in line {self._standing.line}" if self._standing.line else ""
        why = f" ({self._standing.reason}{where}: {self._standing.detail})"
        return self._standing.state + (why if self._standing.state == PARKED else "")

    @resync.validator
    def _may_resync(self, asked: Asked) -> None:
        said_who_and_why(asked)

    @workflow.query(name=STATE)
    def state(self) -> DocumentStanding:
        """Where the document stands."""
        return self._standing.model_copy(update={"attention": self._board.attention})


def _attention(standing: DocumentStanding) -> Attention:
    where = f"Line {standing.line}: " if standing.line else ""
    return Attention.of(
        AttentionWord.DOCUMENT,
        f"{where}{standing.detail} ({standing.reason}). Nothing of the document is imported.",
        "a person, by `resync`; its bytes are kept as they came",
        "Look at `souk documents show`; once its cause is mended (here, or by the marketplace),"
        " `souk documents retry`.",
    )
