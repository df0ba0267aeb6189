"""Functions that misbehave."""

import os
from typing import Any


def dies(event: Any, context: Any) -> Any:
    """Ends its process, as too little memory does."""
    os._exit(137)


def raises(event: Any, context: Any) -> Any:
    """Raises for the whole batch."""
    raise ValueError("not today")


def fails_odd(event: Any, context: Any) -> Any:
    """Fails each message whose body is odd."""
    odd = [r["messageId"] for r in event["Records"] if int(r["body"]) % 2]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in odd]}


def names_a_stranger(event: Any, context: Any) -> Any:
    """Names a message that is not of its batch: then all count as failed."""
    return {"batchItemFailures": [{"itemIdentifier": "nobody"}]}


def lasts(event: Any, context: Any) -> Any:
    """Takes longer than it may."""
    import time

    time.sleep(60)
