"""One account's settings."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, SecretStr

EU_ENDPOINT = "https://sellingpartnerapi-eu.amazon.com"
"""Of Saudi Arabia, the Emirates, Egypt, Turkey and Europe ("SP-API Endpoints")."""
LOGIN_WITH_AMAZON = "https://api.amazon.com/auth/o2/token"
SAUDI_ARABIA = "A17E79C6D8DWNP"
"""The marketplace amazon.sa ("Marketplace IDs")."""


class Package(BaseModel):
    """What an Easy Ship package measures, where nobody knows better."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    length_cm: float = Field(default=30, gt=0)
    width_cm: float = Field(default=20, gt=0)
    height_cm: float = Field(default=10, gt=0)
    weight_g: float = Field(default=1_000, gt=0)


class AccountOptions(BaseModel):
    """A connection is a seller, an application that he has authorised, and a marketplace."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    seller_id: str = Field(pattern=r"^[A-Z0-9]{10,20}$")
    client_id: str = Field(min_length=1, max_length=200)
    client_secret: SecretStr
    refresh_token: SecretStr
    """From the seller's authorisation of the application; it does not expire by itself."""
    marketplace_id: str = Field(default=SAUDI_ARABIA, pattern=r"^[A-Z0-9]{10,20}$")
    base_url: str = Field(default=EU_ENDPOINT, pattern=r"^https?://")
    token_url: str = Field(default=LOGIN_WITH_AMAZON, pattern=r"^https?://")
    application: str = Field(default="Souk/1.0", pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")
    """The first part of the user agent, which Amazon demands."""
    queue_arn: str = Field(default="", pattern=r"^(arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]+)?$")
    """The SQS queue that Amazon's notifications go to; a standard one, as a FIFO one gets none."""
    destination: str = Field(default="souk", pattern=r"^[A-Za-z0-9_-]{1,255}$")
    """The name of the destination made for that queue."""
    carriers: Mapping[str, str] = Field(default_factory=dict)
    """Amazon's `carrierCode` by the name that the internal systems use; others go as `Other`."""
    shipping_method: str = Field(default="Standard", max_length=100)
    easy_ship_package: Package = Package()
    time_scale: float = Field(default=1.0, gt=0, le=10_000)
    """For a sandbox whose clock runs faster: quotas and waits are that much shorter."""
