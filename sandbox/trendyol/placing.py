"""Makes packages: ids, tracking numbers, and what a new order starts with."""

import random
from typing import Any

from sandbox.engine.seeds import rng
from sandbox.trendyol.accounts import Account, Product
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.model import Line, Package, Person, Step, Unit
from sandbox.trendyol.statuses import AWAITING, CREATED
from sandbox.trendyol.world import World

CARRIERS = ["Aramex", "J&T", "Shipa", "SPL"]
COD_CARRIERS = ["Aramex", "Shipa"]


def new_package(
    world: World,
    account: Account,
    lines: list[Line],
    person: Person,
    chance: random.Random,
    **given: Any,
) -> Package:
    """A package of a fresh order, Created (or `status`), in the account's next numbers.

    Args:
        world: The sandbox.
        account: Whose order it is.
        lines: The lines, with their ids.
        person: The customer.
        chance: Where seeded choices come from.
        **given: Fields of the package that are fixed.
    """
    seller, now = account.seller_id, now_ms()
    ordered_at = given.pop("ordered_at", now)
    status = given.get("status", CREATED)
    history = [Step(status=AWAITING, at=ordered_at)]
    if status != AWAITING:
        history.append(Step(status=status, at=max(now, ordered_at)))
    package_id = given.pop("package_id", None) or world.next_package_id(seller)
    fields = {
        "seller": seller,
        "package_id": package_id,
        "order_number": given.pop("order_number", None) or world.next_order_number(seller),
        "storefront": account.storefront,
        "currency": account.currency,
        "status": status,
        "ordered_at": ordered_at,
        "created_at": now,
        "modified_at": now,
        "history": history,
        "lines": lines,
        "person": person,
        "cargo_provider": chance.choice(COD_CARRIERS if given.get("is_cod") else CARRIERS),
        "cargo_tracking_number": tracking_number(world, seller, package_id),
    }
    return Package.model_validate(fields | given)


def tracking_number(world: World, seller: str, package_id: int) -> int:
    """A cargo number past 2**53, one in ten past int64 (both occur in the docs' samples)."""
    chance = rng(world.knobs.seed, seller, package_id, "cargo")
    digits = 17 if chance.random() < 0.1 else 16
    return int(f"733{chance.randrange(10**digits):0{digits}d}")


def new_line(world: World, account: Account, product: Product, index: int, **given: Any) -> Line:
    """A line of a product of the catalogue; `given` overrides its fields."""
    fields: dict[str, Any] = {
        "plan_line": index,
        "barcode": product.barcode,
        "stock_code": product.stock_code,
        "content_id": content_id(product.barcode),
        "name": product.name,
        "vat_rate": product.vat_rate,
        "unit_gross": product.price,
        "units": [Unit()],
        "status": CREATED,
    }
    fields |= given
    if fields.get("line_id") is None:
        fields["line_id"] = world.next_line_id(account.seller_id)
    return Line.model_validate(fields)


def content_id(barcode: str) -> int:
    """A stable contentId for a barcode."""
    return 68_000_000 + rng("content", barcode).randrange(1_000_000)


def fill_address_later(world: World, package: Package) -> None:
    """Schedules when an address that came empty is there."""
    chance = rng(world.knobs.seed, package.seller, package.package_id, "address")
    delay = world.knobs.scaled(chance.uniform(*world.knobs.address_fill_s))
    world.timers.after(
        delay, "address.filled", seller=package.seller, package_id=package.package_id
    )
