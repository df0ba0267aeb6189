"""What people ask of running workflows: names and shapes of updates and queries."""

from pydantic import BaseModel, ConfigDict, Field

from canonical.attention import Attention
from canonical.text import Text
from canonical.view import OrderView

RESYNC = "resync"
"""Update of orders and accounts, with `Asked`: read again, try refused steps again, go on."""
PAUSE, RESUME = "pause", "resume"
"""Updates of accounts, with `Asked`: hold the marketplace calls back, let them go on."""
CANCEL = "cancel"
"""Update of orders, with `Asked`: the retailer withdraws."""
SKIP_STEP = "skip_step"
"""Update of orders, with `SkipAsked`: a person has settled the step elsewhere."""
STATE = "state"
"""Query of orders (`OrderStanding`) and accounts (`AccountStanding`)."""
CONFIGURE = "configure"
"""Signal to an account, with `AccountStart`: settings as of the worker's last start."""


class Asked(BaseModel):
    """Who asks, and why; both stand in the history and in the order's log."""

    model_config = ConfigDict(frozen=True)

    by: Text = Field(min_length=1, max_length=100)
    why: Text = Field(min_length=1, max_length=1000)


class SkipAsked(Asked):
    effect: str | None = None
    """The step's name; None means the one that stands."""


class OrderStanding(BaseModel):
    """Where an order's workflow stands, for `souk order show` and the web UI."""

    view: OrderView | None
    """None until the first record."""
    attention: Attention | None
    step: str | None
    """The effect that is being carried out."""


class AccountStanding(BaseModel):
    attention: Attention | None
    webhook: str
    poll_age_seconds: float | None
    """Since the last complete poll of orders."""
    returns_poll_age_seconds: float | None = None
    """The same of returns."""
    paused: bool = False


class OrderOutcome(BaseModel):
    """The result of an order's workflow."""

    state: str
    version: int
    attention: str | None = None
