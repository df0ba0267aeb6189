"""What Orders 2026-01-01 sends, as far as we read it.

Source: Amazon's public model `orders_2026-01-01.json`. Unknown fields and unknown words are taken;
what the model requires is required, and nulls count as absent.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import AwareDatetime, BeforeValidator, Field, ValidationError

from canonical.text import NO_CONTROLS
from channels import jsontext
from channels.amazon.abilities import CHANNEL
from channels.wiretypes import (
    AMOUNT_LIMIT,
    QUANTITY_LIMIT,
    Currency,
    Identifier,
    LooseText,
    Problem,
    Whole,
    WireModel,
    Word,
    contract_error,
    problems_of,
)

LINES_LIMIT = 1_000
LINE_TOTAL_LIMIT = 10_000_000_000

_DIGITS_LIMIT = 30


def _decimal(value: object) -> object:
    """An amount as text, which is how Amazon writes it; a bare number is taken too."""
    if isinstance(value, str) and len(value) <= _DIGITS_LIMIT and value.isascii():
        try:
            value = Decimal(value.strip())
        except ArithmeticError:
            raise ValueError("must be a decimal number as text") from None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a decimal number as text")
    number = Decimal(value)
    if not number.is_finite() or abs(number) > AMOUNT_LIMIT:
        raise ValueError(f"must lie within {AMOUNT_LIMIT} of zero")
    return number.quantize(Decimal("0.0001")) + 0


def _moment(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("must be a time as text")
    return value


Signed: TypeAlias = Annotated[Decimal, BeforeValidator(_decimal)]
Moment: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_moment)]
Units: TypeAlias = Annotated[Whole, Field(ge=0, le=QUANTITY_LIMIT)]


class Amount(WireModel):
    amount: Signed
    currency: Currency = Field(validation_alias="currencyCode")


class DetailRow(WireModel):
    subtype: LooseText = ""
    value: Amount | None = None


class ProceedsRow(WireModel):
    type: LooseText
    subtotal: Amount
    details: tuple[DetailRow, ...] = Field(default=(), validation_alias="detailedBreakdowns")


class ItemProceeds(WireModel):
    total: Amount | None = Field(default=None, validation_alias="proceedsTotal")
    rows: tuple[ProceedsRow, ...] = Field(default=(), validation_alias="breakdowns")


class OrderProceeds(WireModel):
    total: Amount | None = Field(default=None, validation_alias="grandTotal")


class ItemPrice(WireModel):
    unit: Amount | None = Field(default=None, validation_alias="unitPrice")
    """Of one unit; v0 had the whole line here."""


class Product(WireModel):
    asin: LooseText = ""
    title: LooseText = ""
    sku: LooseText = Field(default="", validation_alias="sellerSku")
    price: ItemPrice = Field(default_factory=ItemPrice)


class GiftOption(WireModel):
    message: LooseText = Field(default="", validation_alias="giftMessage")


class Packing(WireModel):
    gift: GiftOption = Field(default_factory=GiftOption, validation_alias="giftOption")


class ItemFulfillment(WireModel):
    fulfilled: Units | None = Field(default=None, validation_alias="quantityFulfilled")
    unfulfilled: Units | None = Field(default=None, validation_alias="quantityUnfulfilled")
    packing: Packing = Field(default_factory=Packing)


class CancelAsked(WireModel):
    requester: LooseText = ""
    reason: LooseText = Field(default="", validation_alias="cancelReason")


class CancelDone(WireModel):
    by: LooseText = Field(default="", validation_alias="cancelledBy")
    reason: LooseText = Field(default="", validation_alias="cancelReason")


class Cancellation(WireModel):
    asked: CancelAsked | None = Field(default=None, validation_alias="cancellationRequest")
    done: CancelDone | None = Field(default=None, validation_alias="cancellationExecution")


class Item(WireModel):
    item_id: Identifier = Field(validation_alias="orderItemId")
    ordered: Units = Field(validation_alias="quantityOrdered")
    product: Product
    proceeds: ItemProceeds = Field(default_factory=ItemProceeds)
    cancellation: Cancellation = Field(default_factory=Cancellation)
    fulfillment: ItemFulfillment | None = None


class PackageItem(WireModel):
    item_id: Identifier = Field(validation_alias="orderItemId")
    quantity: Units


class PackageStatus(WireModel):
    status: Word


class Package(WireModel):
    reference: Identifier = Field(validation_alias="packageReferenceId")
    status: PackageStatus | None = Field(default=None, validation_alias="packageStatus")
    carrier: LooseText = ""
    tracking: LooseText = Field(default="", validation_alias="trackingNumber")
    items: tuple[PackageItem, ...] = Field(default=(), validation_alias="packageItems")


class Window(WireModel):
    latest: Moment | None = Field(default=None, validation_alias="latestDateTime")


class Fulfillment(WireModel):
    status: Word = Field(validation_alias="fulfillmentStatus")
    by: LooseText = Field(default="", validation_alias="fulfilledBy")
    deliver_by: Window = Field(default_factory=Window, validation_alias="deliverByWindow")
    ship_by: Window = Field(default_factory=Window, validation_alias="shipByWindow")


class SalesChannel(WireModel):
    name: LooseText = Field(validation_alias="channelName")
    marketplace_id: LooseText = Field(default="", validation_alias="marketplaceId")


class Buyer(WireModel):
    name: LooseText = Field(default="", validation_alias="buyerName")
    email: LooseText = Field(default="", validation_alias="buyerEmail")
    company: LooseText = Field(default="", validation_alias="buyerCompanyName")


class WireAddress(WireModel):
    name: LooseText = ""
    company: LooseText = Field(default="", validation_alias="companyName")
    line1: LooseText = Field(default="", validation_alias="addressLine1")
    line2: LooseText = Field(default="", validation_alias="addressLine2")
    line3: LooseText = Field(default="", validation_alias="addressLine3")
    city: LooseText = ""
    district: LooseText = Field(default="", validation_alias="districtOrCounty")
    region: LooseText = Field(default="", validation_alias="stateOrRegion")
    municipality: LooseText = ""
    postal_code: LooseText = Field(default="", validation_alias="postalCode")
    country: LooseText = Field(default="", validation_alias="countryCode")
    phone: LooseText = ""


class DeliveryPreference(WireModel):
    instruction: LooseText = Field(default="", validation_alias="addressInstruction")


class Recipient(WireModel):
    address: WireAddress = Field(default_factory=WireAddress, validation_alias="deliveryAddress")
    preference: DeliveryPreference = Field(
        default_factory=DeliveryPreference, validation_alias="deliveryPreference"
    )


class PaymentExecution(WireModel):
    method: LooseText = Field(default="", validation_alias="paymentMethod")
    amount: Amount | None = Field(default=None, validation_alias="paymentAmount")


class WirePayment(WireModel):
    executions: tuple[PaymentExecution, ...] = Field(
        default=(), validation_alias="paymentExecutions"
    )


class TaxRegistration(WireModel):
    entity: LooseText = Field(default="", validation_alias="entityType")
    number: LooseText = Field(default="", validation_alias="taxRegistrationNumber")
    address: WireAddress = Field(
        default_factory=WireAddress, validation_alias="taxRegistrationAddress"
    )


class OrderTax(WireModel):
    registrations: tuple[TaxRegistration, ...] = Field(
        default=(), validation_alias="taxRegistrations"
    )


class WireOrder(WireModel):
    order_id: Identifier = Field(validation_alias="orderId", pattern=NO_CONTROLS)
    created: Moment = Field(validation_alias="createdTime")
    updated: Moment = Field(validation_alias="lastUpdatedTime")
    sales_channel: SalesChannel = Field(validation_alias="salesChannel")
    programs: tuple[LooseText, ...] = ()
    buyer: Buyer = Field(default_factory=Buyer)
    recipient: Recipient = Field(default_factory=Recipient)
    proceeds: OrderProceeds = Field(default_factory=OrderProceeds)
    payment: WirePayment = Field(default_factory=WirePayment)
    tax: OrderTax = Field(default_factory=OrderTax)
    fulfillment: Fulfillment | None = None
    items: tuple[Item, ...] = Field(validation_alias="orderItems")
    packages: tuple[Package, ...] = ()


class Pagination(WireModel):
    next_token: str = Field(default="", validation_alias="nextToken")


class SearchPage(WireModel):
    orders: tuple[Any, ...]
    pagination: Pagination = Field(default_factory=Pagination)
    updated_before: Moment | None = Field(default=None, validation_alias="lastUpdatedBefore")


def read_order(body: bytes, account: str) -> WireOrder:
    """Reads one order: alone, or as `getOrder` wraps it.

    Raises:
        ContractError: Naming each field that does not fit, never its value.
    """
    order_id = None
    try:
        value = jsontext.parse(body)
        if isinstance(value, dict) and isinstance(value.get("order"), dict):
            value = value["order"]
        order_id = _order_number(value)
        order = WireOrder.model_validate(value)
        problems = list(_cross_checks(order))
    except jsontext.NotJsonError as e:
        problems = [("", str(e))]
    except ValidationError as e:
        problems = problems_of(e)
    if problems:
        raise contract_error(CHANNEL, account, "read_order", problems, order_id)
    return order


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def _cross_checks(order: WireOrder) -> list[Problem]:
    """What no single field can tell."""
    found: list[Problem] = []
    if len(order.items) > LINES_LIMIT:
        found.append(("orderItems", f"more than {LINES_LIMIT} of them"))
    seen: set[str] = set()
    currencies = {a.currency for a in amounts_of(order)}
    if len(currencies) > 1:
        found.append(("proceeds", "amounts in several currencies"))
    for number, item in enumerate(order.items):
        if item.item_id in seen:
            found.append((f"orderItems.{number}.orderItemId", "stands twice in the order"))
        seen.add(item.item_id)
        unit = item.product.price.unit
        if unit is not None and unit.amount * item.ordered > LINE_TOTAL_LIMIT:
            found.append((f"orderItems.{number}.quantityOrdered", "makes an impossible total"))
    packages = [p.reference for p in order.packages]
    if len(set(packages)) < len(packages):
        found.append(("packages", "two with one packageReferenceId"))
    return found


def amounts_of(order: WireOrder) -> list[Amount]:
    """All money in an order."""
    found = [order.proceeds.total]
    for item in order.items:
        found += [item.product.price.unit, item.proceeds.total]
        found += [row.subtotal for row in item.proceeds.rows]
    return [amount for amount in found if amount is not None]


def _order_number(value: Any) -> str | None:
    """The order's number of one that is otherwise unreadable, for the error alone."""
    number = value.get("orderId") if isinstance(value, dict) else None
    fits = isinstance(number, str) and number.isprintable() and 0 < len(number) <= 100
    return number if fits else None
