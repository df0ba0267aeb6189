"""An account's Schedules: its polls, where its channel has them, and its sweeps."""

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
from activities.signatures.start import (
    POLL_WORKFLOW,
    SWEEP_WORKFLOW,
    PollStart,
    PollSubject,
    SweepStart,
    bulk_task_queue,
)
from canonical.identity import poll_workflow_id, sweep_workflow_id

RUN_LIMIT = timedelta(minutes=30)
"""A run that takes longer is given up; the next begins where it was left."""

LEAST_CATCH_UP = timedelta(seconds=10)
"""The server takes no shorter window."""


async def ensure_poll(client: Client, start: PollStart, every: timedelta) -> None:
    """Creates the account's Schedule of polls, or brings it to the present settings."""
    name = poll_workflow_id(start.channel, start.account, start.subject)
    schedule = _schedule(
        POLL_WORKFLOW, name, start, every, f"Poll {start.subject} of {_about(start)}"
    )
    # An account's first poll of orders goes as far back as a walk does.
    await _ensure(client, name, schedule, at_once=start.subject is not PollSubject.WALK)


async def ensure_sweep(client: Client, start: SweepStart, every: timedelta) -> None:
    """Creates the account's Schedule of sweeps, or brings it to the present settings."""
    name = sweep_workflow_id(start.channel, start.account)
    schedule = _schedule(SWEEP_WORKFLOW, name, start, every, f"Sweep {_about(start)}")
    await _ensure(client, name, schedule, at_once=False)


async def _ensure(client: Client, name: str, schedule: Schedule, *, at_once: bool) -> None:
    try:
        await client.create_schedule(name, schedule, trigger_immediately=at_once)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(name).update(lambda found: _updated(found, schedule))


def _schedule(
    workflow: str, name: str, start: PollStart | SweepStart, every: timedelta, summary: str
) -> Schedule:
    """A run at a time: what is late is skipped, what was missed is caught up once."""
    channel, account = search_attributes.CHANNEL, search_attributes.ACCOUNT
    return Schedule(
        action=ScheduleActionStartWorkflow(
            workflow,
            start,
            id=name,
            task_queue=bulk_task_queue(start.channel),
            run_timeout=RUN_LIMIT,
            typed_search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(channel, search_attributes.keyword(start.channel)),
                    SearchAttributePair(account, search_attributes.keyword(start.account)),
                ]
            ),
            static_summary=summary,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP,
            catchup_window=max(every, LEAST_CATCH_UP),
        ),
    )


def _about(start: PollStart | SweepStart) -> str:
    return f"{start.channel}/{start.account}"


def _updated(found: ScheduleUpdateInput, schedule: Schedule) -> ScheduleUpdate:
    """Settings come from us; whether a person paused it stays."""
    schedule.state = found.description.schedule.state
    return ScheduleUpdate(schedule)
