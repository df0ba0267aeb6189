"""Orders of one parcel, and where they are kept."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.engine.database import Database

KIND = "order"
FIRST_NUMBER = 70_000_001
"""Counted for each seller by itself, so that order numbers of two sellers collide."""

Status = Literal["pending", "new", "accepted", "shipped", "delivered", "returned", "cancelled"]
OVER = frozenset({"delivered", "returned", "cancelled"})


class Item(BaseModel):
    """One position. Money in the currency's smallest unit."""

    item_id: str
    sku: str
    name: str
    quantity: int = Field(gt=0)
    cancelled: int = Field(default=0, ge=0)
    unit_price: int = Field(ge=0)
    discount: int = Field(default=0, ge=0)
    """Of the whole position, paid by the seller."""
    vat_rate: int = 15

    @property
    def total(self) -> int:
        """What the customer pays for the position as ordered."""
        return self.quantity * self.unit_price - self.discount


class Step(BaseModel):
    """One step in an order's life. `at` is epoch milliseconds."""

    status: str
    at: int
    by: str


class Order(BaseModel):
    """One order as it is. Times are epoch milliseconds by the marketplace's clock."""

    model_config = ConfigDict(validate_assignment=True)

    seller: str
    number: str
    status: str = "new"
    """One of `Status`, or a word of the operator's that nobody knows."""
    revision: int = 1
    placed_at: int
    updated_at: int
    currency: str = "SAR"
    items: list[Item]
    buyer: dict[str, str] = {}
    """name, phone, email."""
    address: dict[str, str] = {}
    """line1, district, city, postal_code, country."""
    cash_on_delivery: bool = False
    carrier: str = ""
    tracking: str = ""
    overrides: dict[str, Any] = {}
    """Wire fields that are shown as an operator gave them; None: left out."""
    plan: int | None = None
    carrier_drives: bool = True
    """Whether it is delivered by itself once it is shipped."""
    history: list[Step] = []

    @property
    def total(self) -> int:
        """What the customer pays for the order as placed."""
        return sum(item.total for item in self.items)

    @property
    def gone(self) -> bool:
        """Whether it has left the seller."""
        return self.status in ("shipped", "delivered", "returned")


class Orders:
    """All orders of all sellers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._orders: dict[tuple[str, str], Order] = {}
        for _, body in database.all(KIND):
            order = Order.model_validate_json(body)
            self._orders[order.seller, order.number] = order

    def next_number(self, seller: str) -> str:
        """A number that the seller has not had yet."""
        while True:
            number = str(self._database.next(f"order/{seller}", FIRST_NUMBER))
            if (seller, number) not in self._orders:
                return number

    def save(self, order: Order) -> None:
        """Writes an order."""
        self._orders[order.seller, order.number] = order
        self._database.put(KIND, f"{order.seller}/{order.number}", order.model_dump_json())

    def get(self, seller: str, number: str) -> Order | None:
        """One order, or None."""
        return self._orders.get((seller, number))

    def of_seller(self, seller: str) -> Iterator[Order]:
        """A seller's orders, oldest first."""
        yield from (order for order in self._orders.values() if order.seller == seller)

    def of_plan(self, plan: int) -> Iterator[Order]:
        """The orders of a traffic plan."""
        yield from (order for order in self._orders.values() if order.plan == plan)
