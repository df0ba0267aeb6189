"""What a channel may be called, and the other forms of its name."""

import keyword
import re
from dataclasses import dataclass

from workers.scaffold.errors import BadNameError

LONGEST = 20
"""Characters; every line that the templates write stays within the line length with it."""
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class ChannelName:
    """A valid name."""

    name: str
    """Of packages, queues and settings: `corner_shop`."""

    @property
    def title(self) -> str:
        """Of classes and headings: `CornerShop`."""
        return "".join(part.capitalize() for part in self.name.split("_"))


def channel_name(text: str) -> ChannelName:
    """Checks a name.

    Raises:
        BadNameError: Saying what is wrong, and a name that would do where one is near.
    """
    if not _NAME.fullmatch(text):
        near = _near(text)
        raise BadNameError(
            f"{text!r} is no name for a channel: lower-case letters, digits and single underscores,"
            " beginning with a letter." + (f" Try {near!r}." if near else "")
        )
    if keyword.iskeyword(text):
        raise BadNameError(
            f"{text!r} is a word of Python, so that no package can have it. Try '{text}_shop'."
        )
    if len(text) > LONGEST:
        raise BadNameError(
            f"{text!r} is longer than {LONGEST} characters. Choose a shorter name; queues, logs and"
            " settings repeat it."
        )
    return ChannelName(text)


def _near(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower())
    near = "_".join(words)[:LONGEST].rstrip("_")
    return near if _NAME.fullmatch(near) and not keyword.iskeyword(near) else ""
