"""Starting an order's workflow, or telling the one that runs: the one way to do it."""

from collections.abc import Sequence

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.signatures import search_attributes
from activities.signatures.start import NEWS, ORDER_WORKFLOW, OrderStart, task_queue
from canonical.text import cut

SUMMARY_LIMIT = 200
"""Characters of a workflow's summary, far below what the server takes."""


async def signal_with_start(client: Client, start: OrderStart, news: Sequence[str]) -> None:
    """Signals the order's workflow with event ids, starting it where none is running.

    Doing it twice wakes the order once too often, which changes nothing.

    Raises:
        RPCError: Temporal is away, busy, or refuses.
    """
    ref = start.ref
    await client.start_workflow(
        ORDER_WORKFLOW,
        start,
        id=ref.workflow_id,
        task_queue=task_queue(ref.channel),
        start_signal=NEWS,
        start_signal_args=[list(news)],
        # A finished order is opened again by news that is not applied yet; a running one takes
        # the signal.
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=search_attributes.of_order(ref),
        static_summary=cut(f"{ref.channel}/{ref.account} order {ref.order_id}", SUMMARY_LIMIT),
    )
