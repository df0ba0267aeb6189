"""One order by hand: placed, paid for, moved, cancelled, returned."""

from decimal import Decimal
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.amazon import lifecycle
from sandbox.amazon.accounts import Account, Product
from sandbox.amazon.events import easy_ship_step, ship_fba
from sandbox.amazon.model import Fate, Item, Order, Person
from sandbox.amazon.operator.answers import Wrong, account_of, body_of, order_of
from sandbox.amazon.people import someone
from sandbox.amazon.placing import new_item, new_order
from sandbox.amazon.statuses import OPEN, PENDING
from sandbox.amazon.world import World
from sandbox.engine.seeds import rng


class Line(BaseModel):
    """One item of an order; without a SKU it is the catalogue's next."""

    model_config = ConfigDict(extra="forbid")

    sku: str | None = None
    quantity: int = Field(default=1, ge=1)
    unit_price: Decimal | None = None
    shipping: Decimal | None = None
    discount: Decimal | None = None
    item_id: str | None = None


class Asked(BaseModel):
    """An order to place."""

    model_config = ConfigDict(extra="forbid")

    seller: str
    order_id: str | None = None
    channel: Literal["MFN", "AFN"] = "MFN"
    easy_ship: bool = False
    status: Literal["PENDING", "UNSHIPPED"] = "UNSHIPPED"
    lines: list[Line] = Field(default=[Line()], min_length=1)
    cod: bool = False
    business: bool = False
    carrier: bool = True
    person: Person | None = None
    fate: Fate = Fate()


async def place(world: World, request: web.Request) -> object:
    """POST /_sandbox/orders."""
    asked = Asked.model_validate(await body_of(request))
    account = account_of(world, asked.seller)
    if asked.order_id and world.orders.get(asked.seller, asked.order_id):
        raise Wrong(f"order {asked.order_id} is there already")
    items = [_item(world, account, line, place) for place, line in enumerate(asked.lines)]
    chance = rng(world.knobs.seed, asked.seller, "by hand", items[0].item_id)
    order = new_order(
        world,
        account,
        items,
        asked.person or someone(chance),
        order_id=asked.order_id,
        channel=asked.channel,
        easy_ship=asked.easy_ship,
        status=asked.status,
        cod=asked.cod,
        business=asked.business,
        fate=asked.fate.model_copy(update={"carrier": asked.carrier}),
    )
    lifecycle.enter(world, order)
    return shown(order)


def _item(world: World, account: Account, line: Line, place: int) -> Item:
    product = _product(account, line.sku, place)
    return new_item(
        world,
        account.seller_id,
        product,
        line.quantity,
        unit_price=line.unit_price,
        shipping=line.shipping,
        discount=line.discount,
        promotion_id="SA-1000" if line.discount else None,
        item_id=line.item_id,
    )


def _product(account: Account, sku: str | None, place: int) -> Product:
    """A product of the catalogue; an order may name one that is in none all the same."""
    like = account.catalog[place % len(account.catalog)]
    if sku is None:
        return like
    return account.product(sku) or like.model_copy(update={"sku": sku})


def shown(order: Order) -> dict[str, Any]:
    """The order as it really stands."""
    return order.model_dump(mode="json")


async def listing(world: World, request: web.Request) -> object:
    """GET /_sandbox/orders/{seller}."""
    return [shown(each) for each in world.orders.of_seller(request.match_info["seller"])]


async def one(world: World, request: web.Request) -> object:
    """GET /_sandbox/orders/{seller}/{order}."""
    return shown(order_of(world, request))


async def move(world: World, request: web.Request) -> object:
    """POST .../move: what comes next: payment, Amazon's parcel, the carrier's next step."""
    order = order_of(world, request)
    if order.status == PENDING:
        lifecycle.pay(world, order)
    elif order.channel == "AFN" and order.status in OPEN:
        ship_fba(world, order)
    elif order.easy_ship and order.schedule is not None:
        easy_ship_step(world, order)
    else:
        raise Wrong(f"the order is {order.status}: the next step is the seller's")
    return shown(_now(world, order))


async def cancel(world: World, request: web.Request) -> object:
    """POST .../cancel: the marketplace cancels what is open, or the named items."""
    order, body = order_of(world, request), await body_of(request)
    if order.status not in OPEN | {PENDING}:
        raise Wrong(f"the order is {order.status}")
    items = body.get("items") or [item.item_id for item in order.items if item.open]
    who = str(body.get("by", "BUYER"))
    lifecycle.cancel(world, order, items, who, str(body.get("reason", "BuyerCanceled")), "operator")
    return shown(_now(world, order))


async def ask_cancel(world: World, request: web.Request) -> object:
    """POST .../ask_cancel: the buyer asks the seller to cancel."""
    order, body = order_of(world, request), await body_of(request)
    if order.status not in OPEN:
        raise Wrong(f"the order is {order.status}")
    lifecycle.ask_to_cancel(world, order, str(body.get("reason", "Order created by mistake")))
    return shown(_now(world, order))


async def come_back(world: World, request: web.Request) -> object:
    """POST .../return: an FBA item comes back."""
    order, body = order_of(world, request), await body_of(request)
    if order.channel != "AFN" or order.status != "SHIPPED":
        raise Wrong("only shipped orders of Amazon's warehouse come back to it")
    item_id = body.get("item") or order.items[0].item_id
    sellable = bool(body.get("sellable", True))
    lifecycle.come_back(world, order, item_id, sellable, str(body.get("reason", "UNWANTED_ITEM")))
    return shown(_now(world, order))


def _now(world: World, order: Order) -> Order:
    return world.orders.get(order.seller, order.order_id) or order
