"""Traffic plans: what is to be placed, in which shares, at which pace."""

from pydantic import ConfigDict, Field

from sandbox.engine.database import Database
from sandbox.engine.plans import NumberedPlan, PlanBook

Span = tuple[float, float]


class Plan(NumberedPlan):
    """A seeded row of orders. Spans are seconds as they stand, never scaled."""

    model_config = ConfigDict(extra="forbid")

    orders: int = Field(gt=0)
    seed: int = 7
    per_second: float = Field(default=5.0, gt=0)
    sellers: list[str] = Field(default_factory=list)
    placed: int = 0
    max_lines: int = Field(default=4, ge=1)
    share_pending: float = Field(default=0.2, ge=0, le=1)
    """Orders whose payment is settled a little later."""
    share_cancelled: float = Field(default=0.05, ge=0, le=1)
    """Orders that the customer cancels before they leave."""
    share_partly_cancelled: float = Field(default=0.0, ge=0, le=1)
    share_cod: float = Field(default=0.0, ge=0, le=1)
    pending_s: Span = (0.2, 1.0)
    cancel_s: Span = (0.1, 1.2)
    deliver_s: Span = (0.3, 1.5)
    duplicate_share: float | None = Field(default=None, ge=0, le=1)
    reorder_share: float | None = Field(default=None, ge=0, le=1)
    lost_hook_share: float | None = Field(default=None, ge=0, le=1)


BY_HAND = Plan(orders=1)
"""The pace of orders that belong to no plan."""


class Plans(PlanBook[Plan]):
    """All plans, running and finished."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, BY_HAND)
