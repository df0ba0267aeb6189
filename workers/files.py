"""Files in buckets of ours, for the documents that others put there."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from activities.ports import FileGoneError, Files, FilesUnavailableError
from bridge.aws.clients import Aws
from workers.settings import AwsSettings

SIZE_LIMIT = 200 * 1024 * 1024
"""Bytes, as of documents that are downloaded."""
GONE = frozenset({"NoSuchKey", "NoSuchBucket", "NoSuchVersion", "404"})
_PIECE = 1 << 18


def files_of(settings: AwsSettings) -> Files | None:
    """Where files are fetched from; None where no AWS is configured."""
    if not settings.region and not settings.endpoint:
        return None
    return S3Files(Aws(settings.endpoint, settings.region))


class S3Files:
    """S3."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    async def fetch(self, source: str, to_path: Path) -> None:
        """As `activities.ports.Files` says."""
        parts = urlsplit(source)
        key = unquote(parts.path[1:])
        if parts.scheme != "s3" or not parts.netloc or not key:
            raise FileGoneError(f"{source} is no place of a file: it should be s3://bucket/key.")
        which: dict[str, Any] = {"Bucket": parts.netloc, "Key": key}
        if version := parse_qs(parts.query).get("versionId"):
            which["VersionId"] = version[0]
        await asyncio.to_thread(self._fetch, which, source, to_path)

    def _fetch(self, which: dict[str, Any], source: str, to_path: Path) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._aws.client("s3").get_object(**which)
            if found["ContentLength"] > SIZE_LIMIT:
                raise FileGoneError(f"{source} is larger than the {SIZE_LIMIT} bytes that are kept")
            with to_path.open("wb") as file:
                for piece in found["Body"].iter_chunks(_PIECE):
                    file.write(piece)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in GONE:
                raise FileGoneError(f"{source} is not there (any more).") from error
            raise FilesUnavailableError(f"{source}: {error}") from error
        except (BotoCoreError, OSError) as error:
            raise FilesUnavailableError(f"{source}: {error}") from error
