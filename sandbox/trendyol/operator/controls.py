"""What an operator can start, send, break and turn."""

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.trendyol import traffic
from sandbox.trendyol.faults import Fault
from sandbox.trendyol.operator.answers import Wrong, body_of
from sandbox.trendyol.plans import Plan
from sandbox.trendyol.world import World


async def start_traffic(world: World, request: web.Request) -> object:
    """POST /_sandbox/traffic."""
    plan = Plan.model_validate(await body_of(request))
    unknown = set(plan.sellers) - set(world.accounts)
    if unknown:
        raise Wrong(f"there is no seller {', '.join(sorted(unknown))}")
    traffic.start(world, plan)
    return {"plan": plan.id} | traffic.progress(world)


class RawBody(BaseModel):
    """A body to deliver as it stands, `times` times to each hook."""

    model_config = ConfigDict(extra="forbid")

    seller: str
    body: str
    times: int = Field(default=1, ge=1)
    hook_id: str | None = None
    credentials: str = Field(default="right", pattern="^(right|wrong|none)$")
    content_type: str = "application/json"


async def send_raw(world: World, request: web.Request) -> object:
    """POST /_sandbox/webhooks/raw."""
    raw = RawBody.model_validate(await body_of(request))
    hooks = [
        hook
        for hook in world.hooks.of_seller(raw.seller)
        if raw.hook_id in (None, hook.id) and world.deliveries.active(hook.id)
    ]
    if not hooks:
        raise Wrong(f"seller {raw.seller} has no such active webhook")
    for hook in hooks:
        for _ in range(raw.times):
            world.deliveries.raw(hook, raw.body, raw.credentials, raw.content_type)
    world.postman.wake()
    return {"queued": len(hooks) * raw.times}


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


async def pay(world: World, request: web.Request) -> object:
    """POST /_sandbox/finance/{seller}/pay: Wednesday comes, unpaid rows get a payment order."""
    row = world.books.pay(request.match_info["seller"])
    if row is None:
        raise Wrong("there is nothing to pay")
    return row.model_dump(mode="json")
