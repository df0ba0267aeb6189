"""How entity workflows are named, started and woken; shared by workflows and the bridge."""

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from canonical.abilities import Abilities
from canonical.identity import OrderRef

ORDER_WORKFLOW = "Order"
POLL_WORKFLOW = "Poll"
ACCOUNT_WORKFLOW = "Account"
SWEEP_WORKFLOW = "Sweep"

NEWS = "news"
"""Signal to an order: its inbox has something. Carries event ids, for the reader of a history."""


class OrderStart(BaseModel):
    """Start input of an order's workflow; abilities are in it, as a replay reads no settings."""

    model_config = ConfigDict(frozen=True)

    ref: OrderRef
    abilities: Abilities
    erp_answers_within: timedelta
    correlation_id: str
    unreadable_signal: str = ""
    """Carried over continue-as-new, since the store knows nothing of it."""
    one_alarm: bool = False
    """False in histories from when each wait had a timer of its own."""


class PollSubject(StrEnum):
    """What a poll reads; each has a Schedule and a watermark of its own."""

    ORDERS = "orders"
    RETURNS = "returns"
    DOCUMENTS = "documents"
    """Files that the marketplace has for us: settlements, reports."""
    WALK = "walk"
    """Orders once more, as far back as the marketplace shows them, behind live traffic."""


class PollStart(BaseModel):
    model_config = ConfigDict(frozen=True)

    channel: str
    account: str
    subject: PollSubject = PollSubject.ORDERS


class SweepStart(BaseModel):
    model_config = ConfigDict(frozen=True)

    channel: str
    account: str
    erp_answers_within: timedelta


class AccountStart(BaseModel):
    model_config = ConfigDict(frozen=True)

    channel: str
    account: str
    abilities: Abilities
    check_every: timedelta
    poll_every: timedelta | None = None
    """Instead of the channel's own pace."""


def task_queue(channel: str) -> str:
    """Order workflows and short calls."""
    return channel


def bulk_task_queue(channel: str) -> str:
    """Polls, feeds and documents."""
    return f"{channel}-bulk"


def inbound_queue(channel: str) -> str:
    """The bus queue of live events."""
    return f"{channel}-inbound"


def backfill_queue(channel: str) -> str:
    """The bus queue of backfill and replays, taken after live traffic."""
    return f"{channel}-backfill"


COMMANDS_QUEUE = "commands"
ORDERS_TOPIC = "orders"
