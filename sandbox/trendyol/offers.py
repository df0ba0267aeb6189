"""Stock and prices of the sellers' approved products."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from sandbox.engine.database import Database
from sandbox.trendyol.accounts import Account, Product
from sandbox.trendyol.clock import now_ms

KIND = "offer"
KEPT_CHANGES = 50


class Offer(BaseModel):
    """One product as it is on sale."""

    seller: str
    barcode: str
    stock_code: str
    name: str
    quantity: int
    sale_price: Decimal
    list_price: Decimal
    price_sync: bool
    changed_at: int
    change_count: int = 0
    changes: list[dict[str, Any]] = []

    def report(self) -> dict[str, Any]:
        """The offer as the ledger shows it; `changes` are the last 50."""
        return {
            "barcode": self.barcode,
            "stockCode": self.stock_code,
            "quantity": self.quantity,
            "salePrice": str(self.sale_price),
            "listPrice": str(self.list_price),
            "changedAt": self.changed_at,
            "changeCount": self.change_count,
            "changes": self.changes,
        }


class Offers:
    """Offers by seller and barcode; the catalogue says how they start."""

    def __init__(self, database: Database, accounts: dict[str, Account]) -> None:
        self._database = database
        self._offers: dict[tuple[str, str], Offer] = {}
        for account in accounts.values():
            for product in account.catalog:
                self._offers[account.seller_id, product.barcode] = _first(account, product)
        for _, body in database.all(KIND):
            offer = Offer.model_validate_json(body)
            self._offers[offer.seller, offer.barcode] = offer

    def get(self, seller: str, barcode: str) -> Offer | None:
        """The offer, or None."""
        return self._offers.get((seller, barcode))

    def of_seller(self, seller: str) -> list[Offer]:
        """All offers of a seller."""
        return [offer for (owner, _), offer in self._offers.items() if owner == seller]

    def take(self, seller: str, barcode: str, count: int) -> None:
        """Lowers stock for an order, to nought at least; a cancel gives nothing back (ASSUMED)."""
        offer = self.get(seller, barcode)
        if offer is not None:
            self.change(offer, "order", quantity=max(0, offer.quantity - count))

    def change(
        self,
        offer: Offer,
        why: str,
        quantity: int | None = None,
        sale_price: Decimal | None = None,
        list_price: Decimal | None = None,
    ) -> None:
        """Changes what is given; with price sync on, prices stay as they are."""
        if quantity is not None:
            offer.quantity = quantity
        if not offer.price_sync:
            offer.sale_price = offer.sale_price if sale_price is None else sale_price
            offer.list_price = offer.list_price if list_price is None else list_price
        offer.changed_at = now_ms()
        offer.change_count += 1
        offer.changes.append(
            {
                "at": offer.changed_at,
                "by": why,
                "quantity": offer.quantity,
                "salePrice": str(offer.sale_price),
                "listPrice": str(offer.list_price),
            }
        )
        del offer.changes[:-KEPT_CHANGES]
        self._database.put(KIND, f"{offer.seller}/{offer.barcode}", offer.model_dump_json())


def _first(account: Account, product: Product) -> Offer:
    return Offer(
        seller=account.seller_id,
        barcode=product.barcode,
        stock_code=product.stock_code,
        name=product.name,
        quantity=product.quantity,
        sale_price=product.price,
        list_price=product.list_price or product.price,
        price_sync=product.price_sync,
        changed_at=now_ms(),
    )
