"""Tokens of the toy: an hour long; each renewal ends the refresh token that it was made with."""

import json
from secrets import token_hex

from aiohttp import web

from sandbox.stall.accounts import Seller
from sandbox.stall.market import Call
from sandbox.stall.refusals import Refusal
from sandbox.stall.world import World

KIND = "token"
REFRESH = "refresh"
LASTS_S = 3600


def authenticate(world: World, request: web.Request) -> Seller:
    """By its key where a token is asked for, else by the token.

    Raises:
        Refusal: 401.
    """
    if request.path.endswith("/login"):
        return _by_key(world, request.headers.get("X-Api-Key", ""))
    kind, _, access = request.headers.get("Authorization", "").partition(" ")
    kept = world.database.get(KIND, access) if kind == "Bearer" and access else None
    if kept is None:
        raise Refusal(401, "no_token", "There is no such token.")
    seller, good = json.loads(kept)
    if not good:
        raise Refusal(401, "token_ended", "This token has ended.")
    return world.sellers[seller]


async def login(call: Call) -> web.Response:
    """POST /api/login: by the refresh token where one is given."""
    database, seller = call.world.database, call.seller.seller_id
    refresh = (await call.request.json()).get("refresh")
    if refresh is not None and database.get(REFRESH, refresh) != seller:
        raise Refusal(401, "refresh_used", "This refresh token was used already.")
    if refresh is not None:
        database.drop(REFRESH, refresh)
    access, following = token_hex(12), token_hex(12)
    database.put(KIND, access, json.dumps([seller, True]))
    database.put(REFRESH, following, seller)
    issued = {"access": access, "refresh": following, "lasts": LASTS_S}
    return web.json_response(issued)


def end_all(world: World, seller: str) -> None:
    """No token that the seller has is taken any more."""
    for access, kept in list(world.database.all(KIND)):
        if json.loads(kept)[0] == seller:
            end(world, seller, access)


def end(world: World, seller: str, access: str) -> None:
    """This token is not taken any more."""
    world.database.put(KIND, access, json.dumps([seller, False]))


def issued(world: World, seller: str) -> int:
    """How many tokens a seller got."""
    return sum(1 for _, kept in world.database.all(KIND) if json.loads(kept)[0] == seller)


def _by_key(world: World, key: str) -> Seller:
    for seller in world.sellers.values():
        if seller.api_key == key:
            return seller
    raise Refusal(401, "no_such_key", "There is no such key.")
