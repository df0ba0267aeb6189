"""Trendyol's authentication: Basic, a user agent that names the seller, and the storefront."""

import base64

from channels.http import AuthFlow, Redactor, Request
from channels.trendyol.options import AccountOptions


class TrendyolAuth:
    """Adds the headers without which Trendyol answers 401, 403, or for the wrong country.

    Source: developers.trendyol.com, "Authorization" and "Regions and store front codes".
    """

    def __init__(self, options: AccountOptions) -> None:
        self._headers = {
            "Authorization": f"Basic {_credentials(options)}",
            "User-Agent": f"{options.seller_id} - {options.integrator}",
            "storeFrontCode": options.storefront,
            "X-Supplier-Id": options.seller_id,
            "Accept": "application/json",
            "Accept-Language": options.language,
        }

    def flow(self, request: Request) -> AuthFlow:
        """One request; the keys never expire, so there is nothing to refresh."""
        headers = dict(self._headers)
        if request.body is not None:
            headers["Content-Type"] = request.headers.get("Content-Type", "application/json")
        yield request.with_headers(headers)


def redactor_of(options: AccountOptions) -> Redactor:
    """Masks every form in which this account's secrets can show up."""
    key = options.webhook_key
    return Redactor(
        [
            options.api_key.get_secret_value(),
            options.api_secret.get_secret_value(),
            _credentials(options),
            key.get_secret_value() if key else "",
        ]
    )


def _credentials(options: AccountOptions) -> str:
    pair = f"{options.api_key.get_secret_value()}:{options.api_secret.get_secret_value()}"
    return base64.b64encode(pair.encode()).decode("ascii")
