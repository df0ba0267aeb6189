"""Returns, what settles, and what the internal systems know of an order."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from store.columns import Human, Id, Moment, Word

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "returns",
        sa.Column("order_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("return_id", Id(128), nullable=False),
        sa.Column("state", Word(32), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", Moment()),
        sa.Column("answer_by", Moment()),
        sa.Column(
            "items",
            Human(),
            nullable=False,
            comment="JSON: id, line, SKU, quantity, state, reason",
        ),
        sa.ForeignKeyConstraint(["order_pk"], ["orders.id"], name="fk_returns"),
        sa.PrimaryKeyConstraint("order_pk", "return_id", name="pk_returns"),
    )
    op.add_column(
        "orders",
        sa.Column(
            "told_digest",
            Word(16),
            comment="`digest` in the newest event that was published",
        ),
    )
    op.add_column(
        "orders",
        sa.Column("digest", Word(16), comment="changes with what internal systems must hear of"),
    )
    op.add_column(
        "orders",
        sa.Column(
            "heard_at", Moment(), comment="receipt of the newest event that changed the order"
        ),
    )
    op.add_column(
        "orders",
        sa.Column(
            "address_blank", sa.Boolean(), comment="nobody could deliver to the address as it is"
        ),
    )
    op.add_column(
        "parcels",
        sa.Column("origin_parcel_ids", Human(), comment="JSON: the parcels that this one succeeds"),
    )
    op.add_column("parcels", sa.Column("seller_ships", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("parcels", "seller_ships")
    op.drop_column("parcels", "origin_parcel_ids")
    for name in ("address_blank", "heard_at", "digest", "told_digest"):
        op.drop_column("orders", name)
    op.drop_table("returns")
