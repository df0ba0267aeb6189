"""Easy Ship: Amazon's carrier fetches the parcel in a time slot; nothing is confirmed by us.

Source: Amazon's public model `easyShip_2022-03-23.json`. Whether this API serves Saudi Arabia is
not confirmed: help page 200197960 names Easy Ship as the normal case there.
"""

import json
from typing import Any

from pydantic import Field

from canonical.actions import ReadyParcel
from channels.amazon import quotas
from channels.amazon.abilities import CHANNEL
from channels.amazon.calls import Calls
from channels.amazon.errors import NOT_FOUND
from channels.amazon.options import AccountOptions
from channels.errors import RefusedError
from channels.http import Request
from channels.port import Seen
from channels.wiretypes import Identifier, LooseText, WireModel

PATH = "easyShip/2022-03-23"
PICKUP = "PICKUP"
THERE_ALREADY = "ScheduledPackageAlreadyExists"
SLOT_GONE = frozenset(
    {"InvalidTimeSlotId", "TimeSlotNotAvailable", "RetryableAfterGettingNewSlots"}
)
NOT_SCHEDULED = frozenset({"ResourceNotFound", NOT_FOUND})
SLOT_TRIES = 3
GONE = frozenset({"LABELCANCELED"})
"""The statuses of a package that is to be scheduled anew."""


class Slot(WireModel):
    """A time in which the carrier may come; times as Amazon wrote them."""

    slot_id: Identifier = Field(validation_alias="slotId", max_length=300)
    start: LooseText = Field(default="", validation_alias="startTime")
    end: LooseText = Field(default="", validation_alias="endTime")
    handover: LooseText = Field(default="", validation_alias="handoverMethod")


class _Slots(WireModel):
    slots: tuple[Slot, ...] = Field(default=(), validation_alias="timeSlots")


class _Tracking(WireModel):
    number: LooseText = Field(default="", validation_alias="trackingId")


class Scheduled(WireModel):
    """A package that the carrier is to fetch."""

    status: LooseText = Field(default="", validation_alias="packageStatus")
    slot: Slot | None = Field(default=None, validation_alias="packageTimeSlot")
    tracking: _Tracking = Field(default_factory=_Tracking, validation_alias="trackingDetails")


class EasyShip:
    """Schedules one account's pickups."""

    def __init__(self, calls: Calls, options: AccountOptions) -> None:
        self._calls = calls
        self._options = options

    async def schedule(self, action: ReadyParcel) -> None:
        """Has the carrier come in the first slot there is; once, however often it is asked.

        Raises:
            RefusedError: There is no slot, or the order is none for Easy Ship.
            AmbiguousError: It was sent, and no answer tells.
        """
        if await self._is_scheduled(action.order_id):
            return
        for _ in range(SLOT_TRIES):
            slot = await self._first_slot(action.order_id)
            try:
                await self._calls.send(self._scheduling(action, slot))
            except RefusedError as refused:
                if refused.code == THERE_ALREADY:
                    return
                if refused.code not in SLOT_GONE:
                    raise
                last = refused
            else:
                return
        raise last

    async def seen(self, action: ReadyParcel) -> Seen:
        """Whether a pickup is scheduled."""
        there = await self._is_scheduled(action.order_id)
        return Seen.APPLIED if there else Seen.NOT_APPLIED

    async def package(self, order_id: str) -> Scheduled | None:
        """The order's scheduled package, where there is one."""
        query = {"amazonOrderId": order_id, "marketplaceId": self._options.marketplace_id}
        request = Request(
            quotas.EASY_SHIP_PACKAGE, "GET", f"{PATH}/package", query, order_id=order_id
        )
        try:
            return await self._calls.read(Scheduled, request)
        except RefusedError as refused:
            if refused.code in NOT_SCHEDULED:
                return None
            raise

    async def slots(self, order_id: str) -> tuple[Slot, ...]:
        """When the carrier may come, the earliest first."""
        size = self._options.easy_ship_package
        body = {
            "marketplaceId": self._options.marketplace_id,
            "amazonOrderId": order_id,
            "packageDimensions": {
                "length": size.length_cm,
                "width": size.width_cm,
                "height": size.height_cm,
                "unit": "cm",
            },
            "packageWeight": {"value": size.weight_g, "unit": "g"},
        }
        request = Request(
            quotas.EASY_SHIP_SLOTS,
            "POST",
            f"{PATH}/timeSlot",
            body=json.dumps(body).encode(),
            order_id=order_id,
        )
        found = (await self._calls.read(_Slots, request)).slots
        return tuple(sorted(found, key=lambda slot: slot.start))

    async def _is_scheduled(self, order_id: str) -> bool:
        package = await self.package(order_id)
        return package is not None and package.status.upper() not in GONE

    async def _first_slot(self, order_id: str) -> Slot:
        slots = await self.slots(order_id)
        pickups = [slot for slot in slots if slot.handover.upper() in (PICKUP, "")]
        if not slots:
            raise RefusedError(
                CHANNEL,
                self._calls.account,
                quotas.EASY_SHIP_SLOTS,
                "Amazon offers no time slot for this order",
                order_id,
                "Look at the pickup settings in Seller Central, then `souk order resync`.",
                code="slot.none",
            )
        return (pickups or list(slots))[0]

    def _scheduling(self, action: ReadyParcel, slot: Slot) -> Request:
        chosen = {"slotId": slot.slot_id}
        chosen |= {"startTime": slot.start} if slot.start else {}
        chosen |= {"endTime": slot.end} if slot.end else {}
        chosen |= {"handoverMethod": slot.handover} if slot.handover else {}
        details: dict[str, Any] = {"packageTimeSlot": chosen}
        if action.lines:
            details["packageItems"] = [{"orderItemId": x.line_id} for x in action.lines]
        body = {
            "amazonOrderId": action.order_id,
            "marketplaceId": self._options.marketplace_id,
            "packageDetails": details,
        }
        return Request(
            quotas.EASY_SHIP_SCHEDULE,
            "POST",
            f"{PATH}/package",
            body=json.dumps(body).encode(),
            repeatable=False,
            order_id=action.order_id,
        )
