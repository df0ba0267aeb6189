"""Orders that are open in SQL without a running workflow are started again."""

from dataclasses import dataclass

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import Platform
from activities.signatures.accounts import SweepInput, SweepResult
from activities.signatures.start import ORDER_WORKFLOW, OrderStart
from activities.waking import signal_with_start
from canonical.identity import OrderRef

PAGE = 500
"""Open orders looked at between two heartbeats."""
STARTS = 200
"""Orders that one run starts at most; the next run goes on."""

log = structlog.get_logger(__name__)


@dataclass
class _Run:
    client: Client
    running: set[str]
    """Ids of workflows that run as far as lists know, which lag behind."""


class Sweeping:
    """A step at store and Temporal: somebody has pressed Terminate or Cancel."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @activity.defn(name="sweep_orders")
    async def sweep_orders(self, arg: SweepInput) -> SweepResult:
        """Looks at all open orders of the account, and starts those that nobody looks after."""
        run = _Run(activity.client(), await _running(arg))
        looked_at, started, after = 0, 0, ""
        while started < STARTS:
            page = await self._platform.store.orders.open_page(
                arg.channel, arg.account, after=after, limit=PAGE
            )
            for ref in page:
                looked_at += 1
                started += await self._started(arg, ref, run)
                if started >= STARTS:
                    break
            activity.heartbeat(looked_at, started)
            if len(page) < PAGE:
                break
            after = page[-1].order_id
        log.info(
            "swept",
            channel=arg.channel,
            account=arg.account,
            open_orders=looked_at,
            started=started,
        )
        return SweepResult(open_orders=looked_at, started=started)

    async def _started(self, arg: SweepInput, ref: OrderRef, run: _Run) -> bool:
        if ref.workflow_id in run.running or await _runs(run.client, ref):
            return False
        view = await self._platform.store.orders.view(ref)
        start = OrderStart(
            ref=ref,
            abilities=self._platform.channel(ref.channel, ref.account).abilities,
            erp_answers_within=arg.erp_answers_within,
            correlation_id=view.correlation_id,
            one_alarm=True,
        )
        try:
            await signal_with_start(run.client, start, [])
        except RPCError as error:
            if error.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise
            log.error("order_refused_by_temporal", workflow_id=ref.workflow_id, why=error.message)
            return False
        log.warning(
            "order_started_again",
            workflow_id=ref.workflow_id,
            channel=ref.channel,
            account=ref.account,
            order_id=ref.order_id,
            correlation_id=view.correlation_id,
        )
        return True


async def _running(arg: SweepInput) -> set[str]:
    query = (
        f'WorkflowType = "{ORDER_WORKFLOW}" AND ExecutionStatus = "Running"'
        f' AND SoukChannel = "{arg.channel}" AND SoukAccount = "{arg.account}"'
    )
    found: set[str] = set()
    async for execution in activity.client().list_workflows(query):
        found.add(execution.id)
        if len(found) % PAGE == 0:
            activity.heartbeat(len(found))
    return found


async def _runs(client: Client, ref: OrderRef) -> bool:
    try:
        found = await client.get_workflow_handle(ref.workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return found.status is WorkflowExecutionStatus.RUNNING
