"""`python -m tests.conformance.toy.sandbox.demo --port P`: the sellers, and as users enter them."""

from typing import Any

from sandbox.stall.showcase import main


def options_of(seller: dict[str, Any], address: str) -> dict[str, Any]:
    """The account's options, for a seller of the accounts file."""
    return {
        "seller_id": seller["seller_id"],
        "api_key": seller["api_key"],
        "base_url": f"{address}/api",
        "webhook_secret": seller["webhook_secret"],
    }


if __name__ == "__main__":
    main(options_of)
