"""Traffic plans: what is to be placed, in which shares, at which pace."""

from pydantic import ConfigDict, Field

from sandbox.amazon.knobs import Span
from sandbox.engine.database import Database
from sandbox.engine.plans import NumberedPlan, PlanBook

Share = float


class Plan(NumberedPlan):
    """A seeded row of orders. Spans are seconds as they stand, never scaled."""

    model_config = ConfigDict(extra="forbid")

    orders: int = Field(gt=0)
    seed: int = 7
    per_second: float = Field(default=5.0, gt=0)
    sellers: list[str] = Field(default_factory=list)
    placed: int = 0
    placed_as: dict[str, int] = Field(default_factory=dict)
    """How many of each kind were placed so far."""
    max_lines: int = Field(default=3, ge=1)

    share_fba: Share = Field(default=0.3, ge=0, le=1)
    """Of all orders; the others are the merchant's."""
    share_easy_ship: Share = Field(default=0.7, ge=0, le=1)
    """Of the merchant's orders."""
    share_pending: Share = Field(default=0.4, ge=0, le=1)
    share_pending_cancelled: Share = Field(default=0.05, ge=0, le=1)
    share_cancelled: Share = Field(default=0.0, ge=0, le=1)
    """Of all orders: the buyer cancels at once, while nothing has left."""
    share_cancel_request: Share = Field(default=0.1, ge=0, le=1)
    """Of the merchant's orders: the buyer asks, the seller decides."""
    share_cod: Share = Field(default=0.3, ge=0, le=1)
    share_business: Share = Field(default=0.1, ge=0, le=1)
    share_promotion: Share = Field(default=0.25, ge=0, le=1)
    share_shipping: Share = Field(default=0.3, ge=0, le=1)
    share_refused: Share = Field(default=0.03, ge=0, le=1)
    """Of Easy Ship orders."""
    share_fba_partial: Share = Field(default=0.15, ge=0, le=1)
    share_fba_returned: Share = Field(default=0.1, ge=0, le=1)

    pending_s: Span = (0.2, 1.5)
    cancel_s: Span = (0.1, 1.0)
    ship_s: Span = (0.3, 1.5)
    deliver_s: Span = (0.3, 1.5)
    return_s: Span = (0.3, 1.5)

    documents: bool = True
    """Once all orders are finished: a settlement, the scheduled reports, and invoices in the
    bucket (of each tenth order, and of one at least)."""
    documents_done: bool = False

    duplicate_share: Share | None = Field(default=None, ge=0, le=1)
    reorder_share: Share | None = Field(default=None, ge=0, le=1)
    lost_hook_share: Share | None = Field(default=None, ge=0, le=1)

    def counted(self, kind: str) -> int:
        """How many of a kind were placed before this one."""
        before = self.placed_as.get(kind, 0)
        self.placed_as[kind] = before + 1
        return before


BY_HAND = Plan(orders=1)
"""The pace of orders that belong to no plan."""


class Plans(PlanBook[Plan]):
    """All plans, running and finished."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, BY_HAND)
