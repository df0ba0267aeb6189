"""How a worker is made: sandbox on, pollers that scale, a shutdown that lets calls end."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from activities.ports import Platform
from workers.registration import DUTIES, Duty
from workers.workflow_runner import sandbox

POLLERS = PollerBehaviorAutoscaling(minimum=1, initial=2, maximum=16)
"""The server says when more pollers would help."""

ACTIVITIES_AT_ONCE = 100
"""They wait for networks; the database's pool and the limiter are narrower."""


def workers_of(
    client: Client,
    channel: str,
    platform: Platform,
    *,
    shutdown_within: timedelta,
    deployment: WorkerDeploymentConfig | None = None,
) -> list[Worker]:
    """All workers of one channel."""
    return [
        _worker(client, channel, duty, platform, shutdown_within, deployment) for duty in DUTIES
    ]


def _worker(
    client: Client,
    channel: str,
    duty: Duty,
    platform: Platform,
    shutdown_within: timedelta,
    deployment: WorkerDeploymentConfig | None,
) -> Worker:
    return Worker(
        client,
        task_queue=duty.queue(channel),
        workflows=duty.workflows,
        activities=duty.activities(platform),
        workflow_runner=sandbox(),
        max_concurrent_activities=ACTIVITIES_AT_ONCE,
        max_concurrent_local_activities=ACTIVITIES_AT_ONCE,
        workflow_task_poller_behavior=POLLERS,
        activity_task_poller_behavior=POLLERS,
        graceful_shutdown_timeout=shutdown_within,
        deployment_config=deployment,
    )
