"""Packages as the orders API and the webhooks show them."""

import json
from decimal import Decimal
from typing import Any

from sandbox.trendyol import money
from sandbox.trendyol.clock import DAY_MS, ISTANBUL_SHIFT_MS
from sandbox.trendyol.model import Line, Package
from sandbox.trendyol.old_names import with_old_names


def package_json(package: Package, old_names: bool = False) -> str:
    """The package's JSON text, rendered once per change."""
    old = old_names or package.old_names
    if old not in package._wire:
        wire = package_wire(package)
        package._wire[old] = dumps(with_old_names(wire) if old else wire)
    return package._wire[old]


def dumps(value: object) -> str:
    """Compact JSON, non-ASCII as it stands, Decimal as a JSON number."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> float:
    if isinstance(value, Decimal):
        return money.double(value)
    raise TypeError(f"{type(value).__name__} has no wire form")


def package_wire(package: Package) -> dict[str, Any]:
    """The full package object of the orders API (section 5)."""
    wire: dict[str, Any] = {
        "shipmentPackageId": package.package_id,
        "orderNumber": package.order_number,
        "status": package.status,
        "shipmentPackageStatus": package.status,
        "supplierId": int(package.seller),
        "orderDate": package.ordered_at + ISTANBUL_SHIFT_MS,
        "originShipmentDate": package.ordered_at,
        "lastModifiedDate": package.modified_at,
        "agreedDeliveryDate": package.ordered_at + 2 * DAY_MS,
        "currencyCode": package.currency,
        **_totals(package.lines),
        "customerId": 40_000_000 + package.package_id % 1_000_000,
        "customerEmail": f"pf+{package.order_number}@mail.example",
        "customerFirstName": package.person.first_name,
        "customerLastName": package.person.last_name,
        "commercial": False,
        "micro": False,
        "isCod": package.is_cod,
        "deliveryAddressType": "Shipment",
        "fastDelivery": False,
        "cargoProviderName": package.cargo_provider,
        "cargoTrackingNumber": package.cargo_tracking_number,
        "cargoSenderNumber": package.cargo_sender_number,
        "cargoTrackingLink": package.tracking_link,
        "invoiceStatus": "Invoiced" if package.invoice_number else "NotInvoiced",
        "invoiceNumber": package.invoice_number,
        "invoiceLink": package.invoice_link,
        "createdBy": package.created_by,
        "originPackageIds": package.origin_package_ids,
        "giftBoxRequested": False,
        "3pByTrendyol": False,
        "containsDangerousProduct": False,
        "packageHistories": [
            {"createdDate": step.at, "status": step.status} for step in package.history
        ],
        "shipmentAddress": _address(package, 12_695_298),
        "invoiceAddress": _address(package, 12_695_297) | {"company": ""},
        "lines": [_line(package, line) for line in package.lines],
    }
    if package.seller_pays_cargo:
        wire["whoPays"] = 1
    return _bare(wire) if package.bare else wire | package.overrides


ALWAYS = frozenset(
    {
        "shipmentPackageId", "orderNumber", "status", "lastModifiedDate", "orderDate",
        "currencyCode", "packageTotalPrice", "lines", "lineId", "quantity", "barcode",
        "lineGrossAmount", "lineUnitPrice",
    }
)  # fmt: skip
"""ASSUMED: fields without which a package or a line would say nothing."""


def _bare(wire: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in wire.items() if name in ALWAYS}
    if "lines" in shown:
        shown["lines"] = [_bare(line) for line in shown["lines"]]
    return shown


def _totals(lines: list[Line]) -> dict[str, float]:
    gross = sum((line.unit_gross * line.quantity for line in lines), Decimal(0))
    units = [unit for line in lines for unit in line.units]
    seller = sum((unit.seller_discount for unit in units), Decimal(0))
    trendyol = sum((unit.trendyol_discount for unit in units), Decimal(0))
    return {
        "packageGrossAmount": money.double(gross),
        "packageSellerDiscount": money.double(seller),
        "packageTyDiscount": money.double(trendyol),
        "packageTotalDiscount": money.double(seller + trendyol),
        "packageTotalPrice": money.double(gross - seller - trendyol),
    }


def _address(package: Package, number: int) -> dict[str, Any]:
    person = package.person
    shown = {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "fullName": person.full_name,
        "address1": person.street,
        "city": person.city,
        "district": person.district,
        "stateName": person.province,
        "shortAddress": person.short_address,
        "postalCode": person.postal_code,
        "phone": person.phone,
        "fullAddress": f"{person.street} {person.city}",
    }
    if package.address_hidden:
        shown = dict.fromkeys(shown, "")
    return {"id": number, **shown, "countryCode": person.country}


def _line(package: Package, line: Line) -> dict[str, Any]:
    price = money.mean_unit_price(line)
    trendyol = money.mean_trendyol_discount(line)
    discount = line.unit_gross - price
    wire = {
        "lineId": line.line_id,
        "quantity": line.quantity,
        "barcode": line.barcode,
        "stockCode": line.stock_code,
        "contentId": line.content_id,
        "sellerId": int(package.seller),
        "productName": line.name,
        "productSize": " Tek Ebat",
        "productColor": "",
        "currencyCode": package.currency,
        "vatRate": money.rate(line.vat_rate),
        "lineGrossAmount": money.double(line.unit_gross),
        "lineSellerDiscount": money.double(discount - trendyol),
        "lineTyDiscount": money.double(trendyol),
        "lineTotalDiscount": money.double(discount),
        "lineUnitPrice": money.double(price),
        "discountDetails": [
            {
                "lineItemPrice": money.double(money.unit_price(line, unit)),
                "lineItemSellerDiscount": money.double(unit.seller_discount),
                "lineItemTyDiscount": money.double(unit.trendyol_discount),
            }
            for unit in line.units
        ],
        "fastDeliveryOptions": [],
        "commission": 13,
        "orderLineItemStatusName": line.status,
        "cancelledBy": line.cancelled_by,
        "cancelReason": line.cancel_reason,
        "cancelReasonCode": line.cancel_code,
    }
    return wire | line.extra
