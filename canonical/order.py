"""The canonical order: what every marketplace's order becomes."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from canonical.identity import OrderRef
from canonical.money import Money, total
from canonical.parts import Part
from canonical.returns import Return
from canonical.states import ParcelState
from canonical.tax import Tax
from canonical.text import Text


class Funder(StrEnum):
    """Who pays for a discount."""

    SELLER = "seller"
    MARKETPLACE = "marketplace"


class FulfilledBy(StrEnum):
    """Whose warehouse it leaves."""

    SELLER = "seller"
    MARKETPLACE = "marketplace"
    """For information and finance: the marketplace keeps the stock, ships, cancels and refunds."""


class CancelRequest(Part):
    """The buyer asks for units not to be sent; `cancel`, `reject` or `ship` answers it."""

    line_ids: tuple[str, ...]
    reason: Text = ""
    """In the marketplace's or the buyer's words."""


class Discount(Part):
    """A reduction of one line or of the order, never negative."""

    funder: Funder
    amount: Money
    """For the whole line or order, not per unit."""


class ChargeKind(StrEnum):
    SHIPPING = "shipping"
    CASH_ON_DELIVERY = "cash_on_delivery"
    GIFT_WRAP = "gift_wrap"
    SERVICE = "service"
    OTHER = "other"


class Charge(Part):
    """What the buyer pays besides goods; a line of its own, with its own tax."""

    kind: ChargeKind
    amount: Money
    tax: Tax | None = None


class Line(Part):
    """One ordered position, keyed by the channel's line id or position, never by SKU."""

    line_id: str
    channel_sku: str
    """The SKU by which the channel's listing is found (its barcode, seller SKU, ...)."""
    item_id: str | None = None
    """The internal item, through the `listings` mapping; None until it is mapped."""
    name: Text = ""
    ordered: int = Field(ge=0)
    cancelled: int = Field(default=0, ge=0)
    shipped: int = Field(default=0, ge=0)
    returned: int = Field(default=0, ge=0)
    unit_price: Money
    """Before discounts; tax is inside where the order says `prices_include_tax`."""
    line_gross: Money
    """Ordered quantity before discounts."""
    discounts: tuple[Discount, ...] = ()
    line_payable: Money
    """Ordered quantity after discounts: exact from the per-unit details where these exist."""
    tax: Tax | None = None
    note: Text = ""


class ParcelLine(Part):
    """How many units of an order's line are in a parcel."""

    line_id: str
    channel_sku: str
    quantity: int = Field(ge=0)


class Parcel(Part):
    """One package of the order, with the version by which late news is told from new."""

    parcel_id: str
    state: ParcelState
    channel_status: Text
    """The marketplace's own word for the state."""
    version: int = Field(ge=0)
    """Grows with every change of this parcel at the marketplace."""
    lines: tuple[ParcelLine, ...] = ()
    origin_parcel_ids: tuple[str, ...] = ()
    """The parcels that this one succeeds after a split or a partial cancel."""
    carrier: Text = ""
    tracking_number: str = ""
    invoice_number: str = ""
    cancel_reason: Text = ""
    seller_ships: bool = False
    """Whether the seller pays this parcel's carrier, whatever holds for the rest of the account."""


class Address(Part):
    """Where to; any part can be empty (Gulf addresses often lack a district)."""

    name: Text = ""
    company: Text = ""
    line1: Text = ""
    line2: Text = ""
    district: Text = ""
    city: Text = ""
    region: Text = ""
    postal_code: Text = ""
    short_address: Text = ""
    """The Saudi national short address, e.g. RRRD2929."""
    country: Text = ""
    phone: Text = ""

    @property
    def is_blank(self) -> bool:
        """Whether nobody could deliver there: neither street nor city."""
        return not (self.line1 or self.line2 or self.short_address) or not self.city


class Buyer(Part):
    name: Text = ""
    email: Text = ""
    phone: Text = ""
    tax_number: Text = ""


class PaymentMethod(StrEnum):
    PREPAID = "prepaid"
    CASH_ON_DELIVERY = "cash_on_delivery"
    UNKNOWN = "unknown"


class Payment(Part):
    method: PaymentMethod
    channel_method: Text = ""
    """The marketplace's own word."""
    to_collect: Money | None = None
    """What the courier takes at the door, where it is cash on delivery."""


class Order(Part):
    """What the customer placed, as of now.

    An event whose channel carries whole orders maps to a whole `Order`; one that carries a single
    parcel maps to an `Order` with that parcel and its lines only; news of a return map to one with
    that return alone. `canonical.merge` joins them.
    """

    ref: OrderRef
    placed_at: AwareDatetime
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    prices_include_tax: bool
    lines: tuple[Line, ...]
    parcels: tuple[Parcel, ...]
    returns: tuple[Return, ...] = ()
    discounts: tuple[Discount, ...] = ()
    """Of the order as a whole, beyond those of its lines."""
    charges: tuple[Charge, ...] = ()
    stated_payable: Money | None = None
    """The total that the marketplace wrote; checked against the lines, never adjusted."""
    buyer: Buyer = Buyer()
    ship_to: Address = Address()
    bill_to: Address = Address()
    payment: Payment = Payment(method=PaymentMethod.PREPAID)
    note: Text = ""
    fulfilled_by: FulfilledBy = FulfilledBy.SELLER
    cancel_request: CancelRequest | None = None
    """None where the buyer asked for nothing, or for nothing any more."""
    changed_at: AwareDatetime | None = None
    """Its last change at the marketplace, where that says so of whole orders."""
    over_at: AwareDatetime | None = None
    """From when on a shipped order counts as over although nobody told of its delivery; None: it
    waits for that."""

    @property
    def gross(self) -> Money:
        return total((line.line_gross for line in self.lines), self.currency)

    @property
    def discount(self) -> Money:
        of_lines = (d.amount for line in self.lines for d in line.discounts)
        return total(of_lines, self.currency) + total(
            (d.amount for d in self.discounts), self.currency
        )

    @property
    def payable(self) -> Money:
        """Lines after discounts, less order discounts, plus charges."""
        lines = total((line.line_payable for line in self.lines), self.currency)
        less = total((d.amount for d in self.discounts), self.currency)
        return lines - less + total((c.amount for c in self.charges), self.currency)

    @property
    def vat(self) -> Money:
        taxes = [line.tax.vat for line in self.lines if line.tax]
        taxes += [c.tax.vat for c in self.charges if c.tax]
        return total(taxes, self.currency)
