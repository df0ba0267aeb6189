"""The account workflows: one for each configured account, started once and kept."""

from datetime import timedelta

import structlog
from temporalio.client import (
    Client,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from activities.signatures.asks import CONFIGURE, RESYNC, Asked
from activities.signatures.start import ACCOUNT_WORKFLOW, AccountStart, bulk_task_queue
from canonical.identity import account_workflow_id

RECHECK_WITHIN = timedelta(seconds=5)
"""For the account's workflow to hear of it; the check itself is not waited for."""
WHY = "The marketplace refused the account's login."

log = structlog.get_logger(__name__)


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


async def recheck(client: Client, channel: str, account: str) -> None:
    """Has the account's workflow check it now; without one, its next start does."""
    handle = client.get_workflow_handle(account_workflow_id(channel, account))
    try:
        await handle.start_update(
            RESYNC,
            Asked(by="souk", why=WHY),
            wait_for_stage=WorkflowUpdateStage.ACCEPTED,
            rpc_timeout=RECHECK_WITHIN,
        )
    except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        log.warning("account_not_rechecked", channel=channel, account=account, why=str(error))
