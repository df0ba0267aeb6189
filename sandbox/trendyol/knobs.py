"""Everything that can be turned: quotas, limits, times, shares, and the ASSUMED choices."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.engine.database import Database

KIND = "knobs"
Span = tuple[float, float]


class Knobs(BaseModel):
    """Settings of a running sandbox; `POST /_sandbox/knobs` changes them.

    Durations end in `_s` (seconds). Those marked "scaled" are the marketplace's own and are divided
    by `time_scale`. Values without a documented source are marked ASSUMED.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    seed: int = 7
    time_scale: float = Field(default=1.0, gt=0)

    quotas: dict[str, list[tuple[int, float]]] = {
        "*": [(50, 10)],
        "orders.page": [(30, 60)],
        "stock.update": [(350, 60)],
        "claims.approve": [(5, 60)],
        "claims.reject": [(5, 60)],
    }
    """Requests per seconds, per operation and seller; "*" holds for each operation as well.
    50/10 s is documented, the per-minute ones are ASSUMED for International."""

    cursor_life_s: float = 300.0
    """ASSUMED; not scaled, since callers are advised to pause 5 s between pages."""
    overlong_span: Literal["refuse", "truncate"] = "refuse"
    """ASSUMED: what a span over 14 days gets."""
    v1_orders: Literal["closed", "open"] = "closed"
    query_shift_ms: int = 0
    """ASSUMED 0: query dates are plain epoch; set 10,800,000 for the GMT+3 reading."""

    allow_localhost_hooks: bool = False
    page_cap: int = Field(default=200, ge=1)
    """Orders on a page at most, whatever size is asked for."""
    visible_after_s: float = Field(default=0.0, ge=0)
    """ASSUMED 0: how long after an order was placed it can be read; not scaled."""
    hook_limit: int = 15
    hook_retry_s: float = 300.0
    """Scaled."""
    hook_timeout_s: float = 10.0
    """ASSUMED; not scaled."""
    hook_failures_to_passive: int = 13
    hook_failure_unit: Literal["hook", "event"] = "hook"
    """ASSUMED: 13 bad answers in a row from a hook, or 13 for one and the same event."""
    hook_concurrency: int = Field(default=4, ge=1)
    hook_duplicate_share: float = Field(default=0.12, ge=0, le=1)
    hook_reorder_share: float = Field(default=0.15, ge=0, le=1)
    hook_lost_share: float = Field(default=0.0, ge=0, le=1)
    hook_envelope_share: float = Field(default=0.1, ge=0, le=1)
    hook_hold_s: Span = (0.3, 1.2)
    """How long a reordered event is held back at most; not scaled."""

    successor_delay_s: Span = (1.0, 60.0)
    """Scaled: when the package that follows a split or a partial cancel appears."""
    successor_line_ids: Literal["kept", "new", "mixed"] = "mixed"
    """ASSUMED: whether lineId survives is unpublished."""
    address_fill_s: Span = (5.0, 60.0)
    """Scaled: when an address that came empty is filled in."""

    batch_delay_s: Span = (1.0, 10.0)
    """Scaled, ASSUMED: how long a stock and price batch is in work."""
    batch_life_s: float = 14_400.0
    """Scaled: how long a batch result can be read."""
    repeat_rule_s: float = 900.0
    """Scaled: the same stock and price body within this time is refused."""
    repeat_rule: Literal["refuse", "items", "off"] = "refuse"
    """ASSUMED 400; "items" fails the items instead."""
    barcode_writes_per_minute: int = 30

    claim_auto_accept_s: float = 172_800.0
    """Scaled."""
    claim_not_received_after_s: float = 86_400.0
    """Scaled: reason 1651 is refused earlier than this after the claim."""
    label_form: Literal["zpl", "link"] = "zpl"
    """A ZPL text, or the link to the carrier's PDF, as the Gulf's label page shows it."""
    alternative_delivery_min_s: float = 21_600.0
    """Scaled: Delivered and Returned not earlier than this after an alternative delivery."""
    alternative_delivery_permission: bool = True
    old_field_names: bool = False
    """Render every package with the names used before 2025-12-08."""

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
        """A marketplace duration in the sandbox's seconds."""
        return seconds / self.time_scale


def kept_knobs(database: Database) -> dict[str, Any]:
    """Knobs that were turned in an earlier run on the same data."""
    kept: dict[str, Any] = json.loads(database.get(KIND, "turned") or "{}")
    return kept
