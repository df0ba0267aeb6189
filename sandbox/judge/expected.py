"""What must be true of the platform's tables and of the ERP, in no marketplace's own words."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class ExpectedLine:
    """One position as placed, and what became of its units. Money in the order's currency."""

    line_id: str
    skus: frozenset[str]
    """The marketplace's codes of the product; any of them may be the one that listings go by."""
    ordered: int
    cancelled: int
    shipped: int
    returned: int
    unit_price: Decimal
    gross: Decimal
    discount_seller: Decimal
    discount_marketplace: Decimal
    payable: Decimal
    tax_rate: Decimal
    """Per cent."""
    vat: Decimal
    twins: str = ""
    """Set where the marketplace's data do not tell which of several lines of one product lost or
    kept its units: then `cancelled`, `shipped` and `returned` hold for all lines with this word
    together."""


@dataclass(frozen=True)
class ExpectedParcel:
    """One package in the platform's words for states."""

    parcel_id: str
    state: str
    lines: dict[str, int]
    """Quantity by line id, as the marketplace shows the package."""
    origins: frozenset[str] = frozenset()
    """Ids of the packages that it carries on."""
    steps_after_death: tuple[str, ...] = ()
    """What happened to it after it was cancelled or replaced; anything is a fault."""


@dataclass(frozen=True)
class ExpectedReturn:
    """One request of a customer in the platform's words for states."""

    return_id: str
    state: str
    items: dict[str, str]
    """State by item id; an item is one unit."""


@dataclass(frozen=True)
class Write:
    """Something the seller did to a package, and how often it took effect."""

    what: str
    parcel_id: str
    applied: int


@dataclass(frozen=True)
class ExpectedOrder:
    """One order as it really was placed and went."""

    account: str
    order_id: str
    currency: str
    placed_at: datetime
    payable: Decimal
    lines: tuple[ExpectedLine, ...]
    parcels: tuple[ExpectedParcel, ...]
    state: str
    finished: bool
    made_ready: bool
    """Whether the seller told the marketplace that a package of it is packed and invoiced."""
    writes: tuple[Write, ...] = ()
    returns: tuple[ExpectedReturn, ...] = ()
    charges_vat: Decimal = Decimal(0)
    """The tax in what is paid besides goods, such as shipping."""
    for_information: bool = False
    """Whether the marketplace fulfils it: told, never released, reserved or told as cancelled."""

    @property
    def key(self) -> tuple[str, str]:
        """(account, order id)."""
        return self.account, self.order_id

    def sum_of(self, name: str) -> Decimal:
        """The sum of one money field over the lines."""
        return sum((getattr(line, name) for line in self.lines), Decimal(0))

    @property
    def vat(self) -> Decimal:
        """All tax of the order."""
        return self.sum_of("vat") + self.charges_vat

    @property
    def discount(self) -> Decimal:
        """All discounts, whoever pays for them."""
        return self.sum_of("discount_seller") + self.sum_of("discount_marketplace")


@dataclass(frozen=True)
class Expectation:
    """Everything that the ledger says."""

    channel: str
    orders: dict[tuple[str, str], ExpectedOrder]
    accounts: tuple[str, ...]
    throttled_calls: int = 0
    hooks: dict[str, int] = field(default_factory=dict)
    quota_floor_seconds: float = 0.0
    """The least time in which so many successful calls can be made at all."""
