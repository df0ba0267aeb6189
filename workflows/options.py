"""Timeouts and retries by name, each with its reason, and the one way to take a short step."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception
from temporalio.workflow import ActivityCancellationType, ActivityConfig, LocalActivityConfig

ArgT = TypeVar("ArgT")
ResultT = TypeVar("ResultT")
ConfigT = TypeVar("ConfigT", ActivityConfig, LocalActivityConfig)

NO_CANCELLATION = ActivityCancellationType.ABANDON
"""An activity is never asked to stop. Where the request meets the completion, the server writes no
event of it, and the workflow can never be replayed again (measured: server 1.32, SDK 1.35). What is
no longer wanted finds so out before its next try, or ends with its workflow."""

SHORT_LOCAL = LocalActivityConfig(
    schedule_to_close_timeout=timedelta(seconds=5),
    start_to_close_timeout=timedelta(seconds=2),
    retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_attempts=2),
)
"""A local activity costs the server next to nothing, but hides an outage and holds up updates:
hence five seconds in all. The attempts bound it: a local schedule-to-close timeout starts again
with each retry (measured: 32 attempts in 32 seconds, SDK 1.35)."""

SHORT_VISIBLE = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)
    ),
    cancellation_type=NO_CANCELLATION,
)
"""The same step while store or bus are away: pending in the web UI with its error, tried forever.
Half a minute between tries, so that thousands of orders are back soon after the outage."""

CALL_LIMIT = timedelta(seconds=120)
"""For one attempt, besides the marketplace's visibility lag, which a read-back waits for."""

MARKETPLACE_CALL = ActivityConfig(
    start_to_close_timeout=CALL_LIMIT,
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)
    ),
    cancellation_type=NO_CANCELLATION,
)
"""Longer than the wait for a slot (30 s), a login and the call (30 s each) together: two attempts
must never overlap at the marketplace."""

READ_NOW = ActivityConfig(
    schedule_to_close_timeout=timedelta(minutes=2),
    start_to_close_timeout=timedelta(seconds=100),
    heartbeat_timeout=timedelta(seconds=20),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=15)
    ),
    cancellation_type=NO_CANCELLATION,
)
"""Somebody waits at a screen for this one: after two minutes it says why it could not."""

POLL = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(minutes=2),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=1)
    ),
    cancellation_type=NO_CANCELLATION,
)
"""Many pages, each behind the limiter; it heartbeats per page. The run timeout ends the retries:
the schedule's next run starts at the same watermark."""

DOCUMENT = ActivityConfig(
    start_to_close_timeout=timedelta(hours=1),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=2)
    ),
    cancellation_type=NO_CANCELLATION,
)
"""A large file on a slow day, or a million rows; it heartbeats all along."""

CHECK_ACCOUNT = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=2),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=1)
    ),
    cancellation_type=NO_CANCELLATION,
)
"""A few calls. The body itself turns lasting trouble into an attention after some attempts."""

SWEEP = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=1)
    ),
    cancellation_type=NO_CANCELLATION,
)
"""As many pages as an account has open orders; it heartbeats per page."""

DECISION = Priority(priority_key=1)
"""Accept, reject and cancel stand before everything else that waits in a queue."""

SUMMARY_LIMIT = 120
"""Characters; the server refuses long summaries, and a screen shows no more."""


def summarised(config: ConfigT, summary: str) -> ConfigT:
    """The same with what the web UI shows beside the step."""
    named = config.copy()
    named["summary"] = summary[:SUMMARY_LIMIT]
    return named


async def short_step(
    activity: Callable[[ArgT], Awaitable[ResultT]], arg: ArgT, summary: str
) -> ResultT:
    """Takes a step at the store or the bus: local first, then visible and forever."""
    try:
        return await workflow.execute_local_activity(
            activity, arg, **summarised(SHORT_LOCAL, summary)
        )
    except FailureError as error:  # a local one fails with its cause, not with an ActivityError
        if is_cancelled_exception(error):
            raise
    return await workflow.execute_activity(activity, arg, **summarised(SHORT_VISIBLE, summary))
