"""What the sandbox holds of an order: the state behind both renderings."""

from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel

from sandbox.amazon.statuses import (
    CANCELLED,
    OPEN,
    PARTIALLY_SHIPPED,
    SHIPPED,
    UNSHIPPED,
)

CENT = Decimal("0.01")
NOUGHT = Decimal(0)


class Item(BaseModel):
    """A line of an order. Money is for the whole line unless it says unit; VAT is inside."""

    item_id: str
    sku: str
    asin: str
    title: str
    quantity: int
    unit_price: Decimal
    vat_rate: Decimal
    shipping: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    promotion_id: str = ""
    cod_fee: Decimal = Decimal(0)
    shipped: int = 0
    cancelled: int = 0
    returned: int = 0
    cancel_request: str = ""
    """The buyer's reason, while the buyer asks for a cancellation."""
    cancelled_by: str = ""
    cancel_reason: str = ""
    refunds: list[Decimal] = []

    @property
    def refunded(self) -> Decimal:
        """What went back to the buyer so far."""
        return sum(self.refunds, Decimal(0))

    @property
    def price(self) -> Decimal:
        """The line's price: v0's ItemPrice."""
        return self.unit_price * self.quantity

    @property
    def total(self) -> Decimal:
        """What the buyer pays for the line."""
        return self.price + self.shipping + self.cod_fee - self.discount

    def of_kept(self) -> "Item":
        """The line without its cancelled units; the discount goes with them, the charges stay."""
        if not self.cancelled:
            return self
        kept = self.quantity - self.cancelled
        discount = (self.discount * kept / self.quantity).quantize(CENT, ROUND_HALF_UP)
        gone: dict[str, Decimal] = {} if kept else {"shipping": NOUGHT, "cod_fee": NOUGHT}
        changes = {"quantity": kept, "cancelled": 0, "discount": discount, **gone}
        return self.model_copy(update=changes)

    @property
    def open(self) -> int:
        """Units that are neither shipped nor cancelled."""
        return self.quantity - self.shipped - self.cancelled


class Person(BaseModel):
    """The buyer and where the parcel goes."""

    name: str
    email: str
    phone: str
    line1: str
    line2: str
    city: str
    district: str
    region: str
    postal_code: str


class Package(BaseModel):
    """A package that the seller, or Amazon, sent."""

    reference: str
    carrier: str
    method: str
    tracking: str
    shipped_at: int
    items: dict[str, int]


class Schedule(BaseModel):
    """An Easy Ship package: when it is handed over, and how it stands."""

    package_id: str
    slot_id: str
    start: int
    end: int
    method: str = "PICKUP"
    tracking: str
    status: str = "ReadyForPickup"


class Return(BaseModel):
    """Units of an FBA order that came back to Amazon's warehouse."""

    item_id: str
    quantity: int
    at: int
    sellable: bool
    reason: str
    plate: str


class Fate(BaseModel):
    """What happens to an order without the seller: decided when it is placed."""

    pays: bool = True
    buyer_cancels: bool = False
    """The buyer cancels it while it is not shipped, without asking the seller."""
    buyer_asks_cancel: str = ""
    """The buyer's reason to ask; empty: they never do."""
    partly_first: bool = False
    """Amazon's own warehouse sends it in two parts."""
    refused: bool = False
    """The buyer refuses an Easy Ship parcel."""
    returned: bool = False
    """Units of an FBA order come back."""
    carrier: bool = True
    """Whether the carriers move it by themselves; else the operator does."""


class Order(BaseModel):
    """An order of one seller. Times are epoch milliseconds UTC."""

    seller: str
    order_id: str
    channel: str
    """MFN or AFN."""
    easy_ship: bool = False
    status: str
    purchased_at: int
    updated_at: int
    ship_from: int
    ship_by: int
    deliver_from: int
    deliver_by: int
    items: list[Item]
    person: Person
    currency: str = "SAR"
    cod: bool = False
    business: bool = False
    bare: bool = False
    """Shown without anything that the models call optional."""
    seller_order_id: str = ""
    easy_ship_status: str = ""
    schedule: Schedule | None = None
    packages: list[Package] = []
    returns: list[Return] = []
    plan: int | None = None
    fate: Fate = Fate()

    def item(self, item_id: str) -> Item | None:
        """The item of that id."""
        return next((each for each in self.items if each.item_id == item_id), None)

    def package(self, reference: str) -> Package | None:
        """The package of that reference."""
        return next((each for each in self.packages if each.reference == reference), None)

    @property
    def total(self) -> Decimal:
        """What the buyer pays for what has not been cancelled."""
        return sum((item.of_kept().total for item in self.items), NOUGHT)

    def settle(self) -> None:
        """Brings the status in line with the items' units."""
        if self.status not in OPEN and self.status != SHIPPED:
            return
        if any(item.open for item in self.items):
            shipped = any(item.shipped for item in self.items)
            self.status = PARTIALLY_SHIPPED if shipped else UNSHIPPED
        else:
            gone = all(item.cancelled == item.quantity for item in self.items)
            self.status = CANCELLED if gone else SHIPPED
