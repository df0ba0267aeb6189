"""Clients of AWS that only ever speak to the endpoint that was named."""

import os
from typing import Any

import boto3
from botocore.config import Config

from sandbox.amazon.market import REGION

TRIES = Config(
    connect_timeout=5, read_timeout=20, retries={"max_attempts": 1}, max_pool_connections=16
)


def client(service: str, endpoint: str, region: str = REGION) -> Any:
    """A client of a service.

    Args:
        service: "sqs" or "s3".
        endpoint: Where it is; empty is refused, so that nothing ever leaves for the real one.
        region: Which region the resource's name says.

    Raises:
        ValueError: No endpoint was named.
    """
    if not endpoint:
        raise ValueError("name where AWS is with --aws-endpoint")
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "sandbox"),
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "sandbox"),
        config=TRIES,
    )
