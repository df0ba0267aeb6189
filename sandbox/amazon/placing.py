"""New orders: what they are made of."""

import random
from decimal import Decimal
from typing import Any

from sandbox.amazon.accounts import Account, Product
from sandbox.amazon.lifecycle import easy_ship_start
from sandbox.amazon.model import Item, Order, Person
from sandbox.amazon.world import World
from sandbox.engine.clock import DAY_MS, now_ms

COD_FEE = Decimal("12.00")


def new_item(world: World, seller: str, product: Product, quantity: int, **given: Any) -> Item:
    """An item of a product."""
    facts: dict[str, Any] = {
        "item_id": world.next_item_id(seller),
        "sku": product.sku,
        "asin": product.asin,
        "title": product.title,
        "quantity": quantity,
        "unit_price": product.price,
        "vat_rate": product.vat_rate,
    }
    return Item(**facts | {name: value for name, value in given.items() if value is not None})


def new_order(
    world: World, account: Account, items: list[Item], person: Person, **given: Any
) -> Order:
    """An order that was just placed; a cash-on-delivery fee stands on its first item."""
    now = now_ms()
    facts: dict[str, Any] = {
        "seller": account.seller_id,
        "order_id": given.pop("order_id", None) or world.next_order_id(account.seller_id),
        "purchased_at": now,
        "updated_at": now,
        "ship_from": now,
        "ship_by": now + 2 * DAY_MS,
        "deliver_from": now + 2 * DAY_MS,
        "deliver_by": now + 6 * DAY_MS,
        "items": items,
        "person": person,
        **given,
    }
    order = Order(**facts)
    order.easy_ship_status = easy_ship_start(order.easy_ship, order.status)
    if order.cod and not any(item.cod_fee for item in order.items):
        order.items[0].cod_fee = COD_FEE
    return order


def some_items(
    world: World, account: Account, chance: random.Random, most: int, choose: Any
) -> list[Item]:
    """Seeded items; `choose` says which carry a promotion or shipping."""
    count = min(chance.randint(1, most), len(account.catalog))
    items = []
    for product in chance.sample(account.catalog, count):
        quantity = chance.choice([1, 1, 1, 2, 2, 3])
        discount, promotion = Decimal(0), ""
        if choose("promotion"):
            share = Decimal(chance.randint(3, 20)) / 100
            discount = (product.price * quantity * share).quantize(Decimal("0.01"))
            promotion = f"SA-{chance.randint(1000, 9999)} رمضان"
        shipping = Decimal(chance.choice(["9.99", "12.00", "15.50"])) if choose("shipping") else 0
        items.append(
            new_item(
                world,
                account.seller_id,
                product,
                quantity,
                discount=discount,
                promotion_id=promotion,
                shipping=shipping or Decimal(0),
            )
        )
    return items
