"""A photo or document that speaks for a rejection, as the internal systems send it along."""

import base64
import binascii

from pydantic import BaseModel, ConfigDict, Field, field_validator

from canonical.text import NO_CONTROLS

INLINE_LIMIT = 180_000
"""Bytes. In Base64 a third longer, which with the rest of the command fits a message of the bus's
standard tier (256 KB)."""


class EvidenceFile(BaseModel):
    """One file, whole."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1, max_length=100, pattern=NO_CONTROLS)
    """With its ending, e.g. `photo.jpg`."""
    media_type: str = Field(max_length=100, pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$")
    content: str = Field(
        min_length=1,
        json_schema_extra={"contentEncoding": "base64", "maxLength": INLINE_LIMIT * 4 // 3},
    )
    """Base64."""

    @field_validator("content")
    @classmethod
    def _fits(cls, content: str) -> str:
        try:
            size = len(base64.b64decode(content, validate=True))
        except (binascii.Error, ValueError):
            raise ValueError("the file is not in Base64") from None
        if size > INLINE_LIMIT:
            raise ValueError(
                f"the file has {size} bytes, and at most {INLINE_LIMIT} can be sent along:"
                " make it smaller, or give evidence_link"
            )
        return content

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return base64.b64decode(self.content)
