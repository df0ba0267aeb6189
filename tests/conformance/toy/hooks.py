"""The account's webhook at the toy: does it stand, and making it stand."""

import json

from channels.http import Request
from channels.port import WebhookHealth
from tests.conformance.toy import quotas
from tests.conformance.toy.calls import Calls
from tests.conformance.toy.wire import WireHooks, read


class HookKeeper:
    """Keeps one account's webhook registered and active."""

    def __init__(self, calls: Calls, account: str) -> None:
        self._calls = calls
        self._account = account

    async def health(self, callback_url: str) -> WebhookHealth:
        """How the hook that points to us stands."""
        response = await self._calls.send(Request(quotas.HOOK_READ, "GET", "webhooks"))
        found: WireHooks = read(WireHooks, response.body, self._account, quotas.HOOK_READ)
        ours = [hook for hook in found.webhooks if hook.url == callback_url]
        if not ours:
            return WebhookHealth.MISSING
        active = any(hook.active for hook in ours)
        return WebhookHealth.ACTIVE if active else WebhookHealth.PASSIVE

    async def subscribe(self, callback_url: str) -> None:
        """Registers the hook or switches it on; twice is once."""
        body = json.dumps({"url": callback_url}).encode()
        await self._calls.send(Request(quotas.HOOK_WRITE, "PUT", "webhooks", body=body))
