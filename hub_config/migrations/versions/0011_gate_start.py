"""A fitted gate remembers the site's own tolerance from which it was fitted; fits of before are made anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.execute("DELETE FROM gate_fit")
    with op.batch_alter_table("gate_fit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("start", sa.Float(), nullable=False))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("gate_fit", schema=None) as batch_op:
        batch_op.drop_column("start")
