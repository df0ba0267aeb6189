"""How the quotas of the configured accounts stand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from store.limiter import Rule, SqlRows
from store.limiter.standing import Standing, standings
from workers.bootstrap import configured
from workers.limiting import slots_of
from workers.settings import Settings


class Quotas:
    """Reads standings again and again over one connection."""

    def __init__(self, rows: SqlRows, rules: list[Rule]) -> None:
        self._rows = rows
        self._rules = rules

    async def read(self) -> list[Standing]:
        """Every quota now.

        Raises:
            StoreUnavailableError: The database is away.
        """
        return await standings(self._rows, self._rules)


@asynccontextmanager
async def quotas(
    settings: Settings, channel: str | None, account: str | None
) -> AsyncIterator[Quotas]:
    """The quotas of these accounts, or of all.

    Raises:
        SettingsError: The channel has no account.
    """
    accounts = configured(settings, None if channel is None else [channel])
    slots = slots_of(settings, {a.channel for a in accounts})
    wanted = [a for a in accounts if account in (None, a.account)]
    rules = {rule.key: rule for a in wanted for rule in slots.rules(a.channel, a.account)}
    rows = SqlRows.connect(settings.database_url.get_secret_value())
    try:
        yield Quotas(rows, list(rules.values()))
    finally:
        await rows.close()
        await slots.close()
