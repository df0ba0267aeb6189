"""The field names used before the renames announced 2025-12-08 (International announcement 2)."""

from typing import Any

PACKAGE = {
    "shipmentPackageId": "id",
    "packageGrossAmount": "grossAmount",
    "packageSellerDiscount": "totalDiscount",
    "packageTyDiscount": "totalTyDiscount",
    "packageTotalPrice": "totalPrice",
}
LINE = {
    "lineId": "id",
    "stockCode": "merchantSku",
    "sellerId": "merchantId",
    "lineGrossAmount": "amount",
    "lineSellerDiscount": "discount",
    "lineTyDiscount": "tyDiscount",
    "lineUnitPrice": "price",
    "contentId": "productCode",
    "vatRate": "vatBaseAmount",
}
UNIT = {"lineItemSellerDiscount": "lineItemDiscount"}


def with_old_names(package: dict[str, Any]) -> dict[str, Any]:
    """The package under its old names alone; fields that were new then are left out."""
    old = _renamed(package, PACKAGE)
    old.pop("packageTotalDiscount", None)
    old["lines"] = [_old_line(line) for line in package["lines"]]
    return old


def _old_line(line: dict[str, Any]) -> dict[str, Any]:
    old = _renamed(line, LINE)
    old.pop("lineTotalDiscount", None)
    old["discountDetails"] = [_renamed(unit, UNIT) for unit in line["discountDetails"]]
    return old


def _renamed(fields: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in fields.items()}
