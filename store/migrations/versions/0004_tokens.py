"""Tokens."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from store.columns import Id, Moment, Word

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("channel", Id(64), nullable=False),
        sa.Column("account", Id(128), nullable=False),
        sa.Column("name", Word(64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "sealed", sa.LargeBinary(), nullable=True, comment="sealed JSON: access, refresh"
        ),
        sa.Column(
            "expires_at", Moment(), nullable=True, comment="when it is renewed, ahead of its end"
        ),
        sa.Column("claimed_by", Word(32), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "name", name="pk_tokens"),
    )


def downgrade() -> None:
    op.drop_table("tokens")
