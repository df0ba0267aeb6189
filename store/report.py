"""The store's account of itself."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select

from canonical.effects import EffectState
from canonical.identity import OrderRef
from canonical.states import OrderState
from store.database import Database
from store.dialects.port import Sql
from store.results import InboxState, StoreReport, StuckEffect
from store.sql import report as sql
from store.sql.inbox import inbox_by_state, oldest_received


class Report:
    """Reads only; safe at any time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> StoreReport:
        """Counts and contradictions, each as of its own instant."""
        return await self._database.quick(self._read)

    def _read(self, connection: Connection) -> StoreReport:
        dialect = self._database.dialect

        def rows(build: Callable[[Sql], Select[Any]]) -> Sequence[Row[Any]]:
            return connection.execute(build(dialect)).all()

        def counts(build: Callable[[Sql], Select[Any]]) -> dict[str, int]:
            return dict((str(word), int(count)) for word, count in map(tuple, rows(build)))

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
