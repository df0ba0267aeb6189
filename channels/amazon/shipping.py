"""Confirming a shipment, and whether it stands: by tracking number and package reference. Pure.

Source: Amazon's public model `ordersV0.json`, `confirmShipment`, the only call of v0 that is made.
"""

import json
from collections import Counter
from datetime import datetime

from canonical.actions import ShipParcel
from channels.amazon import quotas
from channels.amazon.options import AccountOptions
from channels.amazon.orders import as_text
from channels.amazon.wire import WireOrder
from channels.http import Request, path_of
from channels.port import Seen

OTHER = "Other"
"""The carrier code with which `carrierName` says who it is."""


def request_of(action: ShipParcel, options: AccountOptions, now: datetime) -> Request:
    """The request that confirms one package.

    Its reference tells the order's packages apart: a repeat edits the package, or is refused with
    400 where there is nothing left to confirm.
    """
    code = options.carriers.get(action.carrier)
    detail = {
        "packageReferenceId": reference_of(action),
        "carrierCode": code or OTHER,
        "carrierName": action.carrier or OTHER,
        "shippingMethod": options.shipping_method,
        "trackingNumber": action.tracking_number,
        "shipDate": as_text(now),
        "orderItems": [{"orderItemId": x.line_id, "quantity": x.quantity} for x in action.lines],
    }
    body = {"marketplaceId": options.marketplace_id, "packageDetail": detail}
    return Request(
        quotas.CONFIRM_SHIPMENT,
        "POST",
        f"orders/v0/orders/{path_of(action.order_id)}/shipmentConfirmation",
        body=json.dumps(body, ensure_ascii=False).encode(),
        repeatable=False,
        order_id=action.order_id,
    )


def reference_of(action: ShipParcel) -> str:
    """A positive number as text: a number of JSON is refused."""
    return str(action.number)


def seen(action: ShipParcel, order: WireOrder) -> Seen:
    """Whether the order shows the shipment."""
    told = action.tracking_number.strip()
    for package in order.packages:
        if told and package.tracking.strip() == told:
            return Seen.APPLIED
        if package.reference == reference_of(action):
            units = Counter({x.item_id: x.quantity for x in package.items})
            same = units == Counter({x.line_id: x.quantity for x in action.lines})
            unlike = told and package.tracking.strip() not in ("", told)
            return Seen.APPLIED if same and not unlike else Seen.UNCLEAR
    gone = {i.item_id: (i.fulfillment and i.fulfillment.fulfilled) or 0 for i in order.items}
    shipped = all(gone.get(x.line_id, 0) >= x.quantity for x in action.lines)
    # Shipped in a package that is not shown, or by another's hand.
    return Seen.UNCLEAR if shipped and action.lines else Seen.NOT_APPLIED
