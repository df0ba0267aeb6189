"""The template's numbers and names against the code that they are for."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.aws.config import IngressConfig
from bridge.claims import KEPT_DAYS
from channels.ingress import load

TEMPLATE = Path(__file__).parents[3] / "deploy" / "aws" / "template.yaml"
SENDER = "437568002678"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as plain values."""


def _plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    raise AssertionError(f"unexpected {node}")


_Loader.add_multi_constructor("!", _plain)


@pytest.fixture(scope="module")
def template() -> Any:
    return yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe loader


@pytest.fixture(scope="module")
def resources(template: Any) -> dict[str, Any]:
    return {name: part["Properties"] for name, part in template["Resources"].items()}


def functions(template: Any) -> dict[str, Any]:
    return {
        name: part["Properties"]
        for name, part in template["Resources"].items()
        if part["Type"] == "AWS::Serverless::Function"
    }


def test_queues_outlast_their_functions_and_have_dead_letters(
    template: Any, resources: dict[str, Any]
) -> None:
    timeout = template["Globals"]["Function"]["Timeout"]
    for name, function in functions(template).items():
        source = function["Events"]["Queue"]["Properties"]
        queue = resources[source["Queue"].partition(".")[0]]
        assert queue["VisibilityTimeout"] >= 6 * timeout, name
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        letters = queue["RedrivePolicy"]["deadLetterTargetArn"].partition(".")[0]
        retention = resources[letters]["MessageRetentionPeriod"]
        assert retention >= queue["MessageRetentionPeriod"], "a letter keeps its first time"


def test_the_marketplace_may_write_and_use_the_key(
    template: Any, resources: dict[str, Any]
) -> None:
    assert template["Parameters"]["Sender"]["Default"] == SENDER
    (statement,) = resources["NotificationsPolicy"]["PolicyDocument"]["Statement"]
    assert set(statement["Action"]) == {"sqs:SendMessage", "sqs:GetQueueAttributes"}
    assert "${Sender}" in statement["Principal"]["AWS"]
    of_sender = [
        s
        for s in resources["Key"]["KeyPolicy"]["Statement"]
        if "${Sender}" in str(s["Principal"].get("AWS"))
    ]
    assert set(of_sender[0]["Action"]) == {"kms:GenerateDataKey", "kms:Decrypt"}
    assert "FifoQueue" not in resources["Notifications"]


def test_functions_are_told_what_their_code_reads(template: Any) -> None:
    given = {
        "Channel": "amazon",
        "Reader": template["Parameters"]["Reader"]["Default"],
        "Accounts": '[{"account": "riyadh", "owner": "A2K", "objects": ["s3://b/amazon/"]}]',
        "NotificationsDeadLetters": "https://sqs/1/notifications-dlq",
        "FilesDeadLetters": "https://sqs/1/files-dlq",
        "ClaimsBucket": "claims",
    }
    for name, function in functions(template).items():
        text = function["Environment"]["Variables"]["SOUK_INGRESS"]
        filled = re.sub(r"\$\{(\w+)\}", lambda found: given[found[1]], text)
        config = IngressConfig.model_validate_json(filled)
        assert config.accounts[0].account == "riyadh", name
        module, _, attribute = function["Handler"].rpartition(".")
        assert callable(getattr(__import__(module, fromlist=["x"]), attribute))
    assert callable(load(given["Reader"]).read_message)


def test_claims_outlive_all_that_names_them(resources: dict[str, Any]) -> None:
    (rule,) = resources["Claims"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == KEPT_DAYS
