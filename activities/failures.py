"""A marketplace's error as Temporal should see it: when to try again, and how loudly."""

from datetime import timedelta

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from canonical.attention import DETAIL_LIMIT
from canonical.text import cut, storable
from channels.errors import (
    ChannelError,
    ContractError,
    CredentialsError,
    RefusedError,
    ThrottledError,
)

MESSAGE_LIMIT = 2_000
"""Characters; a failure stands in the history once for each attempt's end."""

CREDENTIALS_PAUSE = timedelta(seconds=30)
"""The account is held back meanwhile, so that the next attempts call nobody."""


def application_error(error: ChannelError) -> ApplicationError:
    """Makes the one failure of a channel's error; its class name is the failure's type."""
    message = _message(error)
    kind = type(error).__name__
    match error:
        case ThrottledError():
            return ApplicationError(
                message,
                type=kind,
                next_retry_delay=error.retry_after,
                category=ApplicationErrorCategory.BENIGN,
            )
        case CredentialsError():
            return ApplicationError(message, type=kind, next_retry_delay=CREDENTIALS_PAUSE)
        case RefusedError() | ContractError():
            return ApplicationError(message, type=kind, non_retryable=True)
        case _:
            return ApplicationError(message, type=kind)


def may_be_applied(error: ChannelError) -> ApplicationError:
    """A call without a telling answer: the next attempt reads back, whatever the class says."""
    return ApplicationError(_message(error), type=type(error).__name__)


def _message(error: ChannelError) -> str:
    return cut(str(storable(str(error))), MESSAGE_LIMIT)


def their_words(error: ChannelError) -> str:
    """What the marketplace said, for an order's attention; cut visibly, on a character."""
    hint = f" {error.hint}" if error.hint else ""
    return cut(str(storable(error.message + hint)), DETAIL_LIMIT)
