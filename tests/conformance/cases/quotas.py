"""Quotas: what is declared keeps the marketplace from ever throttling, by every scope.

Each quota that so few calls fill is filled by both accounts at once, through a limiter that keeps
what is declared and nothing else. The sandbox counts as the marketplace does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from canonical.abilities import Quota, QuotaKind, QuotaScope
from canonical.actions import Action
from channels.errors import ChannelError, RefusedError
from tests.conformance.acts import action, first_action
from tests.conformance.case import Play, case, counts_by
from tests.conformance.limits import Declared, capacity_of
from tests.conformance.stage import Stage, Trader

FILLABLE = 60
"""A quota of more calls is not filled, only met."""
OVER = 3
"""So many calls too many for each account."""

Call = Callable[[Trader], Awaitable[object]]


async def _list(trader: Trader) -> object:
    return await trader.pages(trader.started, trader.started + timedelta(seconds=1))


async def _fetch(trader: Trader) -> object:
    return await trader.channel.fetch_order("1")


async def _health(trader: Trader) -> object:
    return await trader.channel.webhook_health("http://127.0.0.1:1/none")


async def _returns(trader: Trader) -> object:
    day = (trader.started - timedelta(days=1), trader.started)
    return [page async for page in trader.channel.list_returns(*day)]


async def _finance(trader: Trader) -> object:
    day = (trader.started - timedelta(days=1), trader.started)
    kind = trader.abilities.finance[0]
    return [page async for page in trader.channel.list_finance(kind, *day)]


async def _login(trader: Trader) -> object:
    await trader.market.credentials(seller=trader.seller, state="expired")
    return await _fetch(trader)


def _acting(orders: dict[str, list[Action]]) -> Call:
    """What is done already is done again, in turn: a repeat costs a call."""

    async def act(trader: Trader) -> object:
        for done in orders[trader.channel.account]:
            with suppress(RefusedError):
                await trader.channel.perform(done)
        return None

    return act


async def _calls(at: Stage) -> list[Call]:
    """Calls of the port that can be made again and again."""
    abilities = at.one.abilities
    return [
        *([_list] if abilities.polling is not None else []),
        *([_fetch] if abilities.order_readable else []),
        *([_health] if abilities.webhooks and abilities.webhooks.can_register else []),
        *([_returns] if abilities.returns is not None else []),
        *([_finance] if abilities.finance else []),
        *([_login] if abilities.tokens and abilities.order_readable else []),
        *([_acting(await _actions(at))] if abilities.actions else []),
    ]


async def _actions(at: Stage) -> dict[str, list[Action]]:
    """For each account an order, and two actions on it."""
    found = {}
    for trader in (at.one, at.other):
        told = await trader.place(open_to=first_action(trader.abilities).value)
        kinds = {first_action(trader.abilities), trader.abilities.ships_by}
        usual = sorted(kinds & trader.abilities.actions)
        found[trader.channel.account] = [await action(trader, kind, told) for kind in usual]
    return found


def _kept(scope: QuotaScope) -> Play:
    async def play(at: Stage) -> None:
        quotas = at.one.abilities.quotas
        mine = [q for q in quotas if q.scope is scope]
        used = await _operations_of(at)
        filled = 0
        for quota in mine:
            for call, operations in used:
                if set(quota.operations) & operations:
                    filled += 1
                    await _fill(at, quota, call)
                    break
        # Of logins many marketplaces publish no quota.
        asked = {name for call, names in used if call is not _login for name in names}
        undeclared = asked - {name for quota in quotas for name in quota.operations}
        assert not undeclared, f"no quota counts {sorted(undeclared)}"

    return play


async def _operations_of(at: Stage) -> list[tuple[Call, set[str]]]:
    """Under which names each call of the port asks the limiter."""
    found = []
    for call in await _calls(at):
        trader = at.open(0)
        with suppress(ChannelError):
            await _fetch(trader)  # so that a first login is behind it
        trader.limiter.asked.clear()
        with suppress(ChannelError):
            await call(trader)
        found.append((call, {operation for _, operation in trader.limiter.asked}))
    return found


async def _fill(at: Stage, quota: Quota, call: Call) -> None:
    """Both accounts call until the quota is full, and a little more."""
    limiter = Declared(at.row.name, at.one.abilities.quotas)
    traders = [at.open(place, limiter) for place in (0, 1)]
    await at.market.settings(quotas=True)
    before = [(await t.ledger()).parts["any"].throttled for t in traders]
    times = min(capacity_of(quota), FILLABLE) + OVER
    await asyncio.gather(*(_often(call, trader, times) for trader in traders))
    after = [(await t.ledger()).parts["any"].throttled for t in traders]
    await at.market.settings(quotas=False)
    assert after == before, f"the marketplace throttled what {quota.name} lets through"
    if capacity_of(quota) <= FILLABLE and quota.kind is not QuotaKind.CONCURRENCY:
        assert limiter.held_back, f"{times} calls did not fill {quota.name}"


async def _often(call: Call, trader: Trader, times: int) -> None:
    for _ in range(times):
        try:
            await call(trader)
        except ChannelError:
            # Our limiter's refusals, as a rule; the marketplace's are in its ledger.
            continue


for _scope in QuotaScope:
    case(
        f"quota-by-{_scope.value}",
        f"Quotas declared by {_scope.value}, filled by two accounts, are never exceeded; every call"
        " of the port is counted by some quota.",
        counts_by(_scope),
    )(_kept(_scope))
