"""What a failure on the way means: nothing sent, or perhaps applied."""

import asyncio

import aiohttp

from channels.errors import AmbiguousError, ChannelError, ContractError, UnavailableError
from channels.http.exchange import Request, Response


class ConnectionLostError(Exception):
    """The connection broke after it was made.

    Not one of aiohttp's own errors on purpose: these make it send PUT and DELETE a second time,
    unseen, without a slot.
    """


class BodyTooLargeError(Exception):
    """An answer went past the limit; reading stopped there."""


NOTHING_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)
"""Raised before a connection stood."""

TRANSPORT = (
    ConnectionLostError,
    BodyTooLargeError,
    aiohttp.ClientError,
    asyncio.TimeoutError,
    OSError,
)
"""All that sending and reading can raise."""


def transport_fault(
    channel: str, account: str, request: Request, failure: BaseException, sent: bool
) -> ChannelError:
    """Makes a channel error of a transport failure.

    Args:
        channel: The marketplace.
        account: The seller's account at it.
        request: What was being sent.
        failure: One of `TRANSPORT`.
        sent: Whether the request's first byte may have left.
    """
    what = _in_words(failure)
    if isinstance(failure, BodyTooLargeError) and request.repeatable:
        return ContractError(channel, account, request.operation, what, request.order_id)
    if isinstance(failure, NOTHING_SENT) or not sent:
        return UnavailableError(
            channel,
            account,
            request.operation,
            f"{what}; nothing was sent",
            request.order_id,
            "Look at the network, the proxy and the marketplace's status page.",
        )
    return unanswered(channel, account, request, what)


def unanswered(channel: str, account: str, request: Request, what: str) -> ChannelError:
    """A request that left and has no answer that tells: ambiguous unless it may be repeated."""
    if request.repeatable:
        return UnavailableError(channel, account, request.operation, what, request.order_id)
    return AmbiguousError(
        channel,
        account,
        request.operation,
        f"{what}; the request may have been applied",
        request.order_id,
        "Read it back before repeating it.",
    )


def is_page(response: Response) -> bool:
    """Whether a page for people came: a gateway, a firewall or a network's login has answered."""
    return response.headers.get("content-type", "").strip().lower().startswith("text/html")


def _in_words(failure: BaseException) -> str:
    if isinstance(failure, aiohttp.ConnectionTimeoutError):
        return "no connection in time"
    if isinstance(failure, asyncio.TimeoutError):
        return "no answer in time"
    if isinstance(failure, BodyTooLargeError):
        return str(failure)
    if isinstance(failure, aiohttp.ClientConnectorDNSError):
        return "the host name is not known"
    if isinstance(failure, aiohttp.ClientConnectorError):
        reason = failure.os_error.strerror or type(failure.os_error).__name__
        return f"no connection ({reason})"
    cause = failure.__cause__ or failure
    return f"the connection broke ({type(cause).__name__})"
