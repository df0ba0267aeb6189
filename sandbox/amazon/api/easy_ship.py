"""Easy Ship: slots, and packages that Amazon's carrier picks up (2022-03-23)."""

import hashlib
from typing import Any

from sandbox.amazon import lifecycle
from sandbox.amazon.course import pick_up_later
from sandbox.amazon.errors import ApiError, invalid
from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.market import MARKETPLACE_ID
from sandbox.amazon.model import Order, Schedule
from sandbox.amazon.stamps import iso, read
from sandbox.amazon.statuses import OPEN, PENDING_PICKUP
from sandbox.engine.clock import DAY_MS, now_ms

SLOTS = 6
SLOT_MS = 3 * 3_600_000
FIRST_HOUR_MS = 6 * 3_600_000


async def list_slots(call: Call) -> Reply:
    """POST /easyShip/2022-03-23/timeSlot."""
    body = await call.json_object()
    order = _order(call, body, body.get("amazonOrderId"))
    if not isinstance(body.get("packageDimensions"), dict) or not isinstance(
        body.get("packageWeight"), dict
    ):
        raise invalid("packageDimensions and packageWeight are required.")
    if body["packageWeight"].get("value", 0) < 11:
        raise invalid("packageWeight.value must be at least 11.")
    slots = [_slot_wire(order, place) for place in range(SLOTS)]
    return Reply({"amazonOrderId": order.order_id, "timeSlots": slots})


async def get_package(call: Call) -> Reply:
    """GET /easyShip/2022-03-23/package."""
    order = _order(call, call.query, call.query.get("amazonOrderId"))
    if order.schedule is None:
        raise ApiError(404, "ResourceNotFound", "There is no scheduled package for the order.")
    return Reply(_wire(order, order.schedule))


async def create_package(call: Call) -> Reply:
    """POST /easyShip/2022-03-23/package."""
    body = await call.json_object()
    order = _order(call, body, body.get("amazonOrderId"))
    slot = (body.get("packageDetails") or {}).get("packageTimeSlot") or {}
    try:
        planned = _schedule(call, order, slot)
    except ApiError as refusal:
        repeated = refusal.code == "ScheduledPackageAlreadyExists"
        _note(call, order, "repeated" if repeated else "refused")
        raise
    return Reply(_wire(order, planned))


async def update_packages(call: Call) -> Reply:
    """PATCH /easyShip/2022-03-23/package: a new slot for packages that were not picked up."""
    body = await call.json_object()
    rows = body.get("updatePackageDetailsList")
    if not isinstance(rows, list) or not rows:
        raise invalid("updatePackageDetailsList is required.")
    shown = []
    for row in rows:
        order = _order(call, body, (row.get("scheduledPackageId") or {}).get("amazonOrderId"))
        if order.schedule is None or order.easy_ship_status != PENDING_PICKUP:
            raise ApiError(
                400, "OrderNotEligibleForRescheduling", "The package cannot be scheduled anew."
            )
        start = _slot_start(order, (row.get("packageTimeSlot") or {}).get("slotId"))
        planned = order.schedule.model_copy(
            update={"slot_id": row["packageTimeSlot"]["slotId"], "start": start}
        )
        planned.end = start + SLOT_MS
        lifecycle.schedule(call.world, order, planned, "seller")
        shown.append(_wire(order, planned))
    return Reply({"packages": shown})


async def create_packages(call: Call) -> Reply:
    """POST /easyShip/2022-03-23/packages/bulk: the earliest slot where none is named."""
    body = await call.json_object()
    rows = body.get("orderScheduleDetailsList")
    if not isinstance(rows, list) or not rows or body.get("labelFormat") not in ("PDF", "ZPL"):
        raise invalid("orderScheduleDetailsList and labelFormat are required.")
    done: list[Any] = []
    rejected: list[Any] = []
    for row in rows:
        order_id = str(row.get("amazonOrderId", ""))
        try:
            order = _order(call, body, order_id)
            slot = (row.get("packageDetails") or {}).get("packageTimeSlot")
            planned = _schedule(call, order, slot or {"slotId": _slot_id(order, 0)})
            done.append(_wire(order, planned))
        except ApiError as refusal:
            error = {"code": refusal.code, "message": str(refusal)}
            rejected.append({"amazonOrderId": order_id, "error": error})
    return Reply({"scheduledPackages": done, "rejectedOrders": rejected})


def _order(call: Call, given: dict[str, Any], order_id: object) -> Order:
    """The order that a call is about.

    Raises:
        ApiError: 400 or 404, as the model's codes say.
    """
    if not call.world.knobs.easy_ship:
        raise ApiError(400, "RegionNotSupported", "Easy Ship is not available in the region.")
    if given.get("marketplaceId") != MARKETPLACE_ID or not isinstance(order_id, str):
        raise invalid("marketplaceId or amazonOrderId is missing or not right.")
    order = call.world.orders.get(call.seller, order_id)
    if order is None:
        raise ApiError(404, "ResourceNotFound", f"Order {order_id} was not found.")
    if not order.easy_ship:
        raise ApiError(400, "InvalidOrderState", f"Order {order_id} is no Easy Ship order.")
    return order


def _schedule(call: Call, order: Order, slot: dict[str, Any]) -> Schedule:
    world = call.world
    if order.schedule is not None:
        raise ApiError(
            400, "ScheduledPackageAlreadyExists", "The order has a scheduled package already."
        )
    if order.status not in OPEN:
        raise ApiError(400, "InvalidOrderState", f"The order is {order.status}.")
    start = _slot_start(order, slot.get("slotId"))
    planned = Schedule(
        package_id=f"PKG{world.database.next('easy-ship', 410_000_001)}",
        slot_id=str(slot["slotId"]),
        start=start,
        end=start + SLOT_MS,
        tracking=f"SA{world.database.next('tracking', 3_100_000_001)}",
    )
    _note(call, order, "applied")
    lifecycle.schedule(world, order, planned, "seller")
    pick_up_later(world, order)
    return planned


def _note(call: Call, order: Order, effect: str) -> None:
    call.world.ledger.wrote(
        call.seller, "easyShip.schedule", "schedule", order.order_id, effect, order.order_id
    )


def _slot_id(order: Order, place: int) -> str:
    """Slots are named by what they are, so that a later call can tell a foreign one."""
    start = _start(place)
    mark = hashlib.sha256(f"{order.seller}/{order.order_id}/{start}".encode()).hexdigest()[:12]
    return f"{iso(start)}_{mark}"


def _start(place: int) -> int:
    midnight = now_ms() // DAY_MS * DAY_MS + DAY_MS
    return midnight + FIRST_HOUR_MS + place // 2 * DAY_MS + place % 2 * SLOT_MS


def _slot_start(order: Order, slot_id: object) -> int:
    text, _, mark = str(slot_id).rpartition("_")
    try:
        start = read(text)
    except ValueError as trouble:
        raise ApiError(400, "InvalidTimeSlotId", "The slot is not known.") from trouble
    right = hashlib.sha256(f"{order.seller}/{order.order_id}/{start}".encode()).hexdigest()[:12]
    if mark != right:
        raise ApiError(400, "InvalidTimeSlotId", "The slot is not one of this order.")
    if start < now_ms():
        raise ApiError(400, "ScheduleWindowExpired", "The slot is over; get new ones.")
    return start


def _slot_wire(order: Order, place: int) -> dict[str, Any]:
    start = _start(place)
    return {
        "slotId": _slot_id(order, place),
        "startTime": iso(start),
        "endTime": iso(start + SLOT_MS),
        "handoverMethod": "PICKUP",
    }


def _wire(order: Order, planned: Schedule) -> dict[str, Any]:
    return {
        "scheduledPackageId": {
            "amazonOrderId": order.order_id,
            "packageId": planned.package_id,
        },
        "packageDimensions": {"length": 30.0, "width": 20.0, "height": 10.0, "unit": "cm"},
        "packageWeight": {"value": 900.0, "unit": "g"},
        "packageItems": [{"orderItemId": item.item_id} for item in order.items],
        "packageTimeSlot": {
            "slotId": planned.slot_id,
            "startTime": iso(planned.start),
            "endTime": iso(planned.end),
            "handoverMethod": planned.method,
        },
        "packageStatus": planned.status,
        "trackingDetails": {"trackingId": planned.tracking},
    }
