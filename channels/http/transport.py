"""aiohttp, tamed: no hidden repeats, no redirects, no cookies, no body without a limit."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
from yarl import URL

from channels.http.exchange import Request, Response
from channels.http.faults import BodyTooLargeError, ConnectionLostError
from channels.http.timeouts import Timeouts

_CONNECTING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_CHUNK = 65_536


@dataclass
class Attempt:
    """What is known of a request on its way."""

    sent: bool = False
    """Whether its first byte may have left."""
    before_leaving: Callable[[], Awaitable[None]] | None = None
    """Called once a connection stands, just before the first byte leaves."""


class Transport:
    """The connections of one account. Opened at the first request, in the loop that sends it."""

    def __init__(self, base_url: str, timeouts: Timeouts, body_limit: int) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeouts = timeouts
        self._body_limit = body_limit
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """Sends one request and reads the whole answer. Raises what `faults.TRANSPORT` lists."""
        async with self._opened().request(
            request.method,
            self._url(request),
            data=request.body,
            headers=dict(request.headers),
            allow_redirects=False,
            trace_request_ctx={"attempt": attempt},
        ) as answer:
            body = await self._read(answer)
            return Response(
                status=answer.status,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=body,
                retry_after=_retry_after(answer.headers.get("Retry-After"), datetime.now(UTC)),
            )

    async def close(self) -> None:
        """Closes what is open; a later request opens it again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=self._timeouts.as_aiohttp(),
                cookie_jar=aiohttp.DummyCookieJar(),
                middlewares=(_sent_once,),
                trace_configs=[_watching()],
            )
        return self._session

    def _url(self, request: Request) -> URL:
        url = URL(f"{self._base_url}/{request.path}", encoded=True)
        return url.with_query(dict(request.query)) if request.query else url

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        limit = self._body_limit
        if (answer.content_length or 0) > limit:
            raise BodyTooLargeError(
                f"the answer (HTTP {answer.status}) has {answer.content_length} bytes,"
                f" more than the {limit} that are read"
            )
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > limit:
                raise BodyTooLargeError(
                    f"the answer (HTTP {answer.status}) is longer than the {limit} bytes"
                    " that are read"
                )
        return bytes(body)


async def _sent_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hides a lost connection from aiohttp, which would send the request again by itself."""
    try:
        return await handler(request)
    except _CONNECTING:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as lost:
        if isinstance(lost, asyncio.TimeoutError):
            raise
        raise ConnectionLostError from lost


def _watching() -> aiohttp.TraceConfig:
    """Marks an attempt as sent just before its first byte leaves."""

    async def mark(
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestHeadersSentParams,
    ) -> None:
        attempt: Attempt = context.trace_request_ctx["attempt"]
        if attempt.before_leaving is not None:
            await attempt.before_leaving()
        attempt.sent = True

    watching = aiohttp.TraceConfig()
    watching.on_request_headers_sent.append(mark)
    return watching


def _retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Reads seconds or an HTTP date; what can't be read counts as absent."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return timedelta(seconds=min(int(header.strip()[:9]), 86_400))
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(at - now, timedelta(0))
