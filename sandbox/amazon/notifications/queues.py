"""Queues by their ARN: whether Amazon may write there, and the writing."""

import json
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.amazon import aws
from sandbox.amazon.market import AMAZON_AWS_ACCOUNT

LOOK_AGAIN_S = 2.0


class NotYet(Exception):
    """The queue could not be reached; another try may succeed."""


class Closed(Exception):
    """The queue takes nothing from Amazon: FIFO, or a policy that does not name it."""


class Queues:
    """Called from threads; boto3's clients may be shared among them."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self._urls: dict[str, tuple[float, str, bool]] = {}

    def send(self, arn: str, body: str, check_policy: bool) -> None:
        """Puts a message on a queue.

        Raises:
            Closed: It takes nothing from Amazon.
            NotYet: It is not there, or did not answer.
        """
        if arn.endswith(".fifo"):
            raise Closed("FIFO queues get no notifications")
        try:
            client = self._client(arn)
            url, lets_in = self._found(client, arn)
            if check_policy and not lets_in:
                raise Closed(f"the policy of {arn} does not let {AMAZON_AWS_ACCOUNT} in")
            client.send_message(QueueUrl=url, MessageBody=body)
        except (BotoCoreError, ClientError, ValueError) as trouble:
            self._urls.pop(arn, None)
            raise NotYet(str(trouble)) from trouble

    def _client(self, arn: str) -> Any:
        region = arn.split(":")[3]
        if region not in self._clients:
            self._clients[region] = aws.client("sqs", self._endpoint, region)
        return self._clients[region]

    def _found(self, client: Any, arn: str) -> tuple[str, bool]:
        looked_at, url, lets_in = self._urls.get(arn, (0.0, "", False))
        if url and (lets_in or time.monotonic() - looked_at < LOOK_AGAIN_S):
            return url, lets_in
        _, _, _, _, owner, name = arn.split(":")
        url = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=owner)["QueueUrl"]
        asked = client.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        lets_in = _lets_in(asked.get("Attributes", {}).get("Policy", ""))
        self._urls[arn] = (time.monotonic(), url, lets_in)
        return url, lets_in


def _lets_in(policy: str) -> bool:
    """Whether some statement allows Amazon's account to send."""
    statements = json.loads(policy or "{}").get("Statement", [])
    for each in statements if isinstance(statements, list) else [statements]:
        actions = json.dumps(each.get("Action", "")).lower()
        sends = "sqs:sendmessage" in actions or '"sqs:*"' in actions or '"*"' in actions
        principal = json.dumps(each.get("Principal", ""))
        named = AMAZON_AWS_ACCOUNT in principal or '"*"' in principal
        if each.get("Effect") == "Allow" and sends and named:
            return True
    return False
