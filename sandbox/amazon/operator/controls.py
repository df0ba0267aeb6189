"""What an operator can do: traffic, faults, knobs, money, files, raw notifications."""

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.amazon import lifecycle, traffic
from sandbox.amazon.documents import dropping
from sandbox.amazon.faults import Fault
from sandbox.amazon.operator.answers import Wrong, account_of, body_of, order_of
from sandbox.amazon.plans import Plan
from sandbox.amazon.reports import paying
from sandbox.amazon.world import World


async def start_traffic(world: World, request: web.Request) -> object:
    """POST /_sandbox/traffic: a seeded plan."""
    plan = Plan.model_validate(await body_of(request))
    for seller in plan.sellers:
        account_of(world, seller)
    started = traffic.start(world, plan)
    return {"plan": started.id, **traffic.progress(world)}


class RawBody(BaseModel):
    """A body to put on a queue as it stands, `times` times."""

    model_config = ConfigDict(extra="forbid")

    seller: str
    body: str
    times: int = Field(default=1, ge=1)
    arn: str | None = None
    """Without one: the queue of the seller's first subscription."""


async def send_raw(world: World, request: web.Request) -> object:
    """POST /_sandbox/notifications/raw."""
    raw = RawBody.model_validate(await body_of(request))
    subscriptions = world.subscriptions.of_seller(raw.seller)
    arn = raw.arn or (world.subscriptions.arn(subscriptions[0]) if subscriptions else "")
    if not arn:
        raise Wrong(f"seller {raw.seller} has no subscription, and no arn was named")
    for _ in range(raw.times):
        world.deliveries.raw(raw.seller, arn, raw.body)
    return {"queued": raw.times}


async def add_faults(world: World, request: web.Request) -> object:
    """POST /_sandbox/faults: a list, or one."""
    body = await body_of(request)
    faults = [Fault.model_validate(each) for each in (body if isinstance(body, list) else [body])]
    return [world.faults.add(fault).model_dump() for fault in faults]


async def list_faults(world: World, _request: web.Request) -> object:
    """GET /_sandbox/faults."""
    return [fault.model_dump() for fault in world.faults.all()]


async def clear_faults(world: World, _request: web.Request) -> object:
    """DELETE /_sandbox/faults."""
    return {"cleared": world.faults.clear()}


async def read_knobs(world: World, _request: web.Request) -> object:
    """GET /_sandbox/knobs."""
    return world.knobs.model_dump(mode="json")


async def turn_knobs(world: World, request: web.Request) -> object:
    """POST /_sandbox/knobs: the named ones change, all or none."""
    world.knobs.turn(world.database, await body_of(request))
    return world.knobs.model_dump(mode="json")


async def settle(world: World, request: web.Request) -> object:
    """POST /_sandbox/settlements/{seller}: Amazon pays out; `rows` pads the file."""
    body, seller = await body_of(request), request.match_info["seller"]
    account_of(world, seller)
    report = paying.settle(world, seller, int(body.get("rows", 0)))
    if report is None:
        raise Wrong("there is nothing to pay out")
    return report.model_dump(mode="json")


async def make_documents(world: World, request: web.Request) -> object:
    """POST /_sandbox/documents/{seller}: what a plan does at its end, but for invoices."""
    seller = request.match_info["seller"]
    account_of(world, seller)
    traffic.make_documents(world, seller)
    return [each.model_dump(mode="json") for each in world.reports.of_seller(seller)]


async def drop_invoice(world: World, request: web.Request) -> object:
    """POST /_sandbox/orders/{seller}/{order}/invoice: it appears in the seller's bucket."""
    order = order_of(world, request)
    number = dropping.drop_later(world, order)
    if not number:
        raise Wrong(f"seller {order.seller} has no document_bucket")
    return {"number": number}


async def set_stock(world: World, request: web.Request) -> object:
    """POST /_sandbox/stock/{seller}/{sku}: Amazon's warehouse counts, or takes a delivery in."""
    seller, sku = request.match_info["seller"], request.match_info["sku"]
    stock = world.stocks.get(seller, sku)
    if stock is None:
        raise Wrong(f"seller {seller} has no SKU {sku}")
    body = await body_of(request)
    world.stocks.move_fba(
        stock, int(body.get("fulfillable", 0)), 0, int(body.get("unfulfillable", 0))
    )
    lifecycle.tell_stock(world, seller, sku)
    return stock.report()


async def revoke(world: World, request: web.Request) -> object:
    """DELETE /_sandbox/tokens/{seller}: the seller's access tokens are worth nothing any more."""
    seller = request.match_info["seller"]
    account_of(world, seller)
    return {"revoked": world.tokens.revoke(seller)}
