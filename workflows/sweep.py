"""One sweep of one account; started by its Schedule."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.signatures.accounts import SweepInput, SweepResult, sweep_orders
    from activities.signatures.start import SWEEP_WORKFLOW, SweepStart

from workflows.options import SWEEP, summarised


@workflow.defn(name=SWEEP_WORKFLOW)
class SweepWorkflow:
    """Finds open orders without a workflow; its run timeout bounds the retries."""

    @workflow.run
    async def run(self, start: SweepStart) -> SweepResult:
        """Sweeps until it succeeds or the run's time is over."""
        arg = SweepInput(
            channel=start.channel,
            account=start.account,
            erp_answers_within=start.erp_answers_within,
        )
        about = f"Orders without a workflow, {start.channel}/{start.account}"
        return await workflow.execute_activity(sweep_orders, arg, **summarised(SWEEP, about))
