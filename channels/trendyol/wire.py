"""What Trendyol sends, as far as we read it.

Names are those announced on 2025-12-08; each renamed field falls back to its old name. Source:
developers.trendyol.com, "Get shipment packages", and the announcement of the renames.
"""

from typing import Any

from pydantic import AliasChoices, Field, ValidationError

from channels import jsontext
from channels.trendyol.abilities import CHANNEL
from channels.wiretypes import (
    Amount,
    Currency,
    Identifier,
    LooseText,
    Millis,
    Problem,
    Quantity,
    Rate,
    Whole,
    WireModel,
    Word,
    contract_error,
    problems_of,
)

LINES_LIMIT = 1_000
LINE_TOTAL_LIMIT = 10_000_000_000
"""In the order's currency; beyond it sums would outgrow what a database holds."""


def _renamed(new: str, old: str) -> Any:
    return Field(validation_alias=AliasChoices(new, old))


def _renamed_or_none(new: str, old: str) -> Any:
    return Field(default=None, validation_alias=AliasChoices(new, old))


class UnitDetail(WireModel):
    """One unit of a line; the sum over the units is exact, quantity times unit price is not."""

    price: Amount | None = Field(default=None, validation_alias="lineItemPrice")
    seller_discount: Amount | None = _renamed_or_none("lineItemSellerDiscount", "lineItemDiscount")
    marketplace_discount: Amount | None = Field(default=None, validation_alias="lineItemTyDiscount")


class WireLine(WireModel):
    """One position. All money is per unit."""

    line_id: Identifier = _renamed("lineId", "id")
    quantity: Quantity
    barcode: Identifier
    stock_code: LooseText = Field(
        default="", validation_alias=AliasChoices("stockCode", "merchantSku")
    )
    name: LooseText = Field(default="", validation_alias="productName")
    currency: Currency | None = Field(default=None, validation_alias="currencyCode")
    vat_rate: Rate | None = _renamed_or_none("vatRate", "vatBaseAmount")
    unit_gross: Amount = _renamed("lineGrossAmount", "amount")
    unit_seller_discount: Amount | None = _renamed_or_none("lineSellerDiscount", "discount")
    unit_marketplace_discount: Amount | None = _renamed_or_none("lineTyDiscount", "tyDiscount")
    unit_payable: Amount = _renamed("lineUnitPrice", "price")
    units: tuple[UnitDetail, ...] = Field(default=(), validation_alias="discountDetails")
    status: LooseText = Field(default="", validation_alias="orderLineItemStatusName")
    cancel_reason: LooseText = Field(default="", validation_alias="cancelReason")


class AddressLines(WireModel):
    line1: LooseText = Field(default="", validation_alias="addressLine1")
    line2: LooseText = Field(default="", validation_alias="addressLine2")


class WireAddress(WireModel):
    """Any part may be empty or absent; in the Gulf often the district."""

    full_name: LooseText = Field(default="", validation_alias="fullName")
    first_name: LooseText = Field(default="", validation_alias="firstName")
    last_name: LooseText = Field(default="", validation_alias="lastName")
    company: LooseText = ""
    address1: LooseText = ""
    address2: LooseText = ""
    address_lines: AddressLines = Field(
        default_factory=AddressLines, validation_alias="addressLines"
    )
    full_address: LooseText = Field(default="", validation_alias="fullAddress")
    neighborhood: LooseText = ""
    district: LooseText = ""
    city: LooseText = ""
    state: LooseText = Field(default="", validation_alias="stateName")
    postal_code: LooseText = Field(default="", validation_alias="postalCode")
    short_address: LooseText = Field(default="", validation_alias="shortAddress")
    country: LooseText = Field(default="", validation_alias="countryCode")
    phone: LooseText = ""
    tax_number: LooseText = Field(default="", validation_alias="taxNumber")


class History(WireModel):
    at: Millis = Field(validation_alias="createdDate")
    status: LooseText = ""


class Package(WireModel):
    """A shipment package: what a webhook, the stream and `v2/orders` all bring."""

    package_id: Identifier = _renamed("shipmentPackageId", "id")
    order_number: Identifier = Field(validation_alias="orderNumber")
    status: Word
    modified: Millis = Field(validation_alias="lastModifiedDate")
    ordered: Millis = Field(validation_alias="orderDate")
    """Not UTC: three hours later."""
    origin_shipment: Millis | None = Field(default=None, validation_alias="originShipmentDate")
    currency: Currency = Field(validation_alias="currencyCode")
    total: Amount = _renamed("packageTotalPrice", "totalPrice")
    lines: tuple[WireLine, ...]
    first_name: LooseText = Field(default="", validation_alias="customerFirstName")
    last_name: LooseText = Field(default="", validation_alias="customerLastName")
    email: LooseText = Field(default="", validation_alias="customerEmail")
    tax_number: LooseText = Field(default="", validation_alias="taxNumber")
    cash_on_delivery: bool = Field(default=False, validation_alias="isCod", strict=True)
    carrier: LooseText = Field(default="", validation_alias="cargoProviderName")
    tracking_number: LooseText = Field(default="", validation_alias="cargoTrackingNumber")
    sender_number: LooseText = Field(default="", validation_alias="cargoSenderNumber")
    invoice_number: LooseText = Field(default="", validation_alias="invoiceNumber")
    invoice_link: LooseText = Field(default="", validation_alias="invoiceLink")
    who_pays: LooseText = Field(default="", validation_alias="whoPays")
    """`1` where the seller pays the carrier, else absent."""
    created_by: LooseText = Field(default="", validation_alias="createdBy")
    origins: tuple[Identifier, ...] = Field(default=(), validation_alias="originPackageIds")
    histories: tuple[History, ...] = Field(default=(), validation_alias="packageHistories")
    ship_to: WireAddress = Field(default_factory=WireAddress, validation_alias="shipmentAddress")
    bill_to: WireAddress = Field(default_factory=WireAddress, validation_alias="invoiceAddress")


class StreamPage(WireModel):
    has_more: bool = Field(validation_alias="hasMore", strict=True)
    next_cursor: str = Field(default="", validation_alias="nextCursor")
    content: tuple[Any, ...]


class OrdersPage(WireModel):
    total_pages: Whole = Field(default=1, validation_alias="totalPages")
    content: tuple[Any, ...]


class Hook(WireModel):
    hook_id: Identifier = Field(validation_alias="id")
    url: str
    status: str = ""


def read_package(body: bytes, account: str) -> Package:
    """Reads one package.

    Raises:
        ContractError: Naming each field that does not fit, never its value.
    """
    try:
        value = jsontext.parse(body)
    except jsontext.NotJsonError as e:
        raise contract_error(CHANNEL, account, "read_package", [("", str(e))]) from None
    try:
        package = Package.model_validate(value)
        problems = list(_cross_checks(package))
    except ValidationError as e:
        problems = problems_of(e)
    if problems:
        raise contract_error(CHANNEL, account, "read_package", problems, _order_number(value))
    return package


def _cross_checks(package: Package) -> list[Problem]:
    """What no single field can tell."""
    found: list[Problem] = []
    if len(package.lines) > LINES_LIMIT:
        found.append(("lines", f"more than {LINES_LIMIT} of them"))
    seen: set[str] = set()
    for number, line in enumerate(package.lines):
        if line.line_id in seen:
            found.append((f"lines.{number}.lineId", "stands twice in the package"))
        seen.add(line.line_id)
        if line.currency not in (None, package.currency):
            found.append((f"lines.{number}.currencyCode", "is not the package's currency"))
        dearest = max(
            line.unit_gross,
            line.unit_payable,
            line.unit_seller_discount or 0,
            line.unit_marketplace_discount or 0,
        )
        if line.quantity * dearest > LINE_TOTAL_LIMIT:
            found.append((f"lines.{number}.quantity", "makes an impossible total"))
    return found


def _order_number(value: Any) -> str | None:
    """The order's number of a package that is otherwise unreadable, for the error alone."""
    number = value.get("orderNumber") if isinstance(value, dict) else None
    fits = isinstance(number, str) and number.isprintable() and 0 < len(number) <= 100
    return number if fits else None
