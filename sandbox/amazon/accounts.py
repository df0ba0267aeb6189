"""The sellers that the sandbox knows, read from the accounts file."""

from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

ROLES = frozenset(
    {
        "orders",  # Inventory and Order Tracking
        "shipping",  # Direct-to-Consumer Shipping (restricted): addresses
        "tax",  # Tax Invoicing or Tax Remittance (restricted): buyers
        "reports",
        "feeds",
        "notifications",
        "fba",  # Amazon Fulfillment
        "listings",  # Product Listing
        "insights",  # Selling Partner Insights
    }
)
"""Roles that an application may have been granted; the names are the sandbox's own."""


class Product(BaseModel):
    """One offer of a seller; the same SKU may be sold from both warehouses."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    asin: str
    title: str
    price: Decimal
    """With VAT, as published prices in KSA must be (SC G200405820)."""
    vat_rate: Decimal = Decimal(15)
    quantity: int = 1000
    """In the seller's own warehouse, as Amazon believes."""
    fba_quantity: int = 0
    """In Amazon's warehouse."""

    @property
    def fnsku(self) -> str:
        """Amazon's label of the product in its own warehouse."""
        return f"X00{self.asin[3:]}"


class Account(BaseModel):
    """A seller who has authorised an application."""

    model_config = ConfigDict(extra="forbid")

    seller_id: str = Field(pattern=r"^A[A-Z0-9]{9,20}$")
    store_name: str = "Souk"
    application_id: str
    client_id: str
    client_secret: str
    refresh_token: str
    roles: frozenset[str] = ROLES
    document_bucket: str = ""
    """An S3 bucket of the seller's, where others put invoices."""
    document_prefix: str = ""
    catalog: list[Product] = Field(min_length=1)

    def product(self, sku: str) -> Product | None:
        """The offer of that SKU."""
        return next((each for each in self.catalog if each.sku == sku), None)


def read_accounts(path: Path) -> dict[str, Account]:
    """Reads the accounts file.

    Raises:
        ValueError: The file does not fit, names a seller twice, or gives one client two secrets.
    """
    accounts = TypeAdapter(list[Account]).validate_json(path.read_bytes())
    by_seller = {account.seller_id: account for account in accounts}
    if len(by_seller) != len(accounts):
        raise ValueError(f"{path} names a seller_id twice; give each account its own")
    secrets = {(each.client_id, each.client_secret, each.application_id) for each in accounts}
    if len({client for client, _, _ in secrets}) != len(secrets):
        raise ValueError(f"{path} gives one client_id two secrets or applications")
    unknown = sorted(set().union(*(each.roles for each in accounts)) - ROLES)
    if unknown:
        raise ValueError(f"{path} names unknown roles: {', '.join(unknown)}")
    return by_seller
