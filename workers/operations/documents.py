"""Documents as they stand, and having one read again."""

from dataclasses import dataclass

from temporalio.client import WorkflowUpdateStage

from activities.bodies.documents.discovering import start_of
from activities.document_waking import start_document
from activities.signatures.asks import RESYNC, Asked
from store import Store
from store.document_results import ENDED, KeptDocument
from workers.client import connect
from workers.operations.asking import ANSWER_WITHIN
from workers.operations.errors import NotFoundError, RefusedError, UnclearError
from workers.operations.opened import open_store
from workers.operations.temporal import in_our_words
from workers.sealer import sealer_of
from workers.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """Which documents of a list; what is empty lets all pass."""

    channel: str = ""
    account: str = ""
    kind: str = ""
    state: str = ""
    limit: int = 50


@dataclass(frozen=True)
class Retried:
    """What became of a document that was read again."""

    workflow_id: str
    answer: str


async def found(settings: Settings, wanted: Wanted) -> list[KeptDocument]:
    """The newest documents first."""
    async with open_store(settings) as store:
        return await store.documents.newest(
            wanted.channel, wanted.account, wanted.kind, wanted.state, wanted.limit
        )


async def shown(
    settings: Settings, words: str, channel: str | None, account: str | None
) -> KeptDocument:
    """One document.

    Raises:
        NotFoundError: There is none.
        UnclearError: The words fit several.
    """
    async with open_store(settings) as store:
        return await _meant(store, words, channel, account)


async def retried(
    settings: Settings, words: str, channel: str | None, account: str | None, asked: Asked
) -> Retried:
    """Has a parked document fetched or read again, and one that nobody goes on with gone on with.

    Raises:
        NotFoundError: There is none.
        UnclearError: The words fit several.
        RefusedError: It is stored already.
        AwayError: Temporal, or every worker, is away.
    """
    async with open_store(settings) as store:
        kept = await _meant(store, words, channel, account)
    if kept.state in ENDED:
        raise RefusedError(
            f"Document {kept.ref.document_id} is {kept.state}: there is nothing to be read again."
        )
    workflow_id = kept.ref.workflow_id
    client = await connect(settings.temporal, sealer=sealer_of(settings))
    async with in_our_words(workflow_id):
        await start_document(client, start_of(kept))
        update = await client.get_workflow_handle(workflow_id).start_update(
            RESYNC,
            asked,
            wait_for_stage=WorkflowUpdateStage.ACCEPTED,
            result_type=str,
            rpc_timeout=ANSWER_WITHIN,
        )
        return Retried(workflow_id, await update.result(rpc_timeout=ANSWER_WITHIN))


async def _meant(
    store: Store, words: str, channel: str | None, account: str | None
) -> KeptDocument:
    fitting = [
        kept
        for kept in await store.documents.named(words)
        if channel in (None, kept.ref.channel) and account in (None, kept.ref.account)
    ]
    if not fitting:
        raise NotFoundError(
            f"There is no document {words}: `souk documents list` shows those there are."
        )
    exact = [kept for kept in fitting if kept.ref.document_id == words]
    if len(exact or fitting) > 1:
        which = "; ".join(
            f"{k.ref.channel} {k.ref.account} {k.ref.kind} {k.ref.document_id}" for k in fitting
        )
        raise UnclearError(
            f"{words} is {len(fitting)} documents ({which}): say --account, or its id."
        )
    return (exact or fitting)[0]
