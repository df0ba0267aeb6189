"""The account workflows: one for each configured account, started once and kept."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.signatures.asks import CONFIGURE
from activities.signatures.start import ACCOUNT_WORKFLOW, AccountStart, bulk_task_queue
from canonical.identity import account_workflow_id


async def ensure_account(client: Client, start: AccountStart) -> None:
    """Starts the account's workflow, or tells the running one the present settings."""
    await client.start_workflow(
        ACCOUNT_WORKFLOW,
        start,
        id=account_workflow_id(start.channel, start.account),
        task_queue=bulk_task_queue(start.channel),
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal=CONFIGURE,
        start_signal_args=[start],
        static_summary=f"Account {start.channel}/{start.account}",
    )
