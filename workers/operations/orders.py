"""Orders as people look at them."""

from dataclasses import dataclass

from activities.signatures.asks import OrderStanding
from canonical.states import OrderState
from canonical.view import OrderView
from store.results import InboxEntry, OrderSummary
from workers.operations.errors import AwayError, NotFoundError, UnclearError
from workers.operations.opened import open_store
from workers.operations.whose import whose
from workers.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """Filters of a list; None means any."""

    channel: str | None
    account: str | None
    state: str | None
    attention: str | None
    open_only: bool
    limit: int


@dataclass(frozen=True)
class Sheet:
    """One order in full, without persons."""

    summary: OrderSummary
    view: OrderView
    log: list[InboxEntry]
    workflow: OrderStanding | str
    """Where its workflow stands; a sentence where it cannot be asked."""


async def found(settings: Settings, wanted: Wanted) -> list[OrderSummary]:
    """Orders that fit, newest first."""
    state = _state(wanted.state)
    async with open_store(settings) as store:
        return await store.orders.find(
            channel=wanted.channel,
            account=wanted.account,
            state=state,
            attention=wanted.attention,
            open_only=wanted.open_only,
            limit=wanted.limit,
        )


async def sheet(settings: Settings, text: str, channel: str | None, account: str | None) -> Sheet:
    """All that is known of an order.

    Raises:
        NotFoundError: There is none.
        UnclearError: Several accounts have this order number.
    """
    async with open_store(settings) as store:
        ref = await whose(store, text, channel, account)
        rows = await store.orders.find(
            channel=ref.channel, account=ref.account, order_id=ref.order_id, limit=1
        )
        if not rows:
            raise NotFoundError(f"There is no order {ref.workflow_id} in the store.")
        view, log = await store.orders.view(ref), await store.inbox.log(ref)
    return Sheet(rows[0], view, log, await _standing(settings, ref.workflow_id))


async def _standing(settings: Settings, workflow_id: str) -> OrderStanding | str:
    from workers.client import TemporalUnavailableError
    from workers.operations.asking import standing

    try:
        return await standing(settings, workflow_id)
    except (AwayError, NotFoundError, TemporalUnavailableError) as error:
        return str(error)


def _state(word: str | None) -> OrderState | None:
    if word is None:
        return None
    try:
        return OrderState(word)
    except ValueError:
        raise UnclearError(
            f"{word!r} is no state of an order; there are {', '.join(OrderState)}."
        ) from None
