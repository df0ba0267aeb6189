"""Everything that can be turned: quotas, times, shares, and the ASSUMED choices."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.amazon import stamps
from sandbox.amazon.quotas import RATES
from sandbox.engine.database import Database

KIND = "knobs"
Span = tuple[float, float]
Share = float


class Knobs(BaseModel):
    """Settings of a running sandbox; `POST /_sandbox/knobs` changes them.

    Durations end in `_s` (seconds) and are Amazon's own: `time_scale` divides them, and multiplies
    the rates of the quotas, unless "not scaled" stands beside it. Values without a documented
    source are marked ASSUMED.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    seed: int = 7
    time_scale: float = Field(default=1.0, gt=0)

    quotas: dict[str, tuple[float, float]] = RATES
    """Requests a second and burst, by operation (section 7)."""
    quotas_enforced: bool = True
    token_life_s: float = 3600.0
    user_agent_rule: Literal["language", "present"] = "language"
    """Documented is that Language is required; Amazon's own Python package does not send it."""
    orders_need_tax_role: bool = False
    """Seen by users: every searchOrders call is 403 without a tax role."""

    clock_ahead_s: float = 0.0
    """Not scaled: of Amazon's clock before this machine's, in all times on the wire."""
    page_limit: int | None = Field(default=None, ge=1)
    """Orders on a page at most, whatever is asked for."""
    visibility_lag_s: float = 120.0
    lag_holds_for: Literal["lists", "all"] = "all"
    """ASSUMED: whether a single order is read as late as the lists."""
    orders_token_life_s: float = 86_400.0
    inventory_token_life_s: float = 30.0
    """Not scaled: clients page at once."""
    presigned_life_s: float = 300.0
    presigned_least_s: float = 5.0
    """Not scaled: what the scale leaves at least, so that a busy machine can still download."""

    pending_prices: bool = False
    """Whether pending orders show prices in 2026-01-01; seen in JP, not promised."""
    proceeds_tax: Literal["included", "separate"] = "included"
    """ASSUMED: whether ITEM contains the VAT in KSA, or TAX stands beside a net ITEM."""
    discount_sign: Literal["negative", "positive"] = "negative"
    """ASSUMED: how DISCOUNT enters the breakdowns; positive ones do not add up to the total."""
    confirm_repeat: Literal["edit", "refuse"] = "edit"
    """What the same packageReferenceId again does; documented is the edit."""
    easy_ship: bool = True
    """ASSUMED: whether the Easy Ship API serves Saudi Arabia at all."""
    overdue_s: float = 259_200.0
    """Unconfirmed so long after the promised ship date, an order is cancelled (SC 200197960)."""

    check_queue_policy: bool = True
    """Whether a queue whose policy does not let Amazon in gets nothing."""
    notification_duplicate_share: Share = Field(default=0.12, ge=0, le=1)
    notification_copies: int = Field(default=9, ge=1)
    """Further deliveries of one duplicated event at most; ten in all were seen."""
    notification_reorder_share: Share = Field(default=0.15, ge=0, le=1)
    notification_lost_share: Share = Field(default=0.0, ge=0, le=1)
    notification_early_share: Share = Field(default=0.1, ge=0, le=1)
    """Sent before the change can be read; the others wait for the lag."""
    notification_delay_s: Span = (1.0, 60.0)
    notification_hold_s: Span = (0.5, 2.5)
    """Not scaled: how long a reordered or repeated delivery is held back."""

    report_steps_s: Span = (5.0, 90.0)
    """ASSUMED: IN_QUEUE, and again IN_PROGRESS."""
    report_gap_s: float = 1800.0
    """A report type asked for again earlier than this is CANCELLED (FBA near-real-time)."""
    report_gap_types: frozenset[str] = frozenset({"GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL"})
    report_encoding: Literal["utf-8", "cp1256", "utf-8-sig"] = "utf-8"
    """ASSUMED: unknown for SA."""
    report_decimals: Literal[".", ","] = "."
    """ASSUMED: unknown for SA."""
    report_extra_column: bool = False
    """New columns appear in flat files without notice."""
    gzip_share: Share = Field(default=0.5, ge=0, le=1)
    """Of documents that are compressed."""
    settlement_notified: bool = False
    """ASSUMED: whether a settlement is announced, or only found by getReports."""
    settlement_off_by: str = "0.00"
    """Added to total-amount, so that a settlement does not add up."""

    feed_steps_s: Span = (5.0, 120.0)
    """ASSUMED: IN_QUEUE, and again IN_PROGRESS; listings were seen to take 12 h."""
    listings_feeds_per_5_min: int = 5
    price_after_quantity_s: float = 60.0
    """A message's price is in force so much later than its quantity (seen by users)."""

    def turn(self, database: Database, values: dict[str, Any]) -> None:
        """Changes the named knobs, all or none, and keeps them for the next start.

        Raises:
            ValueError: A name is unknown or a value does not fit.
        """
        changed = Knobs.model_validate(self.model_dump() | values)
        for name in values:
            setattr(self, name, getattr(changed, name))
        stamps.set_ahead(self.clock_ahead_s)
        kept = kept_knobs(database) | changed.model_dump(mode="json", include=set(values))
        database.put(KIND, "turned", json.dumps(kept))

    def scaled(self, seconds: float) -> float:
        """A duration of Amazon's in the sandbox's seconds."""
        return seconds / self.time_scale

    def lag_ms(self) -> int:
        """How late changes are seen, in milliseconds."""
        return round(self.scaled(self.visibility_lag_s) * 1000)


def kept_knobs(database: Database) -> dict[str, Any]:
    """Knobs that were turned in an earlier run on the same data."""
    kept: dict[str, Any] = json.loads(database.get(KIND, "turned") or "{}")
    return kept
