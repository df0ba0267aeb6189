"""One account's settings."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class AccountOptions(BaseModel):
    """What a seller enters."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    seller_id: str = Field(min_length=1)
    api_key: SecretStr
    webhook_secret: SecretStr
    base_url: str = Field(pattern=r"^https?://")
