"""Sellers v1: where the seller takes part; the cheapest way to try a login."""

from sandbox.amazon.gate import Call, Reply
from sandbox.amazon.market import COUNTRY, CURRENCY, MARKETPLACE_ID, MARKETPLACE_NAME


async def get_participations(call: Call) -> Reply:
    """GET /sellers/v1/marketplaceParticipations."""
    account = call.account
    marketplace = {
        "id": MARKETPLACE_ID,
        "name": MARKETPLACE_NAME,
        "countryCode": COUNTRY,
        "defaultCurrencyCode": CURRENCY,
        "defaultLanguageCode": "ar_AE",
        "domainName": "www.amazon.sa",
    }
    participation = {"isParticipating": True, "hasSuspendedListings": False}
    row = {
        "marketplace": marketplace,
        "participation": participation,
        "storeName": account.store_name if account else "",
    }
    return Reply({"payload": [row]})
