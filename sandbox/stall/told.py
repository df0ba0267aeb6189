"""Orders as those who try a channel want them, and as they are told to them."""

from decimal import Decimal
from typing import Any

from sandbox.conformance.words import Place, Told, ToldAct, ToldLine, ToldParcel
from sandbox.engine.seeds import rng
from sandbox.stall import traffic
from sandbox.stall.accounts import Seller
from sandbox.stall.orders import Item, Order
from sandbox.stall.world import World

BEYOND_DOUBLES = 2**53 + 1
SMALLEST_UNIT = {"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3}
"""Decimals of a currency, where they are not two."""
UNKNOWN_WORD = "gift_wrapping"
ACTIONS = {"cancel": "cancel_lines"}
"""The platform's words for writes, where they are others."""


def wished(world: World, seller: Seller, asked: Place) -> Order:
    """The order that is asked for, not yet entered."""
    count = world.database.next("conformance")
    chance = rng(world.knobs.seed, "conformance", count)
    order = traffic.new_order(world, seller, chance, lines=len(asked.quantities))
    order.carrier_drives = False
    order.currency = asked.currency or order.currency
    for item, quantity in zip(order.items, asked.quantities, strict=True):
        item.quantity, item.discount = quantity, 0
    if asked.order_id:
        order.number = asked.order_id
        order.items = _numbered(order.items, 1)
    if asked.shape == "large_ids":
        order.number = str(BEYOND_DOUBLES + 2 * count)
        order.items = _numbered(order.items, BEYOND_DOUBLES)
    if asked.shape == "unknown_word":
        order.status = UNKNOWN_WORD
    if asked.text is not None:
        order.buyer |= {"name": asked.text}
        order.address |= {"line1": asked.text, "city": asked.text}
        for item in order.items:
            item.name = asked.text
    if asked.shape == "bare":
        order.buyer = dict.fromkeys(order.buyer, "")
        order.address = dict.fromkeys(order.address, "")
        for item in order.items:
            item.name = ""
        order.overrides = _blanks(dict(world.market.render(order)))
    return order


def told(world: World, order: Order) -> Told:
    """The order as it is, and what the seller did to it."""
    decimals = SMALLEST_UNIT.get(order.currency, 2)
    writes = [w for w in world.writes.report(order.seller) if w["order"] == order.number]
    return Told(
        order_id=order.number,
        currency=order.currency,
        payable=Decimal(order.total).scaleb(-decimals),
        lines=tuple(
            ToldLine(
                line_id=item.item_id,
                quantity=item.quantity,
                unit_price=Decimal(item.unit_price).scaleb(-decimals),
            )
            for item in order.items
        ),
        parcels=(
            ToldParcel(
                parcel_id=order.number,
                state="unknown" if order.status == UNKNOWN_WORD else order.status,
                units={x.item_id: x.quantity - x.cancelled for x in order.items},
            ),
        ),
        acts=tuple(
            ToldAct(
                action=ACTIONS.get(w["what"], w["what"]),
                subject=order.number,
                applied=w["applied"],
            )
            for w in writes
        ),
        texts={
            "buyer": order.buyer["name"],
            "street": order.address["line1"],
            "city": order.address["city"],
            "product": order.items[0].name,
        },
        carriers=("Aramex",),
    )


def _numbered(items: list[Item], first: int) -> list[Item]:
    return [
        item.model_copy(update={"item_id": str(place)}) for place, item in enumerate(items, first)
    ]


def _blanks(wire: dict[str, Any]) -> dict[str, Any]:
    """What to show instead of a rendered order so that nothing blank is in it; None: left out."""
    bare = _pruned(wire)
    return {name: bare.get(name) for name, value in wire.items() if bare.get(name) != value}


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        parts = {name: _pruned(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part not in ("", None, {})}
    if isinstance(value, list):
        return [_pruned(part) for part in value]
    return value
