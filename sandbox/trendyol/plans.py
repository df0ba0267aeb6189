"""Traffic plans: what is to be placed, in which shares, at which pace."""

from pydantic import ConfigDict, Field

from sandbox.engine.database import Database
from sandbox.engine.plans import NumberedPlan, PlanBook
from sandbox.trendyol.knobs import Span


class Plan(NumberedPlan):
    """A seeded row of orders. Spans are seconds as they stand, never scaled."""

    model_config = ConfigDict(extra="forbid")

    orders: int = Field(gt=0)
    seed: int = 7
    per_second: float = Field(default=5.0, gt=0)
    sellers: list[str] = Field(default_factory=list)
    placed: int = 0
    max_lines: int = Field(default=4, ge=1)

    share_awaiting: float = Field(default=0.3, ge=0, le=1)
    share_awaiting_cancelled: float = Field(default=0.0, ge=0, le=1)
    share_cancelled: float = Field(default=0.05, ge=0, le=1)
    share_partly_cancelled: float = Field(default=0.0, ge=0, le=1)
    share_split: float = Field(default=0.0, ge=0, le=1)
    share_cod: float = Field(default=0.0, ge=0, le=1)
    share_old_names: float = Field(default=0.0, ge=0, le=1)
    share_empty_address: float = Field(default=0.0, ge=0, le=1)
    share_unknown_status: float = Field(default=0.0, ge=0, le=1)
    share_undelivered: float = Field(default=0.0, ge=0, le=1)
    share_claimed: float = Field(default=0.0, ge=0, le=1)

    awaiting_s: Span = (0.2, 1.0)
    cancel_s: Span = (0.1, 1.2)
    ship_s: Span = (0.2, 0.8)
    deliver_s: Span = (0.2, 0.8)

    claim_decision_s: Span | None = None
    """How long a dispute takes; None: a day, scaled."""
    hooks_passive_at: float | None = Field(default=None, gt=0, le=1)
    """When this share of the orders is placed, all hooks of the plan's sellers go PASSIVE."""

    duplicate_share: float | None = Field(default=None, ge=0, le=1)
    reorder_share: float | None = Field(default=None, ge=0, le=1)
    lost_hook_share: float | None = Field(default=None, ge=0, le=1)
    envelope_share: float | None = Field(default=None, ge=0, le=1)


BY_HAND = Plan(orders=1)
"""The pace of packages that belong to no plan."""


class Plans(PlanBook[Plan]):
    """All plans, running and finished."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, BY_HAND)
