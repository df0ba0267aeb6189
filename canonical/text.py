"""Text as a database and a screen can hold it."""

import re
from typing import Annotated

from pydantic import BeforeValidator

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: object) -> object:
    """Drops U+0000 and lone surrogates, which no database or UTF-8 stream takes.

    Works on decoded text, never on its JSON form: text that merely spells an escape stays as typed.
    """
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(storable)]
"""Human text, free of what cannot be stored."""

NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
"""What an id must fit: one that a database would have to alter would then be another's id."""


def cut(text: str, limit: int) -> str:
    """Shortens `text` to `limit` characters, visibly."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
