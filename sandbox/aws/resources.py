"""Queues and buckets, declared in a file and made where they are missing."""

import json
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

REGION = "eu-west-1"
ACCOUNT = "123456789012"
"""moto's own."""
KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Queue(_Part):
    """A standard queue with its dead letters."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")
    visibility_timeout_s: int = Field(default=180, ge=0, le=43_200)
    max_receive_count: int = Field(default=200, ge=1, le=1_000)
    dead_letters: str = ""
    """The name of their queue; `NAME-dlq` where it is empty."""
    senders: tuple[str, ...] = ()
    """AWS accounts that may send to it."""

    @property
    def dead_letter_queue(self) -> str:
        return self.dead_letters or f"{self.name}-dlq"


class Bucket(_Part):
    """A bucket, and the queue that hears of what is put there."""

    name: str = Field(min_length=3, max_length=63)
    created_to: str = ""
    """A queue's name."""


class Declaration(_Part):
    """All that there is to be."""

    queues: tuple[Queue, ...] = ()
    buckets: tuple[Bucket, ...] = ()

    @classmethod
    def of_file(cls, path: Path) -> "Declaration":
        return cls.model_validate_json(path.read_text(encoding="utf-8"))


def client(service: str, endpoint: str) -> Any:
    """A client that only ever speaks to the endpoint that is named."""
    if not endpoint:
        raise ValueError("name where AWS is")
    config = Config(
        connect_timeout=5, read_timeout=30, retries={"max_attempts": 1}, max_pool_connections=32
    )
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, config=config, **KEYS)


def arn(queue: str) -> str:
    """The ARN of a queue of this stand-in."""
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"


def make(endpoint: str, declared: Declaration) -> None:
    """Makes what is missing and brings queues' attributes up to date; twice changes nothing."""
    sqs, s3 = client("sqs", endpoint), client("s3", endpoint)
    for queue in declared.queues:
        _queue(sqs, queue.dead_letter_queue, {"MessageRetentionPeriod": "1209600"})
        redrive = {
            "deadLetterTargetArn": arn(queue.dead_letter_queue),
            "maxReceiveCount": str(queue.max_receive_count),
        }
        attributes = {
            "VisibilityTimeout": str(queue.visibility_timeout_s),
            "MessageRetentionPeriod": "1209600",
            "RedrivePolicy": json.dumps(redrive),
        }
        if queue.senders:
            attributes["Policy"] = json.dumps(_policy(queue))
        _queue(sqs, queue.name, attributes)
    for bucket in declared.buckets:
        _bucket(s3, bucket)


def _queue(sqs: Any, name: str, attributes: dict[str, str]) -> None:
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except ClientError as error:
        if "NonExistentQueue" not in str(error.response["Error"].get("Code")):
            raise
        sqs.create_queue(QueueName=name, Attributes=attributes)
        return
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def _policy(queue: Queue) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": [f"arn:aws:iam::{each}:root" for each in queue.senders]},
                "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
                "Resource": arn(queue.name),
            }
        ],
    }


def _bucket(s3: Any, bucket: Bucket) -> None:
    there = {each["Name"] for each in s3.list_buckets().get("Buckets", [])}
    if bucket.name not in there:
        where = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=bucket.name, CreateBucketConfiguration=where)
    if bucket.created_to:
        told = [{"QueueArn": arn(bucket.created_to), "Events": ["s3:ObjectCreated:*"]}]
        s3.put_bucket_notification_configuration(
            Bucket=bucket.name, NotificationConfiguration={"QueueConfigurations": told}
        )
