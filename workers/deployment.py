"""Worker versions: which build takes new workflows, and which old ones stay where they began."""

import asyncio
from datetime import timedelta

import structlog
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from workers.client import TemporalUnavailableError

WITHIN = timedelta(seconds=60)
"""For the server to see the first poll of a new version."""

_NOT_YET = {
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.RESOURCE_EXHAUSTED,
}

log = structlog.get_logger(__name__)


def deployment_name(channel: str) -> str:
    """One deployment for each channel, since each has its own workers."""
    return f"souk-{channel}"


def deployment(channel: str, build_id: str) -> WorkerDeploymentConfig:
    """This build as a version of the channel's deployment.

    Orders live for weeks and move along to new builds, with patches; a channel whose orders end
    within the hour may pin them here instead. Workflows do not say so themselves, since the
    server then refuses them to workers without versions.
    """
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(
            deployment_name=deployment_name(channel), build_id=build_id
        ),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


async def make_current(client: Client, channel: str, build_id: str) -> None:
    """Sends new work of the channel to this build; a versioned worker gets none before.

    Raises:
        TemporalUnavailableError: The server does not take it in time.
    """
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=deployment_name(channel),
        build_id=build_id,
        identity=client.identity,
        ignore_missing_task_queues=True,
    )
    try:
        async with asyncio.timeout(WITHIN.total_seconds()):
            await _until_taken(client, request)
    except (TimeoutError, RPCError) as error:
        raise TemporalUnavailableError(
            f"Temporal does not make build {build_id} the current version of"
            f" {deployment_name(channel)}: {error or 'no answer in time'}. By hand: temporal worker"
            f" deployment set-current-version --deployment-name {deployment_name(channel)}"
            f" --build-id {build_id}"
        ) from error


async def _until_taken(client: Client, request: SetWorkerDeploymentCurrentVersionRequest) -> None:
    pause = 0.05
    while True:
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            if error.status not in _NOT_YET:
                raise
            log.debug("version not known yet", build_id=request.build_id, error=error.message)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 1.0)
        else:
            return
