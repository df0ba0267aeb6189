"""`python -m sandbox.trendyol.demo --port P`: prints what a demonstration is set up with.

One JSON object: `sellers` is the sandbox's own accounts file, `accounts` are the same accounts as
their users configure them, `listings` maps each seller's products to internal items, `plans` are
kinds of traffic by name, `rejects_returns_for` is the reason that the ERP gives.
"""

import argparse
import json
import sys
from typing import Any

SELLERS = {"riyadh": "900123", "jeddah": "900456"}
"""Two sellers, whose order numbers collide by design."""

PRODUCTS = (
    ("KTL-17-STEEL", "Kettle 1.7 l, steel", "74.75", "KT-1017"),
    ("CUP-ARABIC-6", "Coffee cups, set of six", "59.99", "CP-2206"),
    ("DALLAH-800", "Coffee pot 800 ml", "129.00", "DL-0800"),
    ("OUD-LAMP-W", "Lamp with oud tray, white", "219.50", "LM-3101"),
    ("DATES-BOX-1KG", "Box for dates, 1 kg", "34.90", "BX-1001"),
    ("TOWEL-BATH-BL", "Bath towel, blue", "45.45", "TW-4402"),
    ("PAN-28-CAST", "Pan 28 cm, cast iron", "189.95", "PN-2800"),
    ("SPICE-RACK-9", "Spice rack for nine", "64.33", "SR-0009"),
    ("THERMOS-1L-RD", "Flask 1 l, red", "88.00", "TH-1000"),
    ("MAT-PRAYER-GR", "Prayer mat, green", "99.99", "MT-5510"),
)

PLANS = {
    "whole": {
        "per_second": 5.0,
        "share_awaiting": 0.3,
        "share_awaiting_cancelled": 0.05,
        "share_cancelled": 0.1,
        "share_partly_cancelled": 0.15,
        "share_split": 0.1,
        "share_claimed": 0.08,
        "share_undelivered": 0.05,
        "share_cod": 0.2,
        "share_empty_address": 0.15,
        "share_old_names": 0.1,
        "duplicate_share": 0.12,
        "reorder_share": 0.15,
        "lost_hook_share": 0.2,
        "hooks_passive_at": 0.5,
        "claim_decision_s": [0.5, 3.0],
    }
}
"""Traffic by name: all that can happen to an order here."""

QUARANTINE = "451"
"""The reason of a rejected return that needs no document."""


def demo(port: int) -> dict[str, Any]:
    """The three parts for a sandbox that listens on this port of this machine."""
    return {
        "sellers": [_seller(name) for name in SELLERS],
        "accounts": [
            {
                "account": name,
                "seller": seller,
                "options": _options(name, f"http://127.0.0.1:{port}/integration"),
            }
            for name, seller in SELLERS.items()
        ],
        "listings": [
            {"account": name, "channel_sku": sku, "item_id": item}
            for name in SELLERS
            for sku, _, _, item in PRODUCTS
        ],
        "plans": PLANS,
        "rejects_returns_for": QUARANTINE,
    }


def _seller(name: str) -> dict[str, Any]:
    return {
        "seller_id": SELLERS[name],
        **_keys(name),
        "storefront": "SA",
        "catalog": [
            {
                "barcode": f"628{SELLERS[name][-3:]}{place:07}",
                "stock_code": sku,
                "name": product,
                "price": price,
                "vat_rate": 15,
            }
            for place, (sku, product, price, _) in enumerate(PRODUCTS, start=1)
        ],
    }


def _options(name: str, base_url: str) -> dict[str, Any]:
    basic = {"webhook_username": "souk"} if name == "jeddah" else {}
    return {
        "seller_id": SELLERS[name],
        **_keys(name),
        "base_url": base_url,
        "webhook_key": f"demo-hook-{name}",
        **basic,
    }


def _keys(name: str) -> dict[str, str]:
    return {"api_key": f"demo-key-{name}", "api_secret": f"demo-secret-{name}"}


def main() -> None:
    """Prints the configuration."""
    parser = argparse.ArgumentParser(prog="sandbox.trendyol.demo", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of the sandbox")
    json.dump(demo(parser.parse_args().port), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
