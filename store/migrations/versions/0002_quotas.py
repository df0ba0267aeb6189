"""Quotas."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from store.columns import Human, Id, Moment

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "limits",
        sa.Column("scope_key", Id(400), nullable=False, comment="channel/scope:whose/quota"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "state", Human(), nullable=False, comment="JSON: the quota's past, see store.limiter"
        ),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("scope_key", name="pk_limits"),
    )


def downgrade() -> None:
    op.drop_table("limits")
