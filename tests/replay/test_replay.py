"""Every recorded history runs through today's workflows without a difference."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.fixtures.histories import FOLDER
from workers.registration import DUTIES
from workers.workflow_runner import sandbox

HISTORIES = sorted(FOLDER.glob("*.json"))
WORKFLOWS = [workflow for duty in DUTIES for workflow in duty.workflows]


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    history = _history(path)
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=pydantic_data_converter,
        workflow_runner=sandbox(),
    )
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    assert result.replay_failure is None, (
        f"{path.name} no longer replays: {result.replay_failure}. Orders in this state are running"
        " somewhere: guard the change with `workflow.patched`; do not record the history again."
    )


def _history(path: Path) -> WorkflowHistory:
    document = json.loads(path.read_text(encoding="utf-8"))
    return WorkflowHistory.from_json(document.pop("workflow_id"), document)


def test_every_workflow_has_a_history() -> None:
    names = {path.stem.split("-")[0] for path in HISTORIES}
    assert names == {"order", "poll", "account", "sweep"}
