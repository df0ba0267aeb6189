"""`python -m sandbox.amazon.demo --port P`: prints what a demonstration is set up with.

One JSON object: `sellers` is the sandbox's own accounts file, `accounts` are the same accounts as
their users configure them, `listings` maps each seller's products to internal items, `plans` are
kinds of traffic by name. An account's `objects` are the folders that its files are put into.
"""

import argparse
import json
import sys
from typing import Any

from sandbox.amazon.market import MARKETPLACE_ID

SELLERS = {"riyadh": "A2KSARIYADH01", "jeddah": "A3KSAJEDDAH02"}
"""Two sellers of one application, whose order numbers collide by design."""

APPLICATION = "amzn1.sp.solution.5d0a4a1e-7c55-4b8e-9b61-2f7c1f9b7d11"
CLIENT = "amzn1.application-oa2-client.demo"
CLIENT_SECRET = "demo-client-secret"  # noqa: S105 - of the sandbox
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:souk-amazon-notifications"
BUCKET = "souk-amazon-documents"

PRODUCTS = (
    ("KSA-TEA-0250", "B0KSA00001", "Green tea, 250 g", "23.00", "TE-0250"),
    ("KSA-MUG-RED", "B0KSA00002", "كوب سيراميك أحمر", "57.50", "MG-0001"),
    ("KSA-DALLAH-8", "B0KSA00003", "Coffee pot 800 ml", "129.00", "DL-0800"),
    ("KSA-OUD-LAMP", "B0KSA00004", "Lamp with oud tray, white", "219.50", "LM-3101"),
    ("KSA-DATES-1K", "B0KSA00005", "تمر سكري 1 كجم", "34.90", "BX-1001"),
    ("KSA-TOWEL-BL", "B0KSA00006", "Bath towel, blue", "45.45", "TW-4402"),
    ("KSA-PAN-28", "B0KSA00007", "Pan 28 cm, cast iron", "189.95", "PN-2800"),
    ("KSA-MAT-GR", "B0KSA00008", "Prayer mat, green", "99.99", "MT-5510"),
)

PLANS = {
    "whole": {
        "per_second": 5.0,
        "share_fba": 0.3,
        "share_easy_ship": 0.7,
        "share_pending": 0.4,
        "share_pending_cancelled": 0.05,
        "share_cancel_request": 0.1,
        "share_cod": 0.3,
        "share_refused": 0.05,
        "share_fba_partial": 0.2,
        "share_fba_returned": 0.15,
        "duplicate_share": 0.12,
        "reorder_share": 0.15,
        "lost_hook_share": 0.2,
    }
}
"""Traffic by name: all that can happen to an order here."""


def demo(port: int) -> dict[str, Any]:
    """The parts for a sandbox that listens on this port of this machine."""
    return {
        "sellers": [_seller(name) for name in SELLERS],
        "accounts": [
            {
                "account": name,
                "seller": seller,
                "options": _options(name, port),
                "objects": [f"s3://{BUCKET}/amazon/{name}/"],
            }
            for name, seller in SELLERS.items()
        ],
        "listings": [
            {"account": name, "channel_sku": sku, "item_id": item}
            for name in SELLERS
            for sku, _, _, _, item in PRODUCTS
        ],
        "plans": PLANS,
    }


def _seller(name: str) -> dict[str, Any]:
    return {
        "seller_id": SELLERS[name],
        "store_name": f"Souk {name.title()}",
        "application_id": APPLICATION,
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
        "refresh_token": f"Atzr|demo-{name}",
        "document_bucket": BUCKET,
        "document_prefix": f"amazon/{name}/",
        "catalog": [
            {
                "sku": sku,
                "asin": asin,
                "title": title,
                "price": price,
                "vat_rate": 15,
                "quantity": 1000,
                "fba_quantity": 400,
            }
            for sku, asin, title, price, _ in PRODUCTS
        ],
    }


def _options(name: str, port: int) -> dict[str, Any]:
    return {
        "seller_id": SELLERS[name],
        "marketplace_id": MARKETPLACE_ID,
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
        "refresh_token": f"Atzr|demo-{name}",
        "base_url": f"http://127.0.0.1:{port}",
        "token_url": f"http://127.0.0.1:{port}/auth/o2/token",
        "queue_arn": QUEUE_ARN,
    }


def main() -> None:
    """Prints the configuration."""
    parser = argparse.ArgumentParser(prog="sandbox.amazon.demo", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="of the sandbox")
    json.dump(demo(parser.parse_args().port), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
