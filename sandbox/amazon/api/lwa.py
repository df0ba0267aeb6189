"""Login with Amazon: the token endpoint, for sellers and for grantless scopes (section 1)."""

import hmac

from aiohttp import web

from sandbox.amazon.accounts import Account
from sandbox.amazon.fault_kinds import run_with_fault
from sandbox.amazon.gate import WORLD
from sandbox.amazon.operations import SCOPES
from sandbox.amazon.tokens import Token
from sandbox.amazon.world import World
from sandbox.engine.clock import now_ms

PATH = "/auth/o2/token"
OPERATION = "lwa.token"


class LwaError(Exception):
    """A refusal in OAuth's words."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error


async def token(request: web.Request) -> web.Response:
    """POST /auth/o2/token."""
    world = request.app[WORLD]
    form = await _form(request)
    seller = _about(world, form)
    fault = world.faults.strike(seller, OPERATION, None)

    async def answer() -> web.Response:
        try:
            return web.json_response(_grant(world, form))
        except LwaError as refusal:
            body = {"error": refusal.error, "error_description": str(refusal)}
            return web.json_response(body, status=refusal.status)

    outcome = await run_with_fault(fault, answer)
    world.meter.count(seller, OPERATION, outcome.label, now_ms())
    world.database.commit()
    return await outcome.finish(request)


async def _form(request: web.Request) -> dict[str, str]:
    """The form; what is none is as good as an empty one."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    return {name: str(value) for name, value in (await request.post()).items()}


def _about(world: World, form: dict[str, str]) -> str:
    """The seller whose authorisation is shown, or the application."""
    for account in world.accounts.values():
        if account.client_id == form.get("client_id"):
            if form.get("grant_type") == "client_credentials":
                return account.application_id
            if account.refresh_token == form.get("refresh_token"):
                return account.seller_id
    return "nobody"


def _grant(world: World, form: dict[str, str]) -> dict[str, object]:
    missing = [name for name in ("grant_type", "client_id", "client_secret") if not form.get(name)]
    if missing:
        raise LwaError(400, "invalid_request", f"The request lacks {', '.join(missing)}.")
    client = _client(world, form["client_id"], form["client_secret"])
    life = max(1, int(world.knobs.scaled(world.knobs.token_life_s)))
    expires_at = now_ms() + life * 1000
    answer: dict[str, object] = {"token_type": "bearer", "expires_in": life}
    if form["grant_type"] == "refresh_token":
        account = _authorised(world, client, form.get("refresh_token", ""))
        issued = Token(
            kind="seller",
            application=account.application_id,
            seller=account.seller_id,
            expires_at=expires_at,
        )
        answer["refresh_token"] = account.refresh_token
    elif form["grant_type"] == "client_credentials":
        scope = form.get("scope", "")
        if scope not in SCOPES:
            raise LwaError(400, "invalid_scope", "The request has an invalid scope.")
        issued = Token(
            kind="grantless",
            application=client.application_id,
            scope=scope,
            expires_at=expires_at,
        )
    else:
        raise LwaError(400, "invalid_request", "The grant_type is not supported.")
    return answer | {"access_token": world.tokens.issue(issued)}


def _client(world: World, client_id: str, secret: str) -> Account:
    """Some account of the application."""
    for account in world.accounts.values():
        if account.client_id == client_id:
            if hmac.compare_digest(account.client_secret.encode(), secret.encode()):
                return account
            break
    raise LwaError(401, "invalid_client", "Client authentication failed")


def _authorised(world: World, client: Account, refresh_token: str) -> Account:
    for account in world.accounts.values():
        mine = account.client_id == client.client_id and account.refresh_token == refresh_token
        if mine and account.seller_id not in world.withdrawn:
            return account
    raise LwaError(
        400, "invalid_grant", "The request has an invalid grant parameter : refresh_token"
    )
