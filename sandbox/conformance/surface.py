"""The paths under `/_sandbox/conformance`, over whatever a stand-in is made of."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web
from pydantic import BaseModel, ValidationError

from sandbox.conformance.words import (
    Change,
    Credentials,
    Fault,
    HookMode,
    HookSend,
    Ledger,
    Owner,
    Place,
    Settings,
    Told,
)

ROOT = "/_sandbox/conformance"


class CannotError(Exception):
    """This stand-in cannot do what was asked; the text says why."""


class Bench(Protocol):
    """What a stand-in can be asked for. Each may raise `CannotError` or `ValueError`."""

    def reset(self) -> None:
        """No webhooks, no faults, right clock, good credentials; quotas are not enforced."""
        ...

    def place(self, asked: Place) -> Told: ...

    def change(self, seller: str, order_id: str, asked: Change) -> Told: ...

    def told(self, seller: str, order_id: str) -> Told: ...

    def fault(self, asked: Fault) -> None: ...

    def credentials(self, asked: Credentials) -> None: ...

    def hook_mode(self, asked: HookMode) -> None: ...

    def hook_send(self, asked: HookSend) -> None: ...

    def hooks_off(self, seller: str) -> None:
        """All webhooks of the seller are switched off, as after too many bad answers."""
        ...

    def settings(self, asked: Settings) -> None: ...

    def ledger(self, seller: str) -> Ledger: ...


def add_routes(app: web.Application, bench: Bench, commit: Callable[[], None]) -> None:
    """Mounts the surface.

    Args:
        app: The stand-in's application.
        bench: The stand-in's own half.
        commit: Keeps what was done, before it is answered.
    """

    def asked(model: type[BaseModel], act: Callable[[Bench, Any], BaseModel | None]) -> Any:
        async def handler(request: web.Request) -> BaseModel | None:
            return act(bench, model.model_validate(await _body(request)))

        return _answered(handler, commit)

    async def told(request: web.Request) -> BaseModel:
        path = request.match_info
        return bench.told(path["seller"], path["order"])

    async def change(request: web.Request) -> BaseModel:
        path = request.match_info
        wanted = Change.model_validate(await _body(request))
        return bench.change(path["seller"], path["order"], wanted)

    async def ledger(request: web.Request) -> BaseModel:
        return bench.ledger(request.match_info["seller"])

    async def reset(_request: web.Request) -> None:
        bench.reset()

    one = f"{ROOT}/orders/{{seller}}/{{order}}"
    add = app.router.add_route
    add("POST", f"{ROOT}/reset", _answered(reset, commit))
    add("POST", f"{ROOT}/orders", asked(Place, lambda b, a: b.place(a)))
    add("GET", one, _answered(told, commit))
    add("POST", one, _answered(change, commit))
    add("POST", f"{ROOT}/faults", asked(Fault, lambda b, a: b.fault(a)))
    add("POST", f"{ROOT}/credentials", asked(Credentials, lambda b, a: b.credentials(a)))
    add("POST", f"{ROOT}/hooks", asked(HookMode, lambda b, a: b.hook_mode(a)))
    add("POST", f"{ROOT}/hooks/send", asked(HookSend, lambda b, a: b.hook_send(a)))
    add("POST", f"{ROOT}/hooks/off", asked(Owner, lambda b, a: b.hooks_off(a.seller)))
    add("POST", f"{ROOT}/settings", asked(Settings, lambda b, a: b.settings(a)))
    add("GET", f"{ROOT}/ledger/{{seller}}", _answered(ledger, commit))


def _answered(
    handler: Callable[[web.Request], Awaitable[BaseModel | None]], commit: Callable[[], None]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def endpoint(request: web.Request) -> web.StreamResponse:
        try:
            answer = await handler(request)
        except (CannotError, ValidationError, ValueError) as trouble:
            return web.json_response({"error": str(trouble)}, status=400)
        except NotImplementedError as gap:
            return web.json_response({"error": str(gap)}, status=501)
        commit()
        text = "{}" if answer is None else answer.model_dump_json()
        return web.Response(text=text, content_type="application/json")

    return endpoint


async def _body(request: web.Request) -> Any:
    text = await request.text()
    return json.loads(text) if text else {}
