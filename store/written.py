"""From a canonical order to the rows that keep it."""

import json
from decimal import Decimal
from typing import Any

from canonical.checks import totals_problem
from canonical.order import Funder, Line, Order
from canonical.states import order_state
from canonical.telling import digest_of


def order_columns(order: Order, version: int) -> dict[str, Any]:
    """Columns of `orders` that follow from the order, but for its sealed whole."""
    return {
        "state": order_state(p.state for p in order.parcels).value,
        "version": version,
        "currency": order.currency,
        "prices_include_tax": order.prices_include_tax,
        "placed_at": order.placed_at,
        "gross": order.gross.amount,
        "discount": order.discount.amount,
        "payable": order.payable.amount,
        "vat": order.vat.amount,
        "payment_method": order.payment.method.value,
        "totals_problem": totals_problem(order),
        "digest": digest_of(order),
        # Of what has no parcel yet nothing is known, neither the address.
        "address_blank": bool(order.parcels) and order.ship_to.is_blank,
        "fulfilled_by": order.fulfilled_by.value,
        "changed_at": order.changed_at,
        "over_at": order.over_at,
    }


def line_rows(order: Order) -> list[dict[str, Any]]:
    """One row for each line."""
    return [
        {
            "line_id": line.line_id,
            "channel_sku": line.channel_sku,
            "item_id": line.item_id,
            "name": line.name,
            "ordered": line.ordered,
            "cancelled": line.cancelled,
            "shipped": line.shipped,
            "returned": line.returned,
            "unit_price": line.unit_price.amount,
            "line_gross": line.line_gross.amount,
            "discount_seller": _discount(line, Funder.SELLER),
            "discount_marketplace": _discount(line, Funder.MARKETPLACE),
            "line_payable": line.line_payable.amount,
            "tax_rate": line.tax.rate if line.tax else None,
            "vat": line.tax.vat.amount if line.tax else None,
        }
        for line in order.lines
    ]


def parcel_rows(order: Order) -> list[dict[str, Any]]:
    """One row for each parcel."""
    return [
        {
            "parcel_id": parcel.parcel_id,
            "state": parcel.state.value,
            "channel_status": parcel.channel_status,
            "version": parcel.version,
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "invoice_number": parcel.invoice_number,
            "origin_parcel_ids": json.dumps(parcel.origin_parcel_ids, ensure_ascii=False),
            "seller_ships": parcel.seller_ships,
        }
        for parcel in order.parcels
    ]


def parcel_line_rows(order: Order) -> list[dict[str, Any]]:
    """One row for each line in a parcel; a line that a parcel names twice is one."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for parcel in order.parcels:
        for part in parcel.lines:
            key = parcel.parcel_id, part.line_id
            if key in rows:
                rows[key]["quantity"] += part.quantity
            else:
                rows[key] = {
                    "parcel_id": parcel.parcel_id,
                    "line_id": part.line_id,
                    "channel_sku": part.channel_sku,
                    "quantity": part.quantity,
                }
    return list(rows.values())


def return_rows(order: Order) -> list[dict[str, Any]]:
    """One row for each return. The customer's own words stay with the sealed order."""
    return [
        {
            "return_id": item.return_id,
            "state": item.state.value,
            "version": item.version,
            "units": sum(x.quantity for x in item.items),
            "requested_at": item.requested_at,
            "answer_by": item.answer_by,
            "items": json.dumps(
                [x.model_dump(mode="json", exclude={"note"}) for x in item.items],
                ensure_ascii=False,
            ),
        }
        for item in order.returns
    ]


def _discount(line: Line, funder: Funder) -> Decimal:
    return sum((d.amount.amount for d in line.discounts if d.funder is funder), Decimal(0))
