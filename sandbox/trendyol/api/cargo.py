"""Who carries a package: tracking, carrier, and delivery outside the carriers."""

from aiohttp import web

from sandbox.engine.seeds import rng
from sandbox.trendyol import lifecycle
from sandbox.trendyol.api.fields import of_text
from sandbox.trendyol.api.packages_of import asked_package, wrote
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.errors import ApiError, bad_request, not_updatable
from sandbox.trendyol.gate import Call
from sandbox.trendyol.model import Package
from sandbox.trendyol.placing import CARRIERS, COD_CARRIERS
from sandbox.trendyol.statuses import INVOICED, PICKING, SELLER_MAY_CHANGE, SHIPPED

READY = frozenset({PICKING, INVOICED})

CARRIER_REFUSALS = {
    "Trendyol Express": "CPE003",
    "Yurtiçi Kargo": "CPE004",
    "Naqel": "CPE005",
}
"""Codes are documented; which carrier meets which is ASSUMED."""


async def tracking(call: Call) -> web.Response:
    """PUT tracking-details: after Picking, and no more from Shipped on."""
    body = await call.json_object()
    package = asked_package(call)
    number, provider = of_text(body, "cargoSenderNumber"), of_text(body, "providerCode")
    if package.status not in READY:
        wrote(call, package, "tracking", "refused")
        raise not_updatable("Shipment tracking number cannot be updated")
    same = (package.cargo_sender_number, package.cargo_provider) == (number, provider)
    if not same:
        package.cargo_sender_number, package.cargo_provider = number, provider
        package.seller_pays_cargo = True
        call.world.packages.touch(package, now_ms())
    wrote(call, package, "tracking", "repeated" if same else "applied")
    return web.Response()


async def provider(call: Call) -> web.Response:
    """PUT cargo-providers: from one carrier that Trendyol pays to another; a new number follows."""
    body = await call.json_object()
    package = asked_package(call)
    carrier = of_text(body, "cargoProvider")
    code = _carrier_refusal(package, carrier)
    if code is not None:
        wrote(call, package, "carrier", "refused")
        raise ApiError(409, code, f"Cargo provider cannot be changed to {carrier}")
    same = package.cargo_provider == carrier
    if not same:
        package.cargo_provider = carrier
        chance = rng(call.world.knobs.seed, package.package_id, carrier)
        package.cargo_tracking_number = int(f"733{chance.randrange(10**16):016d}")
        call.world.packages.touch(package, now_ms())
    wrote(call, package, "carrier", "repeated" if same else "applied")
    return web.Response()


def _carrier_refusal(package: Package, carrier: str) -> str | None:
    if carrier in CARRIER_REFUSALS:
        return CARRIER_REFUSALS[carrier]
    if carrier not in CARRIERS:
        return "CPE001"
    if package.is_cod and carrier not in COD_CARRIERS:
        return "CPE002"
    if package.status not in SELLER_MAY_CHANGE or package.seller_pays_cargo:
        return "CPE006"
    return None


async def alternative(call: Call) -> web.Response:
    """PUT alternative-delivery: Shipped at once, Delivered not within six hours."""
    body = await call.json_object()
    package = asked_package(call)
    info = of_text(body, "trackingInfo")
    if not isinstance(body.get("isPhoneNumber"), bool):
        raise bad_request("invalid.request", "isPhoneNumber must be true or false")
    if not call.world.knobs.alternative_delivery_permission:
        raise not_updatable("Seller has no permission for alternative delivery (ADEL)")
    if package.status == SHIPPED and package.tracking_link == info:
        wrote(call, package, "alternative", "repeated")
        return web.Response()
    if package.status not in READY:
        wrote(call, package, "alternative", "refused")
        raise not_updatable(f"Package is {package.status}, it cannot be delivered otherwise")
    package.tracking_link = info
    package.alternative_since = now_ms()
    lifecycle.move(call.world, package, SHIPPED, "seller")
    wrote(call, package, "alternative", "applied")
    return web.Response()
