"""The requests that actions on packages become. Pure.

Source: developers.trendyol.com, "Update package status", "Cancel package", "Update tracking
number", "Split package", "Change cargo provider", "Alternative delivery", "Invoice integration".
"""

import json
from collections.abc import Iterable
from typing import Any, assert_never

from canonical.actions import (
    AcceptParcel,
    AttachInvoice,
    CancelLines,
    ChangeCarrier,
    DeliverOtherwise,
    ReadyParcel,
    ShipParcel,
    SplitParcel,
)
from canonical.commands import ShipLine
from channels.http import Request, path_of
from channels.trendyol import quotas

ParcelAction = (
    AcceptParcel
    | ReadyParcel
    | ShipParcel
    | CancelLines
    | SplitParcel
    | ChangeCarrier
    | AttachInvoice
    | DeliverOtherwise
)

REASONS = {"out_of_stock": 500, "damaged": 501, "wrong_price": 502, "other": 504}
"""`reasonId`s; 504 is the cancel page's integration error. 503 is not known everywhere."""


def request_of(action: ParcelAction, seller_id: str) -> Request:
    """The one request of an action; an accept and a ready must name their lines by now."""
    match action:
        case AcceptParcel():
            body = _status("Picking", action.lines, {})
            return _put(action, seller_id, quotas.STATUS, (), body, urgent=True)
        case ReadyParcel():
            number = action.invoice_number
            params = {"invoiceNumber": number} if number else {}
            body = _status("Invoiced", action.lines, params)
            return _put(action, seller_id, quotas.STATUS, (), body)
        case CancelLines():
            body = {
                "lines": _lines(action.lines),
                "reasonId": REASONS[action.reason],
                # Else the successor starts at Created again.
                "shouldKeepPreviousStatus": True,
            }
            below = ("items", "unsupplied")
            return _put(action, seller_id, quotas.UNSUPPLIED, below, body, urgent=True)
        case ShipParcel():
            body = {
                "cargoSenderNumber": action.tracking_number,
                "providerCode": action.carrier,
            }
            return _put(action, seller_id, quotas.TRACKING, ("tracking-details",), body)
        case SplitParcel():
            return _split(action, seller_id)
        case ChangeCarrier():
            body = {"cargoProvider": action.carrier}
            return _put(action, seller_id, quotas.CARRIER, ("cargo-providers",), body)
        case DeliverOtherwise():
            body = {
                "isPhoneNumber": "://" not in action.tracking,
                "trackingInfo": action.tracking,
                "params": {},
            }
            return _put(action, seller_id, quotas.OTHERWISE, ("alternative-delivery",), body)
        case AttachInvoice():
            body = {"invoiceLink": action.link, "shipmentPackageId": _number(action.parcel_id)}
            if action.invoice_number:
                body["invoiceNumber"] = action.invoice_number
            path = path_of("sellers", seller_id, "seller-invoice-links")
            return _write(action, quotas.INVOICE, "POST", path, body)
        case _:
            assert_never(action)


def _split(action: SplitParcel, seller_id: str) -> Request:
    """Whole lines leave by their ids alone; units need the longer form."""
    path = path_of("order", "sellers", seller_id, "shipment-packages", action.parcel_id)
    if action.whole_lines and len(action.groups) == 1:
        ids = [_number(x.line_id) for x in action.groups[0]]
        return _write(action, quotas.SPLIT, "POST", f"{path}/split", {"orderLineIds": ids})
    body = {
        "splitPackages": [
            {
                "packageDetails": [
                    {"orderLineId": _number(x.line_id), "quantities": x.quantity} for x in group
                ]
            }
            for group in action.groups
        ],
        "shouldKeepPreviousStatus": True,
    }
    return _write(action, quotas.SPLIT, "POST", f"{path}/split-packages", body)


def _put(
    action: ParcelAction,
    seller_id: str,
    operation: str,
    below: tuple[str, ...],
    body: dict[str, Any],
    *,
    urgent: bool = False,
) -> Request:
    path = path_of("order", "sellers", seller_id, "shipment-packages", action.parcel_id, *below)
    return _write(action, operation, "PUT", path, body, urgent=urgent)


def _write(
    action: ParcelAction,
    operation: str,
    method: str,
    path: str,
    body: dict[str, Any],
    *,
    urgent: bool = False,
) -> Request:
    return Request(
        operation,
        method,
        path,
        body=json.dumps(body, ensure_ascii=False).encode(),
        repeatable=False,
        urgent=urgent,
        order_id=action.order_id,
    )


def _status(status: str, lines: Iterable[ShipLine], params: dict[str, str]) -> dict[str, Any]:
    return {"lines": _lines(lines), "params": params, "status": status}


def _lines(lines: Iterable[ShipLine]) -> list[dict[str, int | str]]:
    return [{"lineId": _number(x.line_id), "quantity": x.quantity} for x in lines]


def _number(identifier: str) -> int | str:
    """Ids are JSON numbers at Trendyol and text with us."""
    is_number = identifier.isascii() and identifier.isdecimal()
    return int(identifier) if is_number else identifier
