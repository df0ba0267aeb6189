"""Feeds: a document is made, filled, submitted, followed, and its result read.

Source: Amazon's public model `feeds_2021-06-30.json`; developer-docs, "Feeds API Best Practices".
`DONE` says that Amazon came to the end of it, not that it took anything.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import Field

from channels.amazon import quotas
from channels.amazon.calls import Calls
from channels.amazon.options import AccountOptions
from channels.amazon.orders import as_text
from channels.amazon.transfer import URL_EXPIRED, Transfer
from channels.amazon.wire import Moment
from channels.errors import RefusedError
from channels.http import Request, path_of
from channels.wiretypes import Identifier, LooseText, WireModel, Word

PATH = "feeds/2021-06-30"
ENDED = frozenset({"DONE", "CANCELLED", "FATAL"})
ASK_EVERY = timedelta(seconds=5)
PAGE_SIZE = 100


class _NewDocument(WireModel):
    document_id: Identifier = Field(validation_alias="feedDocumentId", max_length=300)
    url: str


class _Submitted(WireModel):
    feed_id: Identifier = Field(validation_alias="feedId")


class Feed(WireModel):
    """One feed as Amazon shows it."""

    feed_id: Identifier = Field(validation_alias="feedId")
    kind: LooseText = Field(default="", validation_alias="feedType")
    created: Moment | None = Field(default=None, validation_alias="createdTime")
    status: Word = Field(validation_alias="processingStatus")
    result_id: LooseText = Field(default="", validation_alias="resultFeedDocumentId")

    @property
    def ended(self) -> bool:
        return self.status.upper() in ENDED


class _Feeds(WireModel):
    feeds: tuple[Feed, ...] = ()
    next_token: str = Field(default="", validation_alias="nextToken")


class _Document(WireModel):
    url: str


class Feeds:
    """Submits and follows one account's feeds."""

    def __init__(self, calls: Calls, options: AccountOptions, transfer: Transfer) -> None:
        self._calls = calls
        self._options = options
        self._transfer = transfer

    async def submit(
        self,
        kind: str,
        content: bytes,
        content_type: str,
        *,
        order_id: str | None = None,
        feed_options: Mapping[str, str] | None = None,
    ) -> str:
        """Submits a feed and returns its id.

        Raises:
            AmbiguousError: It was sent, and no answer tells: look for it with `recent`.
            RefusedError: Amazon takes no such feed.
        """
        made = await self._calls.read(
            _NewDocument,
            Request(
                quotas.CREATE_FEED_DOCUMENT,
                "POST",
                f"{PATH}/documents",
                body=json.dumps({"contentType": content_type}).encode(),
                order_id=order_id,
            ),
        )
        await self._transfer.upload(made.url, content, content_type, quotas.CREATE_FEED_DOCUMENT)
        body: dict[str, object] = {
            "feedType": kind,
            "marketplaceIds": [self._options.marketplace_id],
            "inputFeedDocumentId": made.document_id,
        }
        if feed_options:
            body["feedOptions"] = dict(feed_options)
        submitted = await self._calls.read(
            _Submitted,
            Request(
                quotas.CREATE_FEED,
                "POST",
                f"{PATH}/feeds",
                body=json.dumps(body).encode(),
                repeatable=False,
                order_id=order_id,
            ),
        )
        return submitted.feed_id

    async def get(self, feed_id: str) -> Feed:
        """How a feed stands."""
        path = f"{PATH}/feeds/{path_of(feed_id)}"
        return await self._calls.read(Feed, Request(quotas.GET_FEED, "GET", path))

    async def followed(self, feed_id: str, patience: timedelta) -> Feed:
        """Asks until the feed has ended or the patience has; the caller looks which."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + patience.total_seconds()
        while True:
            feed = await self.get(feed_id)
            left = ends - loop.time()
            if feed.ended or left <= 0:
                return feed
            pause = ASK_EVERY.total_seconds() / self._options.time_scale
            await asyncio.sleep(min(pause, left))

    async def recent(self, kind: str, since: datetime) -> tuple[Feed, ...]:
        """Feeds of one type, the newest hundred."""
        query = {
            "feedTypes": kind,
            "marketplaceIds": self._options.marketplace_id,
            "pageSize": str(PAGE_SIZE),
            "createdSince": as_text(since),
        }
        request = Request(quotas.GET_FEEDS, "GET", f"{PATH}/feeds", query)
        return (await self._calls.read(_Feeds, request)).feeds

    async def result(self, document_id: str) -> bytes:
        """A result, unpacked; its URL is asked for again where it has run out."""
        request = Request(
            quotas.GET_FEED_DOCUMENT, "GET", f"{PATH}/documents/{path_of(document_id)}"
        )
        document = await self._calls.read(_Document, request)
        try:
            return await self._transfer.content(document.url, quotas.GET_FEED_DOCUMENT)
        except RefusedError as refused:
            if refused.code != URL_EXPIRED:
                raise
        document = await self._calls.read(_Document, request)
        return await self._transfer.content(document.url, quotas.GET_FEED_DOCUMENT)
