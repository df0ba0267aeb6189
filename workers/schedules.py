"""One Schedule for each account whose channel is polled."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from activities.signatures import search_attributes
from activities.signatures.start import POLL_WORKFLOW, PollStart, bulk_task_queue
from canonical.identity import poll_workflow_id

RUN_LIMIT = timedelta(minutes=30)
"""A poll that takes longer is given up; the next starts at the same watermark."""

LEAST_CATCH_UP = timedelta(seconds=10)
"""The server takes no shorter window."""


async def ensure_poll(client: Client, start: PollStart, every: timedelta) -> None:
    """Creates the account's Schedule, or brings it to the present settings."""
    schedule = poll_schedule(start, every)
    name = poll_workflow_id(start.channel, start.account, start.subject)
    try:
        await client.create_schedule(name, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(name).update(lambda found: _updated(found, schedule))


def poll_schedule(start: PollStart, every: timedelta) -> Schedule:
    """A run at a time: what is late is skipped, what was missed is caught up once."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            POLL_WORKFLOW,
            start,
            id=poll_workflow_id(start.channel, start.account, start.subject),
            task_queue=bulk_task_queue(start.channel),
            run_timeout=RUN_LIMIT,
            typed_search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(
                        search_attributes.CHANNEL, search_attributes.keyword(start.channel)
                    ),
                    SearchAttributePair(
                        search_attributes.ACCOUNT, search_attributes.keyword(start.account)
                    ),
                ]
            ),
            static_summary=f"Poll {start.subject} of {start.channel}/{start.account}",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP,
            catchup_window=max(every, LEAST_CATCH_UP),
        ),
    )


def _updated(found: ScheduleUpdateInput, schedule: Schedule) -> ScheduleUpdate:
    """Settings come from us; whether a person paused it stays."""
    schedule.state = found.description.schedule.state
    return ScheduleUpdate(schedule)
