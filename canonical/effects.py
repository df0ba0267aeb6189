"""Things done outside the platform, each once per order: their names and states."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from canonical.text import Text


class EffectState(StrEnum):
    SENT = "sent"
    """Written before the call leaves; still so after a crash in between."""
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost: read back before anything is repeated."""


class Effect(BaseModel):
    """One effect of an order, as the workflow needs to know it."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Unique within the order, e.g. `publish/order.received` or `accept/3300123456`."""
    state: EffectState
    answer: Text = ""
    """The other side's words, where it refused."""


def publish_name(kind: str, order_version: int | None = None) -> str:
    """Once per order, or once per order version where a version is given."""
    return f"publish/{kind}" if order_version is None else f"publish/{kind}/{order_version}"
