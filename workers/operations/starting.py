"""Starting an order's workflow again, where somebody ended it."""

from temporalio.client import Client

from bridge.dispatcher.waker import Waker
from canonical.identity import OrderRef
from workers.bootstrap import configured, open_channels
from workers.operations.errors import RefusedError
from workers.settings import Settings


async def start_again(
    settings: Settings, client: Client, ref: OrderRef, correlation_id: str
) -> None:
    """Starts the order's workflow as its next event would.

    Raises:
        RefusedError: The account is not configured.
        OutageError: Temporal did not answer.
    """
    key = ref.channel, ref.account
    accounts = [a for a in configured(settings) if (a.channel, a.account) == key]
    if not accounts:
        raise RefusedError(
            f"Account {ref.account!r} of {ref.channel!r} is not configured: add it under"
            " `accounts` in the settings."
        )
    channel = open_channels(accounts)[key]
    try:
        waker = Waker(client, settings.erp_answers_within)
        await waker.wake(ref, channel.abilities, [], correlation_id)
    finally:
        await channel.close()
