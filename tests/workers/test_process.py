"""The worker process against real servers: what it prepares, and how it ends."""

import asyncio
import json
from typing import Any

import pytest
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from activities.signatures.start import AccountStart
from canonical.identity import account_workflow_id, poll_workflow_id
from tests.fixtures.world import eventually
from workers import process
from workers.client import TemporalUnavailableError, connect
from workers.deployment import deployment_name
from workers.settings import Settings, SettingsError, TemporalSettings

NOBODY = (
    "Endpoint=sb://localhost:1;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;"
)


def _settings(temporal: Client, database_url: str, build_id: str) -> Settings:
    """One account, whose marketplace nobody answers for."""
    options = {
        "seller_id": "1",
        "api_key": "key",
        "api_secret": "secret",
        "base_url": "http://127.0.0.1:9",
    }
    return Settings.model_validate(
        {
            "temporal": {
                "address": temporal.service_client.config.target_host,
                "build_id": build_id,
                "shutdown_within": "PT1S",
            },
            "database_url": database_url,
            "bus": {"connection_string": NOBODY},
            "accounts": [
                {
                    "channel": "trendyol",
                    "account": "riyadh",
                    "options": options,
                    "abilities": {"returns": None},
                }
            ],
        }
    )


async def _start_of(account: "WorkflowHandle[Any, Any]") -> AccountStart:
    """The start input in the first event of an account's history."""
    async for event in account.fetch_history_events():
        (payload,) = event.workflow_execution_started_event_attributes.input.payloads
        return AccountStart.model_validate_json(payload.data)
    raise AssertionError("a history without events")


async def test_a_worker_prepares_what_its_accounts_need_and_ends_when_told(
    temporal: Client, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(temporal, postgres_url, "b1")
    stop = asyncio.Event()
    running = asyncio.create_task(process.run(settings, stop=stop))
    printed: list[str] = []

    async def ready() -> bool | None:
        printed.append(capsys.readouterr().out)
        lines = "".join(printed).splitlines()
        said = [json.loads(line) for line in lines if line.startswith("{")]
        return True if any(x.get("event") == "ready" for x in said) else running.done() or None

    await eventually(ready, "the line `ready`")
    account = temporal.get_workflow_handle(account_workflow_id("trendyol", "riyadh"))
    assert (await account.describe()).status is WorkflowExecutionStatus.RUNNING
    assert (await _start_of(account)).abilities.returns is None, "its own, not the channel's"
    schedule = temporal.get_schedule_handle(poll_workflow_id("trendyol", "riyadh"))
    assert not (await schedule.describe()).schedule.state.paused
    request = DescribeWorkerDeploymentRequest(
        namespace=temporal.namespace, deployment_name=deployment_name("trendyol")
    )
    found = await temporal.workflow_service.describe_worker_deployment(request)
    routing = found.worker_deployment_info.routing_config
    assert routing.current_deployment_version.build_id == "b1"

    stop.set()
    async with asyncio.timeout(15):
        await running
    await schedule.delete()
    await account.terminate()


async def test_a_channel_without_account_is_a_sentence(temporal: Client, postgres_url: str) -> None:
    settings = _settings(temporal, postgres_url, "b2")
    with pytest.raises(SettingsError, match="No account is configured for noon"):
        await process.run(settings, ["noon"])


async def test_temporal_away_is_a_sentence() -> None:
    with pytest.raises(TemporalUnavailableError, match="does not answer at localhost:1"):
        await connect(TemporalSettings(address="localhost:1"))
