"""One order by hand: placed from wire keys, moved, cancelled."""

from decimal import Decimal
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from sandbox.engine.seeds import rng
from sandbox.trendyol import claims_desk, lifecycle
from sandbox.trendyol.accounts import Account, Product
from sandbox.trendyol.claims import claim_wire
from sandbox.trendyol.clock import ISTANBUL_SHIFT_MS
from sandbox.trendyol.events import CUSTOMER_REASON
from sandbox.trendyol.model import Line, Package, Unit
from sandbox.trendyol.money import share_out
from sandbox.trendyol.operator.answers import Wrong, body_of, package_of
from sandbox.trendyol.people import someone
from sandbox.trendyol.placing import fill_address_later, new_line, new_package
from sandbox.trendyol.render import package_wire
from sandbox.trendyol.statuses import DELIVERED
from sandbox.trendyol.world import World

TAKEN = {"orderNumber", "shipmentPackageId", "status", "orderDate", "isCod", "lines"}
LINE_TAKEN = {
    "lineId",
    "barcode",
    "stockCode",
    "productName",
    "quantity",
    "vatRate",
    "lineGrossAmount",
    "lineSellerDiscount",
    "lineTyDiscount",
    "discountDetails",
}


class Asked(BaseModel):
    """An order to place; `package` holds wire keys, all of them optional."""

    model_config = ConfigDict(extra="forbid")

    seller: str
    package: dict[str, Any] = {}
    carrier: bool = True
    cancel_at: str | None = None
    old_names: bool = False
    address_hidden: bool = False


async def place(world: World, request: web.Request) -> object:
    """POST /_sandbox/orders."""
    asked = Asked.model_validate(await body_of(request))
    account = world.accounts.get(asked.seller)
    if account is None:
        raise Wrong(f"there is no seller {asked.seller}")
    wire = asked.package
    package_id = wire.get("shipmentPackageId")
    if package_id is not None and world.packages.get(asked.seller, package_id) is not None:
        raise Wrong(f"package {package_id} is there already")
    package = made(world, account, asked)
    lifecycle.enter(world, package)
    if package.address_hidden:
        fill_address_later(world, package)
    return package_wire(package)


def made(world: World, account: Account, asked: Asked) -> Package:
    """The package that was asked for, not yet entered."""
    wire = asked.package
    status = wire.get("status", "Created")
    number = str(wire["orderNumber"]) if "orderNumber" in wire else None
    before = (world.ledger.order(account.seller_id, number) or {}) if number else {}
    first = len(before.get("lines", []))
    lines = [
        _line(world, account, row, first + place, status)
        for place, row in enumerate(wire.get("lines") or [{}])
    ]
    chance = rng(world.knobs.seed, account.seller_id, "by hand", lines[0].line_id)
    given: dict[str, Any] = {
        "order_number": number,
        "package_id": wire.get("shipmentPackageId"),
        "status": status,
        "is_cod": wire.get("isCod", False),
        "carrier_drives": asked.carrier,
        "cancel_at": asked.cancel_at,
        "old_names": asked.old_names,
        "address_hidden": asked.address_hidden,
        "overrides": {name: value for name, value in wire.items() if name not in TAKEN},
    }
    if "orderDate" in wire:
        given["ordered_at"] = wire["orderDate"] - ISTANBUL_SHIFT_MS
    person = someone(chance, account.storefront)
    return new_package(world, account, lines, person, chance, **given)


def _line(world: World, account: Account, row: dict[str, Any], index: int, status: str) -> Line:
    product = next(
        (each for each in account.catalog if each.barcode == row.get("barcode")), None
    ) or _foreign(row, account.catalog[0])
    given: dict[str, Any] = {
        "line_id": row.get("lineId"),
        "units": _units(row),
        "status": status,
        "extra": {name: value for name, value in row.items() if name not in LINE_TAKEN},
    }
    for name, field in (
        ("stockCode", "stock_code"),
        ("productName", "name"),
        ("vatRate", "vat_rate"),
        ("lineGrossAmount", "unit_gross"),
    ):
        if name in row:
            given[field] = row[name]
    return new_line(world, account, product, index, **given)


def _foreign(row: dict[str, Any], like: Product) -> Product:
    """A product that is in no catalogue: an order may name one all the same."""
    return like.model_copy(update={"barcode": row["barcode"]}) if "barcode" in row else like


def _units(row: dict[str, Any]) -> list[Unit]:
    if details := row.get("discountDetails"):
        return [
            Unit(
                seller_discount=_amount(unit, "lineItemSellerDiscount"),
                trendyol_discount=_amount(unit, "lineItemTyDiscount"),
            )
            for unit in details
        ]
    quantity = int(row.get("quantity", 1))
    seller = share_out(_amount(row, "lineSellerDiscount") * quantity, quantity)
    trendyol = share_out(_amount(row, "lineTyDiscount") * quantity, quantity)
    return [
        Unit(seller_discount=of_seller, trendyol_discount=of_trendyol)
        for of_seller, of_trendyol in zip(seller, trendyol, strict=True)
    ]


def _amount(row: dict[str, Any], name: str) -> Decimal:
    return Decimal(str(row.get(name, 0)))


async def listing(world: World, request: web.Request) -> object:
    """GET /_sandbox/packages/{seller}."""
    return [package_wire(each) for each in world.packages.of_seller(request.match_info["seller"])]


async def one(world: World, request: web.Request) -> object:
    """GET /_sandbox/packages/{seller}/{package}."""
    return package_wire(package_of(world, request))


async def move(world: World, request: web.Request) -> object:
    """POST .../move: any status, known or not."""
    body, package = await body_of(request), package_of(world, request)
    status = body.get("status")
    if not isinstance(status, str) or not status:
        raise Wrong("status is missing")
    lifecycle.move(world, package, status, "operator", emit=body.get("emit", True))
    return package_wire(package)


async def cancel(world: World, request: web.Request) -> object:
    """POST .../cancel: the customer cancels the whole package, or some units."""
    body, package = await body_of(request), package_of(world, request)
    quantities = {int(row["lineId"]): int(row["quantity"]) for row in body.get("lines", [])}
    units = sum(line.quantity for line in package.lines)
    if not quantities or sum(quantities.values()) == units:
        lifecycle.cancel(world, package, "Customer", CUSTOMER_REASON, 1)
    else:
        keep = bool(body.get("keep_status", False))
        lifecycle.cancel_part(
            world, package, quantities, "Customer", CUSTOMER_REASON, 1, keep_status=keep
        )
    return package_wire(package)


async def split(world: World, request: web.Request) -> object:
    """POST .../split: the marketplace puts the named units into a package of their own."""
    body, package = await body_of(request), package_of(world, request)
    quantities = {int(row["lineId"]): int(row["quantity"]) for row in body.get("lines", [])}
    created_by, keep = body.get("created_by", "transfer"), bool(body.get("keep_status", True))
    lifecycle.split(world, package, [quantities], created_by, "marketplace", keep)
    return package_wire(package)


async def claim(world: World, request: web.Request) -> object:
    """POST .../claim: the customer sends units of a delivered package back."""
    body, package = await body_of(request), package_of(world, request)
    if package.status != DELIVERED:
        raise Wrong(f"package {package.package_id} is {package.status}, not Delivered")
    rows = body.get("lines") or [{"lineId": package.lines[0].line_id, "quantity": 1}]
    quantities = {int(row["lineId"]): int(row["quantity"]) for row in rows}
    return claim_wire(claims_desk.claim(world, package, quantities, body.get("note", "")))
