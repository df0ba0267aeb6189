"""Activities of an account's life: polling, webhook health."""

from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict
from temporalio import activity

from activities.signatures import by_body
from activities.signatures.start import PollSubject
from canonical.attention import Attention


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True)

    channel: str
    account: str


class PollInput(_Input):
    """Read what changed since the watermark and send each event to the bus."""

    subject: PollSubject = PollSubject.ORDERS


class PollResult(BaseModel):
    events: int
    """Sent to the bus: not yet applied here."""
    known: int
    """Dropped, since they are applied already."""
    watermark: AwareDatetime | None


class CheckAccountInput(_Input):
    poll_stale_after: timedelta
    """A poll of orders that came to its end longer ago than this is an attention."""
    returns_stale_after: timedelta | None = None
    """The same of returns; None where they are not polled."""
    watched_since: AwareDatetime | None = None
    """From when on polls are due: the age of one that never came to its end."""


class CheckAccountResult(BaseModel):
    attention: Attention | None
    webhook: str = "none"
    """As found: `active`, `passive` or `missing` (both mended now), `none` without hooks."""
    poll_age: timedelta | None = None
    """Since the last complete poll of orders; None before the first, or without polls."""
    returns_poll_age: timedelta | None = None
    """The same of returns."""
    paused: bool = False
    """Whether the account's marketplace calls are held back, by a person or for a refused login."""


class HoldInput(_Input):
    """Hold the account's marketplace calls back, or let them go on."""

    by: str
    why: str


class SweepInput(_Input):
    """Start again the account's open orders that have no running workflow."""

    erp_answers_within: timedelta


class SweepResult(BaseModel):
    open_orders: int
    """Looked at."""
    started: int


@activity.defn(name="poll_orders")
async def poll_orders(arg: PollInput) -> PollResult:
    """Marketplace, store and bus. Long: heartbeats after each page."""
    by_body()


@activity.defn(name="check_account")
async def check_account(arg: CheckAccountInput) -> CheckAccountResult:
    """Marketplace and store."""
    by_body()


@activity.defn(name="sweep_orders")
async def sweep_orders(arg: SweepInput) -> SweepResult:
    """Store and Temporal. Long: heartbeats after each page."""
    by_body()


@activity.defn(name="hold_account")
async def hold_account(arg: HoldInput) -> None:
    """Store. Short."""
    by_body()


@activity.defn(name="resume_account")
async def resume_account(arg: HoldInput) -> bool:
    """Store. Short."""
    by_body()
