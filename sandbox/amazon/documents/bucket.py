"""Files that others put into a seller's own bucket."""

import asyncio
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.amazon import aws


class NotTaken(Exception):
    """The bucket is not there, or did not take the file."""


class Bucket:
    """S3 at the named endpoint."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._client: Any = None

    async def put(self, bucket: str, key: str, body: bytes, content_type: str) -> None:
        """Puts one file.

        Raises:
            NotTaken: It was not taken.
        """
        try:
            await asyncio.to_thread(self._put, bucket, key, body, content_type)
        except (BotoCoreError, ClientError, ValueError) as trouble:
            raise NotTaken(str(trouble)) from trouble

    def _put(self, bucket: str, key: str, body: bytes, content_type: str) -> None:
        self._client = self._client or aws.client("s3", self._endpoint)
        self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)
