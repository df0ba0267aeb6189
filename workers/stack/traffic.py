"""Orders placed at the sandboxes, and how far they are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from channels.registry import package
from workers.stack.child import StartError
from workers.stack.http import call
from workers.stack.sandboxes import DemoChannel

LOOK_EVERY_S = 0.2
WEBHOOKS_WITHIN_S = 60.0


@dataclass(frozen=True)
class Progress:
    """Of all channels together, as the marketplaces see it."""

    orders: int
    """To be placed in all."""
    placed: int
    finished: int
    """Delivered, returned or cancelled, or shipped where a marketplace tells no more."""
    shipped: int = 0
    """Of the finished ones those that are shown as shipped for good; not all sandboxes have any."""


async def place(channel: DemoChannel, plan: dict[str, Any]) -> None:
    """Starts a seeded plan of orders at one marketplace."""
    await call("POST", f"{channel.operator_url}/traffic", plan)


async def progress(channels: Sequence[DemoChannel]) -> Progress:
    """How far all plans are."""
    said = await asyncio.gather(*(call("GET", f"{c.operator_url}/traffic") for c in channels))
    names = ("orders", "placed", "finished", "shipped")
    return Progress(*(sum(x.get(name, 0) for x in said) for name in names))


async def until_webhooks_stand(channels: Sequence[DemoChannel], receiver: str) -> None:
    """Waits until every seller has an active webhook to us, so that first orders come by it.

    Raises:
        StartError: Some seller has none in time.
    """
    deadline = monotonic() + WEBHOOKS_WITHIN_S
    while True:
        missing = [x for channel in channels for x in await _without_webhook(channel, receiver)]
        if not missing:
            return
        if monotonic() > deadline:
            raise StartError(
                f"No webhook was registered within {WEBHOOKS_WITHIN_S:.0f} s for"
                f" {', '.join(missing)}: see the worker's log, and the account's workflow in the"
                " Temporal web UI."
            )
        await asyncio.sleep(LOOK_EVERY_S)


async def _without_webhook(channel: DemoChannel, receiver: str) -> list[str]:
    if package(channel.name).ABILITIES.webhooks is None:
        return []
    hooks = await call("GET", f"{channel.operator_url}/webhooks")
    standing = {
        hook["seller"]
        for hook in hooks
        if hook["status"] == "ACTIVE" and hook["url"].startswith(receiver)
    }
    return [f"{channel.name}/{x.account}" for x in channel.accounts if x.seller not in standing]
