"""confirmShipment: the merchant's own parcels (section 2.3)."""

from typing import Any

from sandbox.amazon import lifecycle, stamps
from sandbox.amazon.errors import ApiError, not_found
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.amazon.model import Order, Package
from sandbox.amazon.statuses import OPEN, SHIPPED

REQUIRED = ("packageReferenceId", "carrierCode", "trackingNumber", "shipDate", "orderItems")


def _wrong(why: str) -> ApiError:
    """The model's code has a blank."""
    return ApiError(400, "Invalid Input", why)


async def confirm_shipment(call: Call) -> Reply:
    """POST /orders/v0/orders/{orderId}/shipmentConfirmation."""
    world, body = call.world, await call.json_object()
    order = world.orders.get(call.seller, call.path("orderId"))
    if order is None:
        raise not_found("The requested order was not found.")
    reference = ""
    try:
        package = _package(body)
        reference = package.reference
        effect = _check(call, order, package)
    except ApiError:
        _note(call, order, reference, "refused")
        raise
    _note(call, order, reference, effect)
    if effect == "applied" or order.package(reference) != package:
        lifecycle.ship(world, order, package, "seller")
    return Reply(None, 204)


def _note(call: Call, order: Order, reference: str, effect: str) -> None:
    call.world.ledger.wrote(
        call.seller, call.operation.name, "ship", reference, effect, order.order_id
    )


def _check(call: Call, order: Order, package: Package) -> str:
    """What the confirmation is: "applied", or "repeated" for an edit.

    Raises:
        ApiError: 400, it does not fit the order.
    """
    if order.channel == "AFN":
        raise _wrong("The order is fulfilled by Amazon.")
    if order.easy_ship:
        raise _wrong("The order is an Easy Ship order; schedule its pickup instead.")
    before = order.package(package.reference)
    if before is not None and call.world.knobs.confirm_repeat == "refuse":
        raise _wrong(f"Package {package.reference} has been confirmed already.")
    if order.status not in OPEN and not (before is not None and order.status == SHIPPED):
        raise _wrong(f"The order is {order.status} and cannot be confirmed.")
    for item_id, quantity in package.items.items():
        item = order.item(item_id)
        if item is None:
            raise _wrong(f"The order has no item {item_id}.")
        left = item.open + (before.items.get(item_id, 0) if before is not None else 0)
        if not 0 < quantity <= left:
            raise _wrong(f"Item {item_id} has {left} units left, not {quantity}.")
    return "applied" if before is None else "repeated"


def _package(body: dict[str, Any]) -> Package:
    detail = body.get("packageDetail")
    if body.get("marketplaceId") != MARKETPLACE_ID or not isinstance(detail, dict):
        raise _wrong("marketplaceId or packageDetail is missing or not right.")
    missing = [name for name in REQUIRED if not detail.get(name)]
    if missing:
        raise _wrong(f"packageDetail lacks {', '.join(missing)}.")
    reference, carrier = detail["packageReferenceId"], detail["carrierCode"]
    if not isinstance(reference, str) or not reference.isdigit() or int(reference) < 1:
        raise _wrong("packageReferenceId must be a positive number as a string.")
    if carrier == "Other" and not detail.get("carrierName"):
        raise _wrong("carrierName is required when carrierCode is Other.")
    try:
        shipped_at = stamps.read(detail["shipDate"])
        items = {row["orderItemId"]: row["quantity"] for row in detail["orderItems"]}
    except (ValueError, TypeError, KeyError, AttributeError) as trouble:
        raise _wrong("shipDate or orderItems is not right.") from trouble
    if any(not isinstance(n, int) or isinstance(n, bool) for n in items.values()):
        raise _wrong("Quantities must be integers.")
    return Package(
        reference=reference,
        carrier=detail["carrierName"] if carrier == "Other" else carrier,
        method=detail.get("shippingMethod") or "",
        tracking=detail["trackingNumber"],
        shipped_at=shipped_at,
        items=items,
    )
