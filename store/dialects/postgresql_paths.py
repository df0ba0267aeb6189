"""PostgreSQL's hot paths: one statement each, by `ON CONFLICT` and writing CTEs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Connection,
    Integer,
    Row,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.selectable import CTE

from canonical.effects import EffectState
from store.dialects import stepwise
from store.dialects.port import OrderWrite, Sql, Told
from store.dialects.postgresql import PostgresSql
from store.dialects.shapes import (
    CHILDREN,
    RECEIVED,
    RECEIVED_NAMES,
    children,
    is_order,
    own_key,
)
from store.dialects.stepwise import BEGUN, DEAD, OPEN
from store.parameters import given, run
from store.results import Begun
from store.statements import statement_for
from store.tables import effects, inbox, orders

postgresql_only = statement_for("postgresql")
_ATTEMPTS = 4
_ONE: ColumnClause[Any] = literal_column("1")


class Postgres(PostgresSql):
    """PostgreSQL."""

    paths_are_atomic = True
    copies = True

    def receive(self, connection: Connection, rows: str) -> Sequence[Row[Any]]:
        return run(connection, receive(self), {"rows": rows}).all()

    def begin(
        self, connection: Connection, order: Mapping[str, str], name: str, order_version: int
    ) -> Begun | None:
        values: dict[str, Any] = {**order, "name": name, "order_version": order_version}
        for _ in range(_ATTEMPTS):
            row = run(connection, begin(self), values).one()
            if row.claimed is not None:
                return Begun.SEND
            if row.known is None:
                return None
            if row.state is not None and row.state != OPEN:
                return BEGUN[row.state]
            # Another claimed it after this statement's snapshot: the next one sees the row.
        return Begun.READ_BACK

    def finish(
        self,
        connection: Connection,
        order: Mapping[str, str],
        name: str,
        state: EffectState,
        answer: str,
        told: Told | None,
    ) -> bool:
        values: dict[str, Any] = {**order, "name": name, "outcome": state.value, "answer": answer}
        if told is None:
            return run(connection, finish(self), values).first() is not None
        values |= told.values()
        return run(connection, finish_and_tell(self), values).first() is not None

    def write(self, connection: Connection, write: OrderWrite) -> None:
        values = {"pk": write.pk, **write.order, "marks": write.marks}
        if write.lines is None:
            run(connection, note_order(self), values)
            return
        values |= {
            "lines": write.lines,
            "parcels": write.parcels,
            "parcel_lines": write.parcel_lines,
            "returns": write.returns,
        }
        run(connection, write_order(self), values)


@postgresql_only
def receive(sql: Sql) -> ReturningInsert[Any]:
    """Adds what is missing, counts deliveries of the rest, revives what was dead-lettered."""
    rows = sql.rows("rows", RECEIVED)
    source = select(*(rows.columns[n] for n in RECEIVED_NAMES)).select_from(rows.source)
    new = insert(inbox).from_select(list(RECEIVED_NAMES), source)
    dead = inbox.c.state == DEAD
    renewed = ("state", "order_id", "subject", "version", "body", "reason", "description")
    return new.on_conflict_do_update(
        index_elements=["channel", "account", "kind", "event_id"],
        set_={
            "deliveries": inbox.c.deliveries + new.excluded.deliveries,
            **{k: case((dead, new.excluded[k]), else_=inbox.c[k]) for k in renewed},
        },
    ).returning(inbox.c.channel, inbox.c.account, inbox.c.event_id, inbox.c.state)


@postgresql_only
def begin(sql: Sql) -> Select[Any]:
    """One row: the claim where it was made now, else the state that stood before."""
    name = given("name", effects.c.name)
    source = select(
        orders.c.id,
        name,
        given("order_version", Integer()),
        literal(EffectState.SENT.value, effects.c.state.type),
        literal("", effects.c.answer.type),
        _ONE,
        sql.now(),
    ).where(is_order())
    columns = ["order_pk", "name", "order_version", "state", "answer", "attempts", "begun_at"]
    new = insert(effects).from_select(columns, source)
    claim = (
        new.on_conflict_do_update(
            index_elements=["order_pk", "name"],
            set_={
                "state": new.excluded.state,
                "answer": new.excluded.answer,
                "order_version": new.excluded.order_version,
                "attempts": effects.c.attempts + 1,
                "begun_at": new.excluded.begun_at,
                "finished_at": null(),
            },
            where=effects.c.state == OPEN,
        )
        .returning(effects.c.order_pk)
        .cte("claim")
    )
    before = (
        select(effects.c.state)
        .where(effects.c.order_pk == orders.c.id, effects.c.name == name)
        .scalar_subquery()
    )
    known = select(orders.c.id, before.label("state")).where(is_order()).subquery("known")
    one = select(_ONE.label("one")).subquery("one")
    return select(
        claim.c.order_pk.label("claimed"), known.c.id.label("known"), known.c.state
    ).select_from(
        one.outerjoin(known, literal_column("true")).outerjoin(claim, literal_column("true"))
    )


def _finished(sql: Sql) -> CTE:
    return (
        update(effects)
        .where(
            effects.c.order_pk == orders.c.id,
            is_order(),
            effects.c.name == given("name", effects.c.name),
            effects.c.state != EffectState.DONE.value,
        )
        .values(
            state=given("outcome", effects.c.state),
            answer=given("answer", effects.c.answer),
            finished_at=sql.now(),
        )
        .returning(effects.c.order_pk)
        .cte("finished")
    )


@postgresql_only
def finish(sql: Sql) -> Select[Any]:
    """A row where the outcome was written."""
    return select(_finished(sql).c.order_pk)


@postgresql_only
def finish_and_tell(sql: Sql) -> Select[Any]:
    """The same, and what the internal systems know now."""
    finished = _finished(sql)
    told = (
        update(orders)
        .where(orders.c.id == finished.c.order_pk)
        .values(
            told_state=given("told", orders.c.told_state),
            told_digest=func.coalesce(
                given("told_digest", orders.c.told_digest), orders.c.told_digest
            ),
            told_at=case((given("now", Integer()) == 1, sql.now()), else_=orders.c.told_at),
            updated_at=sql.now(),
        )
        .returning(orders.c.id)
        .cte("told")
    )
    return select(finished.c.order_pk).add_cte(told)


def _replaced(sql: Sql, parameter: str, table: Table) -> tuple[CTE, CTE]:
    """A set of children made equal to the rows given. No row is both dropped and put."""
    rows = sql.rows(parameter, children(table))
    key = own_key(table)
    pk = given("pk", table.c.order_pk)
    names = ["order_pk", *(c.name for c in children(table))]
    source = select(pk, *(rows.columns[n] for n in names[1:])).select_from(rows.source)
    new = insert(table).from_select(names, source)
    put = (
        new.on_conflict_do_update(
            index_elements=["order_pk", *key],
            set_={n: new.excluded[n] for n in names[1:] if n not in key},
        )
        .returning(table.c.order_pk)
        .cte(f"put_{parameter}")
    )
    keys = sql.rows(parameter, [table.c[k] for k in key])
    kept = exists(
        select(_ONE)
        .select_from(keys.source)
        .where(and_(*(table.c[k] == keys.columns[k] for k in key)))
    )
    dropped = (
        delete(table)
        .where(table.c.order_pk == pk, ~kept)
        .returning(table.c.order_pk)
        .cte(f"drop_{parameter}")
    )
    return put, dropped


@postgresql_only
def note_order(sql: Sql) -> Select[Any]:
    """The order's row and its inbox rows."""
    noted = stepwise.note_order(sql).returning(orders.c.id).cte("noted")
    marked = stepwise.mark(sql).returning(inbox.c.id).cte("marked")
    return select(func.count(_ONE)).add_cte(noted, marked)


@postgresql_only
def write_order(sql: Sql) -> Select[Any]:
    """The order with lines and parcels, and its inbox rows."""
    written = stepwise.write_order(sql).returning(orders.c.id).cte("written")
    marked = stepwise.mark(sql).returning(inbox.c.id).cte("marked")
    sets = [c for name, table in CHILDREN.items() for c in _replaced(sql, name, table)]
    return select(func.count(_ONE)).add_cte(written, marked, *sets)
