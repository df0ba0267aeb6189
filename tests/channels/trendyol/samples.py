"""Payloads of each kind, and one account with invented keys."""

import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from channels.http import Timeouts
from channels.trendyol import AccountOptions
from channels.trendyol.client import TrendyolChannel
from tests.channels.servers import CountingLimiter

PAYLOADS = Path(__file__).parent / "payloads"
CASES = Path(__file__).parents[2] / "cases"

SECRETS = ("key-4f1c9a", "secret-81d2e7", "hook-55a0b3")


def options(**more: Any) -> AccountOptions:
    return AccountOptions.model_validate(
        {
            "seller_id": "900123",
            "api_key": SECRETS[0],
            "api_secret": SECRETS[1],
            "webhook_key": SECRETS[2],
            **more,
        }
    )


def channel(
    limiter: CountingLimiter | None = None, read: float = 5.0, **more: Any
) -> TrendyolChannel:
    timeouts = Timeouts(read=timedelta(seconds=read))
    limiter = limiter or CountingLimiter()
    return TrendyolChannel("main", options(**more), limiter, timeouts=timeouts)


@asynccontextmanager
async def opened(
    url: str, limiter: CountingLimiter | None = None, **more: Any
) -> AsyncIterator[TrendyolChannel]:
    one = channel(limiter, base_url=f"{url}/integration", **more)
    try:
        yield one
    finally:
        await one.close()


def body(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def case(name: str) -> bytes:
    return next(CASES.glob(f"{name}-*.json")).read_bytes()


def package(name: str = "created", /, **changes: Any) -> dict[str, Any]:
    """A payload as a dict, some of its fields changed; None takes a field away."""
    value: dict[str, Any] = copy.deepcopy(json.loads(body(name)))
    value.update(changes)
    return {key: v for key, v in value.items() if v is not None or key not in changes}


def with_line(name: str = "created", /, **changes: Any) -> dict[str, Any]:
    """The same for the fields of its first line."""
    value = package(name)
    line = {**value["lines"][0], **changes}
    value["lines"][0] = {k: v for k, v in line.items() if v is not None or k not in changes}
    return value


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()
