"""The operator's surface: `/_sandbox/...`, JSON, no authentication."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.engine.seeds import rng
from sandbox.stall import lifecycle, report, traffic
from sandbox.stall.accounts import Seller
from sandbox.stall.faults import Fault
from sandbox.stall.gate import WORLD
from sandbox.stall.hooks import Hook
from sandbox.stall.orders import Item, Order
from sandbox.stall.plans import Plan
from sandbox.stall.refusals import Refusal
from sandbox.stall.world import World

Handler = Callable[[World, web.Request], Awaitable[object]]


class Wrong(Exception):
    """What an operator asked for cannot be done; the text says why."""


class Asked(BaseModel):
    """An order to place; all but the seller may be left out."""

    model_config = ConfigDict(extra="forbid")

    seller: str
    order: str | None = None
    """Its number."""
    status: str = "new"
    currency: str = "SAR"
    items: list[dict[str, Any]] = []
    """Fields of `orders.Item`; what is left out is the catalogue's."""
    buyer: dict[str, str] = {}
    address: dict[str, str] = {}
    cash_on_delivery: bool = False
    overrides: dict[str, Any] = {}
    """Wire fields to be shown as they are given here; null leaves one out."""
    carrier: bool = True
    """Whether it is delivered by itself once it is shipped."""
    tell: bool = True
    """Whether webhooks hear of it."""


class Raw(BaseModel):
    """A body to deliver as it stands."""

    model_config = ConfigDict(extra="forbid")

    seller: str
    body: str
    times: int = Field(default=1, ge=1)
    headers: dict[str, str] | None = None
    """Instead of the marketplace's signature; null: signed as any other."""


async def health(world: World, _request: web.Request) -> object:
    return {"status": "ok", "sellers": sorted(world.sellers)}


async def ledger(world: World, request: web.Request) -> object:
    seller = request.query.get("seller")
    if seller is not None:
        _seller(world, seller)
    orders = request.query.get("orders", "true") != "false"
    return report.ledger(world, seller, request.query.get("order"), orders)


async def progress(world: World, _request: web.Request) -> object:
    return traffic.progress(world)


async def start_traffic(world: World, request: web.Request) -> object:
    plan = Plan.model_validate(await _body(request))
    for seller in plan.sellers:
        _seller(world, seller)
    plan = traffic.start(world, plan)
    return {"plan": plan.id} | traffic.progress(world)


async def place(world: World, request: web.Request) -> object:
    asked = Asked.model_validate(await _body(request))
    seller = _seller(world, asked.seller)
    if asked.order is not None and world.orders.get(asked.seller, asked.order) is not None:
        raise Wrong(f"order {asked.order} is there already")
    order = _made(world, seller, asked)
    lifecycle.enter(world, order) if asked.tell else world.orders.save(order)
    return report.told(order)


async def orders(world: World, request: web.Request) -> object:
    return [report.told(x) for x in world.orders.of_seller(request.match_info["seller"])]


async def order(world: World, request: web.Request) -> object:
    return report.told(_order(world, request))


async def move(world: World, request: web.Request) -> object:
    """Any status, known or not; `items` and the like may change with it."""
    body, order = await _body(request), _order(world, request)
    if not isinstance(body.get("status"), str):
        raise Wrong("status is missing")
    order.overrides = body.get("overrides", order.overrides)
    lifecycle.move(world, order, body["status"], "operator", tell=body.get("tell", True))
    return report.told(order)


async def cancel(world: World, request: web.Request) -> object:
    """The customer cancels: all, or `{"units": {item id: count}}`."""
    body, order = await _body(request), _order(world, request)
    lifecycle.cancel(world, order, body.get("units", {}), lifecycle.CUSTOMER)
    return report.told(order)


async def webhooks(world: World, _request: web.Request) -> object:
    return [each.model_dump() | {"pending": world.postman.pending(each)} for each in _all(world)]


async def passivate(world: World, request: web.Request) -> object:
    """Switches every webhook of a seller off."""
    seller = (await _body(request)).get("seller")
    hooks = [hook for hook in _all(world) if seller in (None, hook.seller)]
    for hook in hooks:
        world.postman.passivate(hook)
    return {"passive": len(hooks)}


async def send_raw(world: World, request: web.Request) -> object:
    raw = Raw.model_validate(await _body(request))
    hooks = [x for x in world.hooks.of_seller(raw.seller) if x.status == "ACTIVE"]
    if not hooks:
        raise Wrong(f"seller {raw.seller} has no active webhook")
    for hook in hooks:
        for _ in range(raw.times):
            world.postman.raw(hook, raw.body, raw.headers)
    return {"queued": len(hooks) * raw.times}


async def add_faults(world: World, request: web.Request) -> object:
    body = await _body(request)
    faults = [Fault.model_validate(each) for each in (body if isinstance(body, list) else [body])]
    return [world.faults.add(fault).model_dump() for fault in faults]


async def list_faults(world: World, _request: web.Request) -> object:
    return [fault.model_dump() for fault in world.faults.all()]


async def clear_faults(world: World, _request: web.Request) -> object:
    return {"cleared": world.faults.clear()}


async def read_knobs(world: World, _request: web.Request) -> object:
    return world.knobs.model_dump(mode="json")


async def turn_knobs(world: World, request: web.Request) -> object:
    world.knobs.turn(world.database, await _body(request))
    return world.knobs.model_dump(mode="json")


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/health", health),
    ("GET", "/ledger", ledger),
    ("GET", "/traffic", progress),
    ("POST", "/traffic", start_traffic),
    ("POST", "/orders", place),
    ("GET", "/orders/{seller}", orders),
    ("GET", "/orders/{seller}/{order}", order),
    ("POST", "/orders/{seller}/{order}/move", move),
    ("POST", "/orders/{seller}/{order}/cancel", cancel),
    ("GET", "/webhooks", webhooks),
    ("POST", "/webhooks/passivate", passivate),
    ("POST", "/webhooks/raw", send_raw),
    ("GET", "/faults", list_faults),
    ("POST", "/faults", add_faults),
    ("DELETE", "/faults", clear_faults),
    ("GET", "/knobs", read_knobs),
    ("POST", "/knobs", turn_knobs),
)


def add_routes(app: web.Application) -> None:
    """Mounts the operator's surface."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, f"/_sandbox{path}", _operated(handler))


def _operated(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def endpoint(request: web.Request) -> web.StreamResponse:
        world = request.app[WORLD]
        try:
            answer = await handler(world, request)
        except (Wrong, ValidationError, ValueError) as trouble:
            return web.json_response({"error": str(trouble)}, status=400)
        except Refusal as refusal:
            return web.json_response({"error": refusal.words}, status=refusal.status)
        world.database.commit()
        return web.json_response(answer)

    return endpoint


def _made(world: World, seller: Seller, asked: Asked) -> Order:
    chance = rng(world.knobs.seed, "by hand", world.database.next("by hand"))
    made = traffic.new_order(world, seller, chance)
    if asked.items:
        made.items = [
            Item.model_validate(_like(seller, row, f"{place}")) for place, row in _numbered(asked)
        ]
    made.number = asked.order or made.number
    made.status, made.currency = asked.status, asked.currency
    made.buyer |= asked.buyer
    made.address |= asked.address
    made.cash_on_delivery, made.carrier_drives = asked.cash_on_delivery, asked.carrier
    made.overrides = asked.overrides
    return made


def _numbered(asked: Asked) -> list[tuple[int, dict[str, Any]]]:
    return list(enumerate(asked.items, start=1))


def _like(seller: Seller, row: dict[str, Any], item_id: str) -> dict[str, Any]:
    """A row with what it leaves out: of the product that it names, or of the first one."""
    product = next((p for p in seller.catalog if p.sku == row.get("sku")), seller.catalog[0])
    usual = {"sku": product.sku, "name": product.name, "unit_price": product.price}
    return {"item_id": item_id, "quantity": 1, "vat_rate": product.vat_rate, **usual, **row}


def _seller(world: World, seller: str) -> Seller:
    if seller not in world.sellers:
        raise Wrong(f"there is no seller {seller}")
    return world.sellers[seller]


def _order(world: World, request: web.Request) -> Order:
    seller, number = request.match_info["seller"], request.match_info["order"]
    found = world.orders.get(seller, number)
    if found is None:
        raise Wrong(f"seller {seller} has no order {number}")
    return found


def _all(world: World) -> list[Hook]:
    return list(world.hooks.all())


async def _body(request: web.Request) -> Any:
    text = await request.text()
    return json.loads(text) if text else {}
