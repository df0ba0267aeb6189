"""What a call of the port ends with, as a demand."""

from collections.abc import Awaitable
from typing import Any, TypeVar

from channels.errors import ChannelError

Error = TypeVar("Error", bound=ChannelError)


async def raised(call: Awaitable[Any], *wanted: type[Error]) -> Error:
    """The error that the call ended with, which must be one of these."""
    names = " or ".join(kind.__name__ for kind in wanted)
    try:
        found = await call
    except wanted as error:
        assert str(error).strip(), "the error has no words"
        return error
    except ChannelError as error:
        raise AssertionError(f"{names} was due, not {type(error).__name__}: {error}") from error
    raise AssertionError(f"{names} was due, and nothing was raised: {found!r}")
