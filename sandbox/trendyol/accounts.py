"""The sellers that the sandbox knows, read from the accounts file."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Storefront = Literal["SA", "DE", "AE", "KW", "GR", "SK", "RO", "CZ", "BG", "TR"]

STOREFRONTS: frozenset[str] = frozenset(Storefront.__args__)  # type: ignore[attr-defined]
"""Store front codes of International (docs, "Regions and store front codes"), and TR."""

CURRENCIES = {
    "SA": "SAR",
    "AE": "AED",
    "KW": "KWD",
    "RO": "RON",
    "CZ": "CZK",
    "BG": "EUR",
    "TR": "TRY",
}
"""Documented for RO alone, seen for SA; the others are ASSUMED, EUR where nothing is listed."""


class Product(BaseModel):
    """One approved product of a seller."""

    model_config = ConfigDict(extra="forbid")

    barcode: str
    stock_code: str
    name: str
    price: Decimal
    vat_rate: Decimal = Decimal(15)
    list_price: Decimal | None = None
    quantity: int = 1000
    price_sync: bool = False


class Account(BaseModel):
    """A seller's credentials, storefront and catalogue."""

    model_config = ConfigDict(extra="forbid")

    seller_id: str = Field(pattern=r"^\d+$")
    api_key: str
    api_secret: str
    storefront: Storefront = "SA"
    catalog: list[Product] = Field(min_length=1)

    @property
    def currency(self) -> str:
        """The storefront's currency."""
        return CURRENCIES.get(self.storefront, "EUR")


def read_accounts(path: Path) -> dict[str, Account]:
    """Reads the accounts file.

    Raises:
        ValueError: The file does not fit, or names a seller twice.
    """
    accounts = TypeAdapter(list[Account]).validate_json(path.read_bytes())
    by_seller = {account.seller_id: account for account in accounts}
    if len(by_seller) != len(accounts):
        raise ValueError(f"{path} names a seller_id twice; give each account its own")
    return by_seller
