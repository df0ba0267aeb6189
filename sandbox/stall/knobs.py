"""Everything that can be turned while a stand-in runs."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sandbox.engine.database import Database

KIND = "knobs"


class Knobs(BaseModel):
    """Settings; `POST /_sandbox/knobs` changes them. Those marked "scaled" go by `time_scale`."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    seed: int = 7
    time_scale: float = Field(default=1.0, gt=0)
    """The marketplace's own long times are divided by this."""
    quotas: dict[str, list[tuple[int, float]]] = {}
    """(calls, seconds) by operation and seller; those under "*" count all operations together."""
    page_size: int = Field(default=50, ge=1)
    clock_skew_s: float = 0.0
    """How far the marketplace's clock is ahead of this machine's."""
    visible_after_s: float = Field(default=0.0, ge=0)
    """How long after its event an order can be read."""
    hook_retry_s: float = 60.0
    """Scaled: how long after a bad answer a delivery is tried again."""
    hook_timeout_s: float = 10.0
    hook_failures_to_passive: int = Field(default=10, ge=1)
    """Bad answers in a row that switch a webhook off."""
    hook_duplicate_share: float = Field(default=0.1, ge=0, le=1)
    hook_reorder_share: float = Field(default=0.1, ge=0, le=1)
    hook_lost_share: float = Field(default=0.0, ge=0, le=1)
    hook_hold_s: tuple[float, float] = (0.3, 1.5)
    """How long a reordered delivery is held back; not scaled."""

    def turn(self, database: Database, values: dict[str, Any]) -> None:
        """Changes the named knobs, all or none, and keeps them for the next start.

        Raises:
            ValueError: A name is unknown or a value does not fit.
        """
        changed = Knobs.model_validate(self.model_dump() | values)
        for name in values:
            setattr(self, name, getattr(changed, name))
        kept = kept_knobs(database) | changed.model_dump(mode="json", include=set(values))
        database.put(KIND, "turned", json.dumps(kept))

    def scaled(self, seconds: float) -> float:
        """A duration of the marketplace's own in the stand-in's seconds."""
        return seconds / self.time_scale


def kept_knobs(database: Database) -> dict[str, Any]:
    """Knobs that were turned in an earlier run on the same data."""
    kept: dict[str, Any] = json.loads(database.get(KIND, "turned") or "{}")
    return kept
