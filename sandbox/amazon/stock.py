"""Two stocks of a SKU that never touch: the seller's own, and the one in Amazon's warehouse."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from sandbox.amazon.accounts import Account
from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database

KIND = "stock"
KEPT = 50


class Stock(BaseModel):
    """What Amazon knows of one SKU of one seller."""

    seller: str
    sku: str
    asin: str
    fnsku: str
    title: str
    quantity: int
    price: Decimal
    changed_at: int = 0
    change_count: int = 0
    changes: list[dict[str, Any]] = []

    fulfillable: int = 0
    reserved: int = 0
    unfulfillable: int = 0
    inbound: int = 0
    fba_changed_at: int = 0

    def report(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "sku": self.sku,
            "quantity": self.quantity,
            "price": str(self.price),
            "changedAt": self.changed_at,
            "changeCount": self.change_count,
            "changes": self.changes,
            "fba": {
                "fulfillable": self.fulfillable,
                "reserved": self.reserved,
                "unfulfillable": self.unfulfillable,
                "inbound": self.inbound,
                "changedAt": self.fba_changed_at,
            },
        }


class Stocks:
    """Stocks by seller and SKU."""

    def __init__(self, database: Database, accounts: dict[str, Account]) -> None:
        self._database = database
        self._stocks: dict[tuple[str, str], Stock] = {}
        for account in accounts.values():
            for product in account.catalog:
                self._stocks[account.seller_id, product.sku] = Stock(
                    seller=account.seller_id,
                    sku=product.sku,
                    asin=product.asin,
                    fnsku=product.fnsku,
                    title=product.title,
                    quantity=product.quantity,
                    price=product.price,
                    fulfillable=product.fba_quantity,
                )
        for _, body in database.all(KIND):
            stock = Stock.model_validate_json(body)
            self._stocks[stock.seller, stock.sku] = stock

    def get(self, seller: str, sku: str) -> Stock | None:
        """The stock of a SKU, or None."""
        return self._stocks.get((seller, sku))

    def of_seller(self, seller: str) -> list[Stock]:
        """All stocks of a seller."""
        return [each for (owner, _), each in self._stocks.items() if owner == seller]

    def offer(
        self, stock: Stock, by: str, quantity: int | None = None, price: Decimal | None = None
    ) -> None:
        """The seller's own quantity or price changes, as a feed or a call said."""
        if quantity is not None:
            stock.quantity = quantity
        if price is not None:
            stock.price = price
        stock.changed_at = now_ms()
        stock.change_count += 1
        change = {"at": stock.changed_at, "by": by, "quantity": quantity}
        change["price"] = None if price is None else str(price)
        stock.changes = [*stock.changes, change][-KEPT:]
        self._save(stock)

    def sell(self, seller: str, sku: str, units: int) -> None:
        """An order takes units from the seller's own quantity."""
        stock = self.get(seller, sku)
        if stock is not None:
            stock.quantity = max(0, stock.quantity - units)
            self._save(stock)

    def move_fba(
        self, stock: Stock, fulfillable: int = 0, reserved: int = 0, unfulfillable: int = 0
    ) -> None:
        """Units move in Amazon's warehouse, by the differences given."""
        stock.fulfillable = max(0, stock.fulfillable + fulfillable)
        stock.reserved = max(0, stock.reserved + reserved)
        stock.unfulfillable = max(0, stock.unfulfillable + unfulfillable)
        stock.fba_changed_at = now_ms()
        self._save(stock)

    def _save(self, stock: Stock) -> None:
        self._database.put(KIND, f"{stock.seller}/{stock.sku}", stock.model_dump_json())
