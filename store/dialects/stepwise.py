"""The hot paths as plain statements one after the other, for any database."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Delete,
    Executable,
    Integer,
    Row,
    Select,
    Table,
    Update,
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

from canonical.effects import EffectState
from store.dialects.port import OrderWrite, RowsSource, Sql, Told
from store.dialects.shapes import (
    CHILDREN,
    MARK,
    ORDER_NOTED,
    ORDER_WRITTEN,
    RECEIVED,
    RECEIVED_NAMES,
    children,
    is_order,
    own_key,
)
from store.parameters import given, run
from store.results import Begun, InboxState
from store.statements import statement
from store.tables import effects, inbox, orders

OPEN = "open"
"""An effect that was taken back: it may be sent, as if it had never begun."""
DEAD = InboxState.DEAD_LETTERED.value
_ATTEMPTS = 4

BEGUN: dict[str, Begun] = {
    EffectState.DONE: Begun.DONE,
    EffectState.SENT: Begun.READ_BACK,
    EffectState.UNKNOWN: Begun.READ_BACK,
    EffectState.REFUSED: Begun.REFUSED,
}
"""What a row that is there already means for whoever begins."""


class Stepwise:
    """Mix-in over a database's pieces. Each path runs within the caller's transaction."""

    paths_are_atomic = False
    copies = False

    def receive(self, connection: Connection, rows: str) -> Sequence[Row[Any]]:
        sql = cast(Sql, self)
        run(connection, insert_uncounted(sql), {"rows": rows})
        run(connection, count_deliveries(sql), {"rows": rows})
        return run(connection, states_of(sql), {"rows": rows}).all()

    def begin(
        self, connection: Connection, order: Mapping[str, str], name: str, order_version: int
    ) -> Begun | None:
        sql = cast(Sql, self)
        for _ in range(_ATTEMPTS):
            row = run(connection, effect_of(sql), {**order, "name": name}).first()
            if row is None:
                return None
            claim = {"pk": row.id, "name": name, "order_version": order_version}
            if row.state is None:
                done = run(connection, insert_effect(sql), claim)
            elif row.state == OPEN:
                done = run(connection, claim_open_effect(sql), claim)
            else:
                return BEGUN[row.state]
            if done.rowcount == 1:
                return Begun.SEND
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
        sql = cast(Sql, self)
        row = run(connection, effect_of(sql), {**order, "name": name}).first()
        if row is None:
            return False
        outcome = {"pk": row.id, "name": name, "outcome": state.value, "answer": answer}
        if run(connection, finish_effect(sql), outcome).rowcount != 1:
            return False
        if told is not None:
            run(connection, tell(sql), {"pk": row.id, **told.values()})
        return True

    def write(self, connection: Connection, write: OrderWrite) -> None:
        sql = cast(Sql, self)
        order = write_order(sql) if write.lines is not None else note_order(sql)
        run(connection, order, {"pk": write.pk, **write.order})
        run(connection, mark(sql), {"marks": write.marks})
        sets = {
            "lines": write.lines,
            "parcels": write.parcels,
            "parcel_lines": write.parcel_lines,
            "returns": write.returns,
        }
        for name, rows in sets.items():
            if rows is not None:
                for step in CHILD_STEPS[name]:
                    run(connection, step(sql), {"pk": write.pk, name: rows})


@statement
def count_deliveries(sql: Sql) -> Update:
    """One delivery of each; a dead-lettered row is received again."""
    rows = sql.rows("rows", RECEIVED)
    dead = inbox.c.state == DEAD
    renewed = ("state", "order_id", "subject", "version", "body", "reason", "description")
    return (
        update(inbox)
        .where(*(inbox.c[k] == rows.columns[k] for k in ("channel", "account", "kind", "event_id")))
        .values(
            deliveries=inbox.c.deliveries + rows.columns["deliveries"],
            **{k: case((dead, rows.columns[k]), else_=inbox.c[k]) for k in renewed},
        )
    )


@statement
def insert_uncounted(sql: Sql) -> Executable:
    """Adds what is missing without its delivery, which is counted for all rows alike.

    So a row that another adds at the same moment is counted too.
    """
    rows = sql.rows("rows", RECEIVED)
    columns = {**rows.columns, "deliveries": literal_column("0", inbox.c.deliveries.type)}
    return sql.insert_missing(inbox, RECEIVED_NAMES, RowsSource(rows.source, columns))


@statement
def insert_received(sql: Sql) -> Executable:
    return sql.insert_missing(inbox, RECEIVED_NAMES, sql.rows("rows", RECEIVED))


@statement
def states_of(sql: Sql) -> Select[Any]:
    rows = sql.rows("rows", RECEIVED)
    same = and_(
        *(inbox.c[k] == rows.columns[k] for k in ("channel", "account", "kind", "event_id"))
    )
    return select(inbox.c.channel, inbox.c.account, inbox.c.event_id, inbox.c.state).select_from(
        rows.source.join(inbox, same)
    )


@statement
def effect_of(sql: Sql) -> Select[Any]:
    """The order's key, and the effect's state where it was begun."""
    named = and_(
        effects.c.order_pk == orders.c.id,
        effects.c.name == given("name", effects.c.name),
    )
    return (
        select(orders.c.id, orders.c.version, effects.c.state).select_from(
            orders.outerjoin(effects, named)
        )
    ).where(is_order())


@statement
def insert_effect(sql: Sql) -> Executable:
    """Claims an effect that was never begun; nothing where someone else was faster."""
    one = select(
        given("pk", effects.c.order_pk).label("order_pk"),
        given("name", effects.c.name).label("name"),
        given("order_version", effects.c.order_version).label("order_version"),
        literal(EffectState.SENT.value, effects.c.state.type).label("state"),
        literal("", effects.c.answer.type).label("answer"),
        literal_column("1", effects.c.attempts.type).label("attempts"),
        sql.now().label("begun_at"),
    ).subquery("one")
    return sql.insert_missing(effects, list(one.c.keys()), RowsSource(one, dict(one.c)))


@statement
def claim_open_effect(sql: Sql) -> Update:
    return (
        update(effects)
        .where(
            effects.c.order_pk == given("pk", effects.c.order_pk),
            effects.c.name == given("name", effects.c.name),
            effects.c.state == OPEN,
        )
        .values(
            state=EffectState.SENT.value,
            attempts=effects.c.attempts + 1,
            order_version=given("order_version", effects.c.order_version),
            begun_at=sql.now(),
            finished_at=null(),
            answer="",
        )
    )


@statement
def finish_effect(sql: Sql) -> Update:
    """What is done stays done."""
    return (
        update(effects)
        .where(
            effects.c.order_pk == given("pk", effects.c.order_pk),
            effects.c.name == given("name", effects.c.name),
            effects.c.state != EffectState.DONE.value,
        )
        .values(
            state=given("outcome", effects.c.state),
            answer=given("answer", effects.c.answer),
            finished_at=sql.now(),
        )
    )


@statement
def tell(sql: Sql) -> Update:
    """The newest state that the internal systems were told."""
    now = given("now", Integer())
    return (
        update(orders)
        .where(orders.c.id == given("pk", orders.c.id))
        .values(
            told_state=given("told", orders.c.told_state),
            told_digest=func.coalesce(
                given("told_digest", orders.c.told_digest), orders.c.told_digest
            ),
            told_at=case((now == 1, sql.now()), else_=orders.c.told_at),
            updated_at=sql.now(),
        )
    )


@statement
def note_order(sql: Sql) -> Update:
    """What every record transaction writes to the order's row."""
    return _order_update(sql, ORDER_NOTED)


@statement
def write_order(sql: Sql) -> Update:
    """The order's row after an event that changed it."""
    return _order_update(sql, ORDER_WRITTEN)


def _order_update(sql: Sql, names: Sequence[str]) -> Update:
    values: dict[str, Any] = {name: given(name, orders.c[name]) for name in names}
    return (
        update(orders)
        .where(orders.c.id == given("pk", orders.c.id))
        .values(**values, updated_at=sql.now())
    )


@statement
def mark(sql: Sql) -> Update:
    """Ends inbox rows; those that another transaction ended meanwhile are left alone."""
    marks = sql.rows("marks", MARK)
    state = marks.columns["state"]
    return (
        update(inbox)
        .where(inbox.c.id == marks.columns["id"], inbox.c.state == InboxState.RECEIVED.value)
        .values(
            state=state,
            reason=marks.columns["reason"],
            description=marks.columns["description"],
            applied_at=case((state == DEAD, null()), else_=sql.now()),
        )
    )


def _steps(parameter: str, table: Table) -> tuple[Callable[[Sql], Executable], ...]:
    """Makes a set of children equal to the rows given: drop, change, add."""
    key = own_key(table)

    def drop(sql: Sql) -> Delete:
        rows = sql.rows(parameter, [table.c[k] for k in key])
        kept = exists(
            select(literal_column("1"))
            .select_from(rows.source)
            .where(*(table.c[k] == rows.columns[k] for k in key))
        )
        return delete(table).where(table.c.order_pk == given("pk", table.c.order_pk), ~kept)

    def change(sql: Sql) -> Update:
        rows = sql.rows(parameter, children(table))
        values = {c.name: rows.columns[c.name] for c in children(table) if c.name not in key}
        return (
            update(table)
            .where(
                table.c.order_pk == given("pk", table.c.order_pk),
                *(table.c[k] == rows.columns[k] for k in key),
            )
            .values(**values)
        )

    def add(sql: Sql) -> Executable:
        rows = sql.rows(parameter, children(table))
        pk = given("pk", table.c.order_pk).label("order_pk")
        source = select(pk, *rows.columns.values()).select_from(rows.source).subquery("fresh")
        names = [c.name for c in source.c]
        return sql.insert_missing(table, names, RowsSource(source, dict(source.c)))

    for step in (drop, change, add):
        step.__name__ = f"{step.__name__}_{table.name}"
    return statement(drop), statement(change), statement(add)


CHILD_STEPS = {name: _steps(name, table) for name, table in CHILDREN.items()}
