"""Accounts as people look at them, and asking one to be checked, paused or resumed."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client

from activities.signatures.asks import STATE, AccountStanding, Asked
from canonical.identity import account_workflow_id
from workers.client import connect
from workers.operations.errors import AwayError, NotFoundError
from workers.operations.temporal import in_our_words
from workers.sealer import sealer_of
from workers.settings import AccountSettings, Settings

QUERY_WITHIN = timedelta(seconds=5)
CHECK_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True)
class AccountSheet:
    """One configured account, and how its workflow found it last."""

    channel: str
    account: str
    workflow_id: str
    standing: AccountStanding | str
    """A sentence where its workflow cannot be asked."""


async def listed(settings: Settings) -> list[AccountSheet]:
    """All configured accounts."""
    client = await connect(settings.temporal, sealer=sealer_of(settings))
    return [await _sheet(client, each) for each in settings.accounts]


async def ask(settings: Settings, update: str, channel: str, account: str, asked: Asked) -> str:
    """Has an account checked now (`resync`), paused, or resumed.

    Raises:
        NotFoundError: It is not configured, or no worker has started its workflow.
        AwayError: Temporal, or every worker, is away.
    """
    if not any((x.channel, x.account) == (channel, account) for x in settings.accounts):
        known = ", ".join(f"{x.channel} {x.account}" for x in settings.accounts)
        raise NotFoundError(f"Account {channel} {account} is not configured; there are {known}.")
    client = await connect(settings.temporal, sealer=sealer_of(settings))
    workflow_id = account_workflow_id(channel, account)
    async with in_our_words(workflow_id):
        handle = client.get_workflow_handle(workflow_id)
        call: Awaitable[str] = handle.execute_update(
            update, asked, result_type=str, rpc_timeout=CHECK_WITHIN
        )
        return await call


async def _sheet(client: Client, account: AccountSettings) -> AccountSheet:
    workflow_id = account_workflow_id(account.channel, account.account)
    standing: AccountStanding | str
    try:
        async with in_our_words(workflow_id):
            handle = client.get_workflow_handle(workflow_id)
            standing = await handle.query(
                STATE, result_type=AccountStanding, rpc_timeout=QUERY_WITHIN
            )
    except (AwayError, NotFoundError) as error:
        standing = str(error)
    return AccountSheet(account.channel, account.account, workflow_id, standing)
