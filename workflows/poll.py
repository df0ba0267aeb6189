"""One poll of one account; started by its Schedule."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.signatures.accounts import PollInput, PollResult, poll_orders
    from activities.signatures.start import POLL_WORKFLOW, PollStart

from workflows.options import POLL, summarised


@workflow.defn(name=POLL_WORKFLOW)
class PollWorkflow:
    """Reads what changed since the watermark; its run timeout bounds the retries."""

    @workflow.run
    async def run(self, start: PollStart) -> PollResult:
        """Polls until it succeeds or the run's time is over."""
        arg = PollInput(channel=start.channel, account=start.account, subject=start.subject)
        about = f"{start.subject.value.title()} of {start.channel}/{start.account}"
        return await workflow.execute_activity(poll_orders, arg, **summarised(POLL, about))
