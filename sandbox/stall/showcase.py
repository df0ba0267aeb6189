"""What a demonstration is set up with: two sellers whose order numbers collide, and their goods."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

SELLERS = {"riyadh": "1001", "jeddah": "1002"}
"""Seller ids by the platform's account names."""

PRODUCTS = (
    ("KTL-17-STEEL", "Kettle 1.7 l, steel", 7475, "KT-1017"),
    ("CUP-ARABIC-6", "فناجين قهوة، طقم من ستة", 5999, "CP-2206"),
    ("DALLAH-800", "Coffee pot 800 ml", 12900, "DL-0800"),
    ("OUD-LAMP-W", "Lamp with oud tray, white", 21950, "LM-3101"),
    ("DATES-BOX-1KG", "Box for dates, 1 kg", 3490, "BX-1001"),
    ("MAT-PRAYER-GR", "سجادة صلاة خضراء", 9999, "MT-5510"),
)
"""SKU, name, price in halalas with VAT, internal item."""

PLANS = {
    "whole": {
        "per_second": 5.0,
        "share_pending": 0.3,
        "share_cancelled": 0.1,
        "share_partly_cancelled": 0.15,
        "share_cod": 0.2,
        "duplicate_share": 0.12,
        "reorder_share": 0.15,
        "lost_hook_share": 0.2,
    }
}
"""Traffic by name: all that can happen to an order here."""

OptionsOf = Callable[[dict[str, Any], str], dict[str, Any]]
"""(seller of the accounts file, the stand-in's address) -> the account's options."""


def showcase(port: int, options_of: OptionsOf) -> dict[str, Any]:
    """Sellers, the same accounts as their users configure them, and their listings."""
    sellers = {name: seller_of(name) for name in SELLERS}
    return {
        "sellers": list(sellers.values()),
        "accounts": [
            {
                "account": name,
                "seller": seller["seller_id"],
                "options": options_of(seller, f"http://127.0.0.1:{port}"),
            }
            for name, seller in sellers.items()
        ],
        "listings": [
            {"account": name, "channel_sku": sku, "item_id": item}
            for name in sellers
            for sku, _, _, item in PRODUCTS
        ],
        "plans": PLANS,
    }


def seller_of(name: str) -> dict[str, Any]:
    """One seller, as the accounts file has it."""
    return {
        "seller_id": SELLERS[name],
        "api_key": f"demo-key-{name}",
        "webhook_secret": f"demo-hook-{name}",
        "catalog": [
            {"sku": sku, "name": product, "price": price, "vat_rate": 15}
            for sku, product, price, _ in PRODUCTS
        ],
    }


def main(options_of: OptionsOf) -> None:
    """Prints all of it as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of the stand-in")
    json.dump(showcase(parser.parse_args().port, options_of), sys.stdout, indent=1)
