"""The record transaction: lock the order, drain its inbox, write all of it or nothing."""

from typing import Any

from sqlalchemy import Connection, Row

from canonical.checks import unmapped_skus
from canonical.identity import OrderRef
from canonical.order import Order
from canonical.view import OrderView
from canonical.wishes import Wishes
from store.dialects.port import Dialect, OrderWrite
from store.dialects.shapes import MARK, children
from store.drain import Drain, Read, Taken
from store.listings import items_by_sku
from store.parameters import run
from store.results import InboxKind, InboxState, Recorded
from store.rows import encode
from store.sealing import Sealer
from store.sql.orders import insert_order, lock_order, take_received, view_of
from store.tables import order_lines, parcel_lines, parcels, returns
from store.viewing import as_view
from store.written import (
    line_rows,
    order_columns,
    parcel_line_rows,
    parcel_rows,
    return_rows,
)


class Recording:
    """One order's record transaction; `run` is its whole body."""

    def __init__(
        self,
        dialect: Dialect,
        sealer: Sealer,
        ref: OrderRef,
        read: Read,
        unreadable: tuple[type[Exception], ...],
    ) -> None:
        self._dialect = dialect
        self._sealer = sealer
        self._ref = ref
        self._key = ref.model_dump()
        self._read = read
        self._unreadable = unreadable

    def run(self, connection: Connection) -> Recorded:
        """Runs within the caller's transaction, which may be repeated as a whole."""
        locked = self._lock(connection)
        if locked is None:
            return Recorded(view=OrderView(ref=self._ref, exists=False))
        drain = self._begin(locked)
        drain.take(self._take(connection), self._read, self._unreadable)
        self._map_items(connection, drain)
        if drain.changed or drain.marks:
            self._dialect.write(connection, self._write(locked, drain))
        row = run(connection, view_of(self._dialect), self._key).one()
        return Recorded(
            view=as_view(self._ref, row),
            applied=drain.count(InboxState.APPLIED),
            superseded=drain.count(InboxState.SUPERSEDED),
            dead=drain.count(InboxState.DEAD_LETTERED),
        )

    def _lock(self, connection: Connection) -> Row[Any] | None:
        """Of several first writers one inserts the row; the others wait for it and see its work.

        An order of which nothing came gets no row: a command for it must find it unknown.
        """
        statement = lock_order(self._dialect)
        row = run(connection, statement, self._key).first()
        if row is None:
            if run(connection, view_of(self._dialect), self._key).one().waiting:
                run(connection, insert_order(self._dialect), self._key)
            row = run(connection, statement, self._key).first()
        return row

    def _begin(self, locked: Row[Any]) -> Drain:
        sealed = locked.personal
        return Drain(
            ref=self._ref,
            order=sealed and Order.model_validate_json(self._sealer.open(sealed)),
            wishes=Wishes.model_validate_json(locked.wishes),
            contract_problem=locked.contract_problem,
            first_received_at=locked.first_received_at,
            correlation_id=locked.correlation_id,
            heard_at=locked.heard_at,
            notices=locked.notices or 0,
            noticed_at=locked.noticed_at,
        )

    def _take(self, connection: Connection) -> list[Taken]:
        rows = run(connection, take_received(self._dialect), self._key).mappings()
        return [
            Taken(**{**r, "kind": InboxKind(r["kind"]), "body": self._sealer.open(r["body"])})
            for r in rows
        ]

    def _map_items(self, connection: Connection, drain: Drain) -> None:
        """Fills in item ids that the listings know by now."""
        if drain.order is None:
            return
        skus = unmapped_skus(drain.order)
        if not skus:
            return
        items = items_by_sku(connection, self._dialect, self._ref.channel, self._ref.account, skus)
        if items:
            drain.order = _mapped(drain.order, items)
            drain.changed = True

    def _write(self, locked: Row[Any], drain: Drain) -> OrderWrite:
        noted = {
            "wishes": drain.wishes.model_dump_json(by_alias=True),
            "contract_problem": drain.contract_problem,
            "first_received_at": drain.first_received_at,
            "correlation_id": drain.correlation_id,
            "notices": drain.notices or None,
            "noticed_at": drain.noticed_at,
        }
        marks = encode(
            MARK,
            (
                {
                    "id": m.id,
                    "state": m.state.value,
                    "reason": m.reason,
                    "description": m.description,
                }
                for m in drain.marks
            ),
        )
        order = drain.order
        if order is None or not drain.changed:
            return OrderWrite(pk=locked.id, order=noted, marks=marks)
        personal = self._sealer.seal(order.model_dump_json().encode())
        columns = order_columns(order, locked.version + 1)
        return OrderWrite(
            pk=locked.id,
            order={**noted, **columns, "heard_at": drain.heard_at, "personal": personal},
            marks=marks,
            lines=encode(children(order_lines), line_rows(order)),
            parcels=encode(children(parcels), parcel_rows(order)),
            parcel_lines=encode(children(parcel_lines), parcel_line_rows(order)),
            returns=encode(children(returns), return_rows(order)),
        )


def _mapped(order: Order, items: dict[str, str]) -> Order:
    lines = tuple(
        line.model_copy(update={"item_id": line.item_id or items.get(line.channel_sku)})
        for line in order.lines
    )
    return order.model_copy(update={"lines": lines})
