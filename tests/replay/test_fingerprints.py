"""The baseline of what each workflow can issue."""

import json

from tests.replay.fingerprints import BASELINE, fingerprints

RULE = (
    "The commands that workflows can issue have changed. Running orders replay their histories"
    " against this code: a command that is added, removed or moved between awaits stops them all"
    " (non-determinism). Guard it with `workflow.patched(...)`, record a history of the new way"
    " (`pytest tests/workflows --record-histories`), then accept the new shape:"
    " `python -m tests.replay.fingerprints`."
)


def test_the_shape_of_the_workflows_is_the_one_agreed_upon() -> None:
    assert fingerprints() == json.loads(BASELINE.read_text(encoding="utf-8")), RULE
