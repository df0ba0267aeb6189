"""The account's webhook at Trendyol: does it stand, and making it stand.

Source: developers.trendyol.com, "Webhook create": secrets never come back and PUT replaces all, so
they are sent each time; without `countryCodes` all countries, without statuses all would come.
"""

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from channels import jsontext
from channels.errors import RefusedError
from channels.http import HttpClient, Request, path_of
from channels.port import WebhookHealth
from channels.trendyol import quotas
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.options import AccountOptions
from channels.trendyol.wire import Hook
from channels.wiretypes import contract_error, problems_of

STATUSES = (
    "CREATED",
    "PICKING",
    "INVOICED",
    "SHIPPED",
    "CANCELLED",
    "DELIVERED",
    "UNDELIVERED",
    "RETURNED",
    "UNSUPPLIED",
    "AWAITING",
    "UNPACKED",
    "AT_COLLECTION_POINT",
    "VERIFIED",
)
_FORBIDDEN = ("trendyol", "dolap", "localhost")
_HOOKS: TypeAdapter[list[Hook]] = TypeAdapter(list[Hook])


class HookKeeper:
    """Keeps one account's webhook registered and active."""

    def __init__(self, http: HttpClient, account: str, options: AccountOptions) -> None:
        self._http = http
        self._account = account
        self._options = options

    async def health(self, callback_url: str) -> WebhookHealth:
        """How the hook that points to us stands."""
        ours = await self._ours(callback_url)
        if not ours:
            return WebhookHealth.MISSING
        return WebhookHealth.ACTIVE if any(_is_active(h) for h in ours) else WebhookHealth.PASSIVE

    async def subscribe(self, callback_url: str) -> None:
        """Creates the hook, or brings the one that points to us up to date and activates it.

        Raises:
            RefusedError: No key is configured, the URL is one that Trendyol refuses, or the
                account has its 15 hooks already.
        """
        body = json.dumps(self._wanted(callback_url)).encode()
        ours = await self._ours(callback_url)
        if not ours:
            await self._send(quotas.HOOK_CREATE, "POST", (), body)
            return
        hook = next((h for h in ours if _is_active(h)), ours[0])
        await self._send(quotas.HOOK_UPDATE, "PUT", (hook.hook_id,), body)
        if not _is_active(hook):
            await self._send(quotas.HOOK_ACTIVATE, "PUT", (hook.hook_id, "activate"), None)

    def _wanted(self, callback_url: str) -> dict[str, Any]:
        options = self._options
        word = next((w for w in _FORBIDDEN if w in callback_url.lower()), None)
        if word is not None:
            raise self._refused(
                f"Trendyol takes no webhook URL with {word!r} in it: {callback_url}",
                "Give the receiver a public URL without the word (`receiver.public_url`).",
            )
        if options.webhook_key is None:
            raise self._refused(
                "no webhook key is configured", "Set `webhook_key` in the account's options."
            )
        key = options.webhook_key.get_secret_value()
        secrets = {"authenticationType": "API_KEY", "apiKey": key}
        if options.webhook_username:
            secrets = {
                "authenticationType": "BASIC_AUTHENTICATION",
                "username": options.webhook_username,
                "password": key,
            }
        return {
            "url": callback_url,
            **secrets,
            "countryCodes": [options.storefront],
            "subscribedStatuses": list(STATUSES),
        }

    def _refused(self, what: str, hint: str) -> RefusedError:
        return RefusedError(
            CHANNEL, self._account, quotas.HOOK_CREATE, what, hint=hint, code="hook.not.possible"
        )

    async def _ours(self, callback_url: str) -> list[Hook]:
        response = await self._http.send(Request(quotas.HOOKS_LIST, "GET", self._path()))
        try:
            hooks = _HOOKS.validate_python(jsontext.parse(response.body))
        except jsontext.NotJsonError as e:
            problems = [("", str(e))]
        except ValidationError as e:
            problems = problems_of(e)
        else:
            wanted = callback_url.rstrip("/")
            return [h for h in hooks if h.url.rstrip("/") == wanted]
        raise contract_error(CHANNEL, self._account, quotas.HOOKS_LIST, problems)

    async def _send(
        self, operation: str, method: str, below: tuple[str, ...], body: bytes | None
    ) -> None:
        # Repeatable: each of these begins with a look at what is there.
        await self._http.send(Request(operation, method, self._path(*below), body=body))

    def _path(self, *below: str) -> str:
        return path_of("webhook", "sellers", self._options.seller_id, "webhooks", *below)


def _is_active(hook: Hook) -> bool:
    return hook.status.upper() == "ACTIVE"
