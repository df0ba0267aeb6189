"""Webhook subscriptions: create, list, replace, delete, switch on and off."""

from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.trendyol.accounts import STOREFRONTS
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.errors import ApiError, bad_request, json_response
from sandbox.trendyol.gate import Call
from sandbox.trendyol.hooks import ACTIVE, PASSIVE, Hook
from sandbox.trendyol.statuses import HOOK_NAMES

FORBIDDEN_WORDS = ("trendyol", "dolap", "localhost")


async def create(call: Call) -> web.Response:
    """POST webhooks: at most 15, PASSIVE ones count too."""
    fields = _fields(call, await call.json_object())
    world = call.world
    if len(world.hooks.of_seller(call.seller)) >= world.knobs.hook_limit:
        raise bad_request("webhook.limit.exceeded", "A seller may have 15 webhooks")
    now = now_ms()
    hook = Hook(
        id=world.hooks.new_id(), seller=call.seller, created_at=now, modified_at=now, **fields
    )
    world.hooks.save(hook)
    world.ledger.wrote(call.seller, call.operation, "create", hook.id, "applied")
    return json_response({"id": hook.id})


async def listing(call: Call) -> web.Response:
    """GET webhooks: a bare array, without secrets."""
    return json_response([hook.listed() for hook in call.world.hooks.of_seller(call.seller)])


async def replace(call: Call) -> web.Response:
    """PUT webhooks/{id}: replaces everything; secrets must be sent again."""
    hook = _hook(call)
    fields = _fields(call, await call.json_object())
    cleared = {"api_key": "", "username": "", "password": ""}
    call.world.hooks.save(hook.model_copy(update=cleared | fields), modified=True)
    call.world.ledger.wrote(call.seller, call.operation, "replace", hook.id, "applied")
    return _ok()


async def delete(call: Call) -> web.Response:
    """DELETE webhooks/{id}."""
    hook = _hook(call)
    call.world.deliveries.drop_all(hook)
    call.world.hooks.drop(hook)
    call.world.ledger.wrote(call.seller, call.operation, "delete", hook.id, "applied")
    return _ok()


async def activate(call: Call) -> web.Response:
    """PUT webhooks/{id}/activate: bad answers are counted from nought again."""
    hook = _hook(call)
    effect = "applied" if hook.status == PASSIVE else "repeated"
    hook.status, hook.failures = ACTIVE, 0
    call.world.hooks.save(hook, modified=True)
    call.world.ledger.wrote(call.seller, call.operation, "activate", hook.id, effect)
    call.world.postman.wake()
    return _ok()


async def deactivate(call: Call) -> web.Response:
    """PUT webhooks/{id}/deactivate: what is queued is lost (ASSUMED)."""
    hook = _hook(call)
    effect = "applied" if hook.status == ACTIVE else "repeated"
    hook.status = PASSIVE
    call.world.deliveries.drop_all(hook)
    call.world.hooks.save(hook, modified=True)
    call.world.ledger.wrote(call.seller, call.operation, "deactivate", hook.id, effect)
    return _ok()


def _ok() -> web.Response:
    return web.Response(text="200 OK")


def _hook(call: Call) -> Hook:
    hook = call.world.hooks.get(call.request.match_info["hook"])
    if hook is None or hook.seller != call.seller:
        raise ApiError(404, "webhook.not.found", "Webhook not found")
    return hook


def _fields(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    url = body.get("url")
    _check_url(url, call.world.knobs.allow_localhost_hooks)
    statuses, countries = body.get("subscribedStatuses") or [], body.get("countryCodes") or []
    if not isinstance(statuses, list) or not set(statuses) <= set(HOOK_NAMES.values()):
        raise bad_request("invalid.webhook", "subscribedStatuses has an unknown status")
    if not isinstance(countries, list) or not set(countries) <= STOREFRONTS:
        raise bad_request("invalid.webhook", "countryCodes has an unknown country")
    shown = {"url": url, "statuses": statuses, "countries": countries}
    return shown | _credentials(body)


def _credentials(body: dict[str, Any]) -> dict[str, Any]:
    kind = body.get("authenticationType")
    needed = {"API_KEY": ["apiKey"], "BASIC_AUTHENTICATION": ["username", "password"]}
    if kind not in needed:
        raise bad_request(
            "invalid.webhook", "authenticationType must be API_KEY or BASIC_AUTHENTICATION"
        )
    for name in needed[kind]:
        if not isinstance(body.get(name), str) or not body[name]:
            raise bad_request("invalid.webhook", f"{name} is required for {kind}")
    if kind == "API_KEY":
        return {"authentication": kind, "api_key": body["apiKey"]}
    return {"authentication": kind, "username": body["username"], "password": body["password"]}


def _check_url(url: object, localhost_allowed: bool) -> None:
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
        raise bad_request("invalid.webhook", "url must be an absolute http or https URL")
    if not urlsplit(url).hostname:
        raise bad_request("invalid.webhook", "url has no host")
    words = [word for word in FORBIDDEN_WORDS if word in url.lower()]
    if localhost_allowed and "localhost" in words:
        words.remove("localhost")
    if words:
        raise bad_request("invalid.webhook", f"url must not contain {words[0]}")
