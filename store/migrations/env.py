"""Alembic's entry: runs the migrations on the connection that `store.migrate` hands in."""

from alembic import context
from sqlalchemy import Connection, text

from store.tables import METADATA

LOCKS = {
    "postgresql": "SELECT pg_advisory_xact_lock(7305806)",
    "mssql": "EXEC sp_getapplock @Resource = 'souk-migrations', @LockMode = 'Exclusive'",
}
"""Held until the transaction ends, so that of several processes one migrates at a time."""


def run(connection: Connection) -> None:
    """Migrates within the connection's transaction."""
    lock = LOCKS.get(connection.dialect.name)
    if lock is not None:
        connection.execute(text(lock))
    context.configure(connection=connection, target_metadata=METADATA, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("Run migrations by `souk db upgrade`, or from code by `store.migrate`.")
run(connection)
