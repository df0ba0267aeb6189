"""The fixed words under which a stuck order or account is found."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from canonical.text import Text, cut

DETAIL_LIMIT = 16_000
"""Characters of a marketplace's own words that are kept with an attention."""


class AttentionWord(StrEnum):
    """Values of the search attribute `SoukAttention`; short, few, never a marketplace's words."""

    CREDENTIALS = "credentials"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    UNMAPPED_ITEM = "unmapped_item"
    TOTALS = "totals"
    PAYMENT = "payment"
    DEADLINE = "deadline"
    ERP_SILENT = "erp_silent"
    AMBIGUOUS = "ambiguous"
    CONTRACT = "contract"
    STOCK = "stock"
    DOCUMENT = "document"


class Attention(BaseModel):
    """Why a person should look, in three sentences that a screen can show."""

    model_config = ConfigDict(frozen=True)

    word: AttentionWord
    what_happened: Text = Field(max_length=DETAIL_LIMIT)
    waits_for: Text
    what_to_do: Text
    since: datetime | None = None

    @classmethod
    def of(
        cls, word: AttentionWord, what_happened: str, waits_for: str, what_to_do: str
    ) -> "Attention":
        return cls(
            word=word,
            what_happened=cut(what_happened, DETAIL_LIMIT),
            waits_for=waits_for,
            what_to_do=what_to_do,
        )

    def as_markdown(self) -> str:
        """The text that stands in the workflow's details in the web UI."""
        return (
            f"### Attention: {self.word}\n\n**What happened:** {self.what_happened}\n\n"
            f"**Waits for:** {self.waits_for}\n\n**What to do:** {self.what_to_do}\n"
        )
