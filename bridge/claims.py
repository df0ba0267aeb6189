"""The claim check: bodies too large for the bus lie in S3, and the message says where.

A claim has to outlive its message, that message's dead letter and whatever replays it. The inbox
takes the body in as soon as the dispatcher has the message, readable or not; so it is needed for
14 days in the queue, 14 on the bus, and as long as a dead letter of the bus waits for a person.
Nothing here deletes one: the bucket's own rule does, after `KEPT_DAYS`.
"""

import asyncio
import hashlib
from typing import Protocol
from urllib.parse import urlsplit

from bridge.aws.clients import Aws

KEPT_DAYS = 120
"""Of the bucket's lifecycle rule in `deploy/aws/template.yaml`; a test holds it to this."""


class ClaimsUnavailableError(Exception):
    """The bucket does not answer, or lets us do nothing; trying again may help."""


class ClaimGoneError(Exception):
    """There is no such claim: it has outlived its time, or somebody has deleted it."""


class Claims(Protocol):
    """Keeps bodies by claim."""

    async def put(self, channel: str, account: str, event_id: str, body: bytes) -> str:
        """Keeps a body and returns its claim; the same event's same body has the same claim.

        Raises:
            ClaimsUnavailableError: It is not kept.
        """
        ...

    async def get(self, claim: str) -> bytes:
        """The body.

        Raises:
            ClaimGoneError: There is none.
            ClaimsUnavailableError: Nobody knows.
        """
        ...


class S3Claims:
    """Claims in a bucket."""

    def __init__(self, aws: Aws, bucket: str = "") -> None:
        """Opens nothing yet. Without a bucket nothing can be put."""
        self._aws = aws
        self._bucket = bucket

    async def put(self, channel: str, account: str, event_id: str, body: bytes) -> str:
        if not self._bucket:
            raise ClaimsUnavailableError("No bucket for claims is configured.")
        # By content too: one event may be told twice in different words, and a claim never changes.
        digest = hashlib.sha256(event_id.encode() + b"\0" + body).hexdigest()
        key = f"{channel}/{account}/{digest[:40]}"
        await asyncio.to_thread(self._put, key, body)
        return f"s3://{self._bucket}/{key}"

    async def get(self, claim: str) -> bytes:
        parts = urlsplit(claim)
        if parts.scheme != "s3" or not parts.netloc or len(parts.path) < 2:
            raise ClaimGoneError(f"{claim!r} is no claim: it should be s3://bucket/key")
        return await asyncio.to_thread(self._get, parts.netloc, parts.path[1:])

    def _put(self, key: str, body: bytes) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._aws.client("s3").put_object(Bucket=self._bucket, Key=key, Body=body)
        except (BotoCoreError, ClientError) as error:
            raise ClaimsUnavailableError(f"s3://{self._bucket}/{key}: {error}") from error

    def _get(self, bucket: str, key: str) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found: bytes = self._aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "NoSuchBucket", "404"):
                raise ClaimGoneError(f"s3://{bucket}/{key} is not there (any more)") from error
            raise ClaimsUnavailableError(f"s3://{bucket}/{key}: {error}") from error
        except (BotoCoreError, OSError) as error:
            raise ClaimsUnavailableError(f"s3://{bucket}/{key}: {error}") from error
        return found


class NoClaims:
    """Where no bucket is configured."""

    async def put(self, channel: str, account: str, event_id: str, body: bytes) -> str:
        raise ClaimsUnavailableError("No bucket for claims is configured.")

    async def get(self, claim: str) -> bytes:
        raise ClaimsUnavailableError(f"{claim}: set `aws.region` for this process to reach it.")
