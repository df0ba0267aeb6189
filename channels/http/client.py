"""The way out of every HTTP channel: one reservation per request, bounded, judged, observed."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

from channels.errors import ChannelError, ThrottledError
from channels.http import correlation
from channels.http.auth import Auth
from channels.http.backoff import Backoff
from channels.http.exchange import Request, Response
from channels.http.faults import TRANSPORT, is_page, transport_fault, unanswered
from channels.http.observe import CallRecord, report
from channels.http.passage import Passage
from channels.http.timeouts import Timeouts
from channels.http.transport import Attempt, Transport
from channels.limiter import Allowance, Limiter

Judge: TypeAlias = Callable[[Request, Response], ChannelError | None]
"""Reads an answer: the error that it means, or None where it is good. A page for people is not.

A `ThrottledError` with a zero `retry_after` says that the marketplace named no time.
"""

Tells: TypeAlias = Callable[[Request, Response], Allowance | None]
"""Reads from an answer what the marketplace says of its quota; None where that cannot be read."""

BODY_LIMIT = 16 * 1024 * 1024


class HttpClient:
    """Sends one account's requests."""

    def __init__(
        self,
        channel: str,
        account: str,
        base_url: str,
        auth: Auth,
        limiter: Limiter,
        judge: Judge,
        *,
        timeouts: Timeouts | None = None,
        body_limit: int = BODY_LIMIT,
        tells: Tells | None = None,
    ) -> None:
        self._channel = channel
        self._account = account
        self._auth = auth
        self._limiter = limiter
        self._judge = judge
        self._tells = tells
        self._backoff = Backoff()
        self._transport = Transport(base_url, timeouts or Timeouts(), body_limit)

    async def send(self, request: Request) -> Response:
        """Sends a request through the auth flow and returns the answer if it is good.

        Raises:
            ChannelError: Whatever went wrong, by what is to be done about it.
        """
        flow = self._auth.flow(request)
        try:
            outgoing = next(flow)
            while True:
                response, error = await self._exchange(outgoing)
                try:
                    outgoing = flow.send(response)
                except StopIteration:
                    break
        finally:
            flow.close()
        if error is not None:
            raise error
        return response

    async def close(self) -> None:
        """Closes the connections."""
        await self._transport.close()

    async def _exchange(self, request: Request) -> tuple[Response, ChannelError | None]:
        """One request out, one answer in, one line in the log."""
        asked = time.monotonic()
        passage = await Passage.reserved(self._limiter, self._account, request)
        left = time.monotonic()
        attempt = Attempt(before_leaving=passage.renew_if_late)
        correlation_id = correlation.current_id()
        header = {correlation.HEADER: correlation.header_safe(correlation_id)}
        response: Response | None = None
        outcome = "interrupted"
        try:
            response = await self._transport.send(request.with_headers(header), attempt)
            error = await self._judged(request, response, passage)
            outcome = _name(error)
        except TRANSPORT as failure:
            fault = transport_fault(self._channel, self._account, request, failure, attempt.sent)
            outcome = _name(fault)
            # Without its cause: aiohttp's own errors can show headers, and so credentials.
            raise fault from None
        except ChannelError as late:
            outcome = _name(late)
            raise
        finally:
            # What left and was not answered is still under way there; its place lapses.
            if response is not None or not attempt.sent:
                await passage.end()
            report(
                CallRecord(
                    channel=self._channel,
                    account=self._account,
                    operation=request.operation,
                    method=request.method,
                    outcome=outcome,
                    status=response.status if response else None,
                    correlation_id=correlation_id,
                    order_id=request.order_id,
                    waited=timedelta(seconds=left - asked),
                    took=timedelta(seconds=time.monotonic() - left),
                    sent_bytes=len(request.body or b""),
                    received_bytes=len(response.body) if response else 0,
                )
            )
        return response, error

    async def _judged(
        self, request: Request, response: Response, passage: Passage
    ) -> ChannelError | None:
        ago = passage.ago()
        if self._tells is not None and (said := self._tells(request, response)) is not None:
            await self._limiter.adjust(self._account, request.operation, said, ago)
        error = self._judge(request, response)
        if error is None and is_page(response):
            what = f"HTTP {response.status} with a page: somebody else has answered"
            error = unanswered(self._channel, self._account, request, what)
        if not isinstance(error, ThrottledError):
            self._backoff.reset(request.operation)
            return error
        if error.retry_after <= timedelta(0):
            error.retry_after = self._backoff.next(request.operation)
        await self._limiter.correct(self._account, request.operation, error.retry_after, ago)
        return error


def _name(error: ChannelError | None) -> str:
    return "ok" if error is None else type(error).__name__
