"""The store's account of itself."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select

from canonical.effects import EffectState
from canonical.identity import OrderRef
from canonical.states import OrderState
from store.database import Database
from store.dialects.port import Sql
from store.parameters import run
from store.results import InboxState, OrderCounts, StoreReport, StuckEffect
from store.sql import report as sql
from store.sql.inbox import inbox_by_state, oldest_received


class Report:
    """Reads only; safe at any time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> StoreReport:
        """Counts and contradictions, each as of its own instant."""
        return await self._database.quick(self._read)

    async def orders_by_account(self) -> OrderCounts:
        """How many orders stand where; cheap enough to be asked every second."""
        return await self._database.quick(self._by_account)

    def _by_account(self, connection: Connection) -> OrderCounts:
        states: dict[tuple[str, str], dict[OrderState, int]] = {}
        for row in run(connection, sql.orders_by_account(self._database.dialect)):
            states.setdefault((row.channel, row.account), {})[OrderState(row.state)] = row.number
        words = run(connection, sql.orders_by_attention(self._database.dialect))
        return OrderCounts(states=states, attention={row.word: row.number for row in words})

    def _read(self, connection: Connection) -> StoreReport:
        dialect = self._database.dialect

        def rows(build: Callable[[Sql], Select[Any]]) -> Sequence[Any]:
            return run(connection, build(dialect)).all()

        def counts(build: Callable[[Sql], Select[Any]]) -> dict[str, int]:
            return {str(word): int(number) for word, number in rows(build)}

        return StoreReport(
            inbox={InboxState(k): n for k, n in counts(inbox_by_state).items()},
            orders={OrderState(k): n for k, n in counts(sql.orders_by_state).items()},
            effects={EffectState(k): n for k, n in counts(sql.effects_by_state).items()},
            repeated_deliveries=int(rows(sql.repeated_deliveries)[0][0]),
            attention=counts(sql.orders_by_attention),
            orders_without_lines=tuple(map(_ref, rows(sql.orders_without_lines))),
            quantities_disagree=tuple(map(_ref, rows(sql.quantities_disagree))),
            stuck_effects=tuple(
                StuckEffect(_ref(r), r.name, EffectState(r.state), r.begun_at)
                for r in rows(sql.stuck_effects)
            ),
            oldest_received=rows(oldest_received)[0][0],
        )


def _ref(row: Row[Any]) -> OrderRef:
    return OrderRef(channel=row.channel, account=row.account, order_id=row.order_id)
