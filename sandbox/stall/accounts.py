"""Sellers and what they sell, from the accounts file."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Product(BaseModel):
    """One product of a seller."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: str
    name: str
    price: int = Field(gt=0)
    """A unit's price with VAT, in the currency's smallest unit."""
    vat_rate: int = 15


class Seller(BaseModel):
    """One account at the marketplace."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seller_id: str
    api_key: str = Field(repr=False)
    webhook_secret: str = Field(default="", repr=False)
    catalog: tuple[Product, ...] = Field(min_length=1)


def read_sellers(path: Path) -> dict[str, Seller]:
    """Reads the accounts file: a list of sellers, by id."""
    found = TypeAdapter(list[Seller]).validate_python(json.loads(path.read_text(encoding="utf-8")))
    return {seller.seller_id: seller for seller in found}
