"""Starting a document's workflow, or leaving the one that runs: the one way to do it."""

from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from activities.signatures import search_attributes
from activities.signatures.documents import DOCUMENT_WORKFLOW, DocumentStart
from activities.signatures.start import bulk_task_queue
from activities.waking import SUMMARY_LIMIT
from canonical.text import cut


async def start_document(client: Client, start: DocumentStart) -> None:
    """Starts the document's workflow where none is running.

    Doing it twice changes nothing: what is stored is not fetched again.

    Raises:
        RPCError: Temporal is away, busy, or refuses.
    """
    ref = start.found.ref
    channel, account = search_attributes.CHANNEL, search_attributes.ACCOUNT
    await client.start_workflow(
        DOCUMENT_WORKFLOW,
        start,
        id=ref.workflow_id,
        task_queue=bulk_task_queue(ref.channel),
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=TypedSearchAttributes(
            [
                SearchAttributePair(channel, search_attributes.keyword(ref.channel)),
                SearchAttributePair(account, search_attributes.keyword(ref.account)),
            ]
        ),
        static_summary=cut(
            f"{ref.channel}/{ref.account} {ref.kind} {ref.document_id}", SUMMARY_LIMIT
        ),
    )
