"""What the sandbox holds of a package: the state behind the API's rendering."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, PrivateAttr


class Unit(BaseModel):
    """The discounts of one single unit of a line."""

    seller_discount: Decimal = Decimal(0)
    trendyol_discount: Decimal = Decimal(0)


class Line(BaseModel):
    """A line of a package; `plan_line` points at the line of the order as it was placed."""

    line_id: int
    plan_line: int
    barcode: str
    stock_code: str
    content_id: int
    name: str
    vat_rate: Decimal
    unit_gross: Decimal
    units: list[Unit]
    status: str
    cancel_reason: str = ""
    cancel_code: int = 0
    cancelled_by: str = ""
    extra: dict[str, Any] = {}

    @property
    def quantity(self) -> int:
        """Units of this line in this package."""
        return len(self.units)


class Person(BaseModel):
    """The customer and where the parcel goes."""

    first_name: str
    last_name: str
    phone: str
    street: str
    district: str
    city: str
    province: str
    short_address: str
    postal_code: str
    country: str

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class Step(BaseModel):
    """A status that the package has had."""

    status: str
    at: int


class Package(BaseModel):
    """A shipment package. Times are epoch milliseconds UTC."""

    seller: str
    package_id: int
    order_number: str
    storefront: str
    currency: str
    status: str
    ordered_at: int
    created_at: int
    modified_at: int
    history: list[Step]
    lines: list[Line]
    person: Person
    cargo_provider: str
    cargo_tracking_number: int
    cargo_sender_number: str = ""
    tracking_link: str = ""
    invoice_number: str = ""
    invoice_link: str = ""
    created_by: str = "order-creation"
    origin_package_ids: list[int] | None = None
    is_cod: bool = False
    seller_pays_cargo: bool = False
    carrier_drives: bool = True
    cancel_at: str | None = None
    part_cancel_at: str | None = None
    split_at: str | None = None
    old_names: bool = False
    address_hidden: bool = False
    bare: bool = False
    """Shown without any field that the documentation calls optional."""
    alternative_since: int | None = None
    plan: int | None = None
    detours: list[str] = []
    ends_as: str = "Delivered"
    claimed: bool = False
    overrides: dict[str, Any] = {}

    _wire: dict[bool, str] = PrivateAttr(default_factory=dict)

    def line(self, line_id: int) -> Line | None:
        """The line of that id, or None."""
        return next((line for line in self.lines if line.line_id == line_id), None)
