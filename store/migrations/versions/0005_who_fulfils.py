"""Who fulfils an order, news that only say that it changed, and when a shipped one is over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from store.columns import Moment, Word

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    columns: tuple[sa.Column[object], ...] = (
        sa.Column(
            "fulfilled_by", Word(16), comment="`seller`, or `marketplace`: for information alone"
        ),
        sa.Column("changed_at", Moment(), comment="at the marketplace, as it says itself"),
        sa.Column("over_at", Moment(), comment="a shipped order counts as over from then on"),
        sa.Column("notices", sa.Integer(), comment="news that only said that the order changed"),
        sa.Column("noticed_at", Moment(), comment="the newest change that these told of"),
    )
    for column in columns:
        op.add_column("orders", column)


def downgrade() -> None:
    for name in ("noticed_at", "notices", "over_at", "changed_at", "fulfilled_by"):
        op.drop_column("orders", name)
