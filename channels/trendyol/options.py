"""One account's settings."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from channels.trendyol.abilities import DEAD_PARCEL_SETTLES, RETURN_ANSWERED_WITHIN

PRODUCTION = "https://apigw.trendyol.com/integration"


class AccountOptions(BaseModel):
    """A connection is a seller id and a storefront; each has its own watermark."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, coerce_numbers_to_str=True
    )

    seller_id: str = Field(pattern=r"^\d{1,20}$")
    api_key: SecretStr
    """Shown to the panel's master user."""
    api_secret: SecretStr
    storefront: str = Field(default="SA", pattern=r"^[A-Z]{2}$")
    """Sent as `storeFrontCode`. Without it Trendyol takes every call as one for Türkiye."""
    base_url: str = Field(default=PRODUCTION, pattern=r"^https?://")
    webhook_key: SecretStr | None = None
    """What Trendyol must show us, as `x-api-key` or as the Basic password. None: no webhook."""
    webhook_username: str = Field(default="", pattern=r"^[^:]*$")
    """Where it is set, the webhook is registered with Basic authentication."""
    integrator: str = Field(default="SelfIntegration", pattern=r"^[A-Za-z0-9]{1,30}$")
    """The second half of the user agent."""
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    """Of Trendyol's messages to people."""
    orders_path: str = Field(default="v2/orders", pattern=r"^[a-z0-9/-]+$")
    seller_ships: bool = False
    """Whether the seller pays the carrier, so that tracking numbers are told."""
    alternative_delivery: bool = False
    """Whether the account has Trendyol's permission to deliver by drivers of its own."""
    evidence_hosts: frozenset[str] = frozenset()
    """Where documents for rejected returns may be fetched, such as `https://files.example.sa`."""
    dead_parcel_settles: timedelta = Field(default=DEAD_PARCEL_SETTLES, gt=timedelta(0))
    """How long a dead package's successor is waited for."""
    returns_answered_within: timedelta = Field(default=RETURN_ANSWERED_WITHIN, gt=timedelta(0))
    """After this Trendyol accepts a return by itself."""
