"""Stock that a marketplace keeps for us: mirrored for information, never pushed.

It is another stock than that of our own warehouses, also where one SKU is sold from both: nothing
of it enters what is offered from ours, and nothing that we publish changes it.
"""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class MirroredStock(BaseModel):
    """One SKU's stock at a marketplace. None means not known, which is not zero."""

    model_config = ConfigDict(frozen=True)

    channel_sku: str = Field(min_length=1, max_length=200)
    fulfillable: int | None = Field(default=None, ge=0)
    """Units that can be sold now."""
    reserved: int | None = Field(default=None, ge=0)
    unfulfillable: int | None = Field(default=None, ge=0)
    inbound: int | None = Field(default=None, ge=0)
    """On their way to its warehouses."""
    as_of: AwareDatetime

    def newer(self, other: "MirroredStock") -> "MirroredStock":
        """The later of two figures, whichever came first; of one moment, the one that is given."""
        return other if other.as_of >= self.as_of else self
