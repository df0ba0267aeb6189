"""Presigned URLs: documents up and down, without any header of ours, bounded, gunzipped once.

Source: developer-docs, Feeds and Reports API guides. A URL is good for five minutes; afterwards S3
answers 403 in XML, and the document is asked for again.
"""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
from yarl import URL

from channels.amazon.abilities import CHANNEL
from channels.amazon.gunzip import BrokenArchiveError, TooLargeError, Unpacking
from channels.errors import ContractError, RefusedError, UnavailableError
from channels.port import Downloaded

SIZE_LIMIT = 200 * 1024 * 1024
"""Bytes, before and after unpacking."""
PATIENCE = timedelta(minutes=10)
QUIET = timedelta(seconds=30)
"""Between two pieces."""
URL_EXPIRED = "url.expired"
_CHUNK = 1 << 18


class Transfer:
    """Moves files for one account; calls nothing that has a quota."""

    def __init__(self, account: str, *, limit: int = SIZE_LIMIT) -> None:
        self._account = account
        self._limit = limit

    async def download(
        self, url: str, to_path: Path, operation: str, *, unpack: bool = True
    ) -> Downloaded:
        """Streams a document into a file; what stands there afterwards is whole.

        Raises:
            RefusedError: The URL is good no more (code `url.expired`).
            ContractError: It is too large, or a broken archive.
            UnavailableError: The host does not answer, or the connection broke.
        """
        part = to_path.with_name(f"{to_path.name}.part")
        unpacking, digest, size = Unpacking(self._limit, unpack=unpack), hashlib.sha256(), 0
        came = 0
        try:
            with part.open("wb") as file:
                async with self._answer("GET", url, operation) as answer:
                    async for piece in answer.content.iter_chunked(_CHUNK):
                        came += len(piece)
                        if came > self._limit:
                            raise TooLargeError(f"it is larger than {self._limit} bytes")
                        for out in unpacking.feed(piece):
                            size += _written(file.write(out), digest, out)
                    for out in unpacking.finish():
                        size += _written(file.write(out), digest, out)
                file.flush()
                os.fsync(file.fileno())
            part.replace(to_path)
        except (TooLargeError, BrokenArchiveError) as error:
            raise ContractError(
                CHANNEL,
                self._account,
                operation,
                f"the document cannot be read: {error}",
                hint="Look at the document in Seller Central.",
            ) from None
        finally:
            part.unlink(missing_ok=True)
        return Downloaded(to_path, size, digest.hexdigest(), unpacking.is_gzip)

    async def content(self, url: str, operation: str, limit: int = 16 * 1024 * 1024) -> bytes:
        """A small document in memory, such as a feed's result.

        Raises:
            ChannelError: As `download` raises it.
        """
        unpacking, found = Unpacking(limit), bytearray()
        try:
            async with self._answer("GET", url, operation) as answer:
                async for piece in answer.content.iter_chunked(_CHUNK):
                    for out in unpacking.feed(piece):
                        found += out
            for out in unpacking.finish():
                found += out
        except (TooLargeError, BrokenArchiveError) as error:
            raise ContractError(CHANNEL, self._account, operation, str(error)) from None
        return bytes(found)

    async def upload(self, url: str, content: bytes, content_type: str, operation: str) -> None:
        """Puts a feed's document where Amazon will read it; twice does no harm.

        Raises:
            ChannelError: As `download` raises it.
        """
        headers = {"Content-Type": content_type}
        async with self._answer("PUT", url, operation, data=content, headers=headers):
            return

    @asynccontextmanager
    async def _answer(
        self, method: str, url: str, operation: str, **more: object
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        timeout = aiohttp.ClientTimeout(
            total=PATIENCE.total_seconds(), sock_read=QUIET.total_seconds(), sock_connect=10
        )
        # What Content-Encoding says is looked for in the bytes, or it would be unpacked twice.
        session = aiohttp.ClientSession(
            timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        )
        try:
            async with (
                session,
                session.request(
                    method,
                    URL(url, encoded=True),
                    allow_redirects=False,
                    **more,  # type: ignore[arg-type]
                ) as answer,
            ):
                self._checked(answer, operation)
                yield answer
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            # The URL is a key to the document: it is not quoted.
            raise UnavailableError(
                CHANNEL,
                self._account,
                operation,
                f"the transfer broke off ({type(error).__name__})",
            ) from None

    def _checked(self, answer: aiohttp.ClientResponse, operation: str) -> None:
        if 200 <= answer.status < 300:
            return
        about = (CHANNEL, self._account, operation)
        if answer.status in (400, 403, 404):
            what = f"the document's URL is refused (HTTP {answer.status})"
            raise RefusedError(*about, what, hint="Ask for the document again.", code=URL_EXPIRED)
        raise UnavailableError(*about, f"the document's host answers HTTP {answer.status}")


def _written(count: int, digest: "hashlib._Hash", out: bytes) -> int:
    digest.update(out)
    return count
