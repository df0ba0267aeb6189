"""News that bring nothing of an order but that it changed: the order must be read."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Notice(BaseModel):
    """What a channel's event maps to where it carries no order.

    Any number of them that came before a read are settled by that one read.
    """

    model_config = ConfigDict(frozen=True)

    order_id: str = Field(min_length=1, max_length=300)
    changed_at: AwareDatetime
    """When it changed there, or the latest that it can have been: a read which shows an older
    order came too soon."""
