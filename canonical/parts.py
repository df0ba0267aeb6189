"""The base of everything an order consists of."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Base of the order's parts: immutable, nothing unknown slips in."""

    model_config = ConfigDict(frozen=True, extra="forbid")
