"""What the ledger keeps of how a judgement came about: lost quotes and the signals that were heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("ledger") as batch:
        batch.add_column(sa.Column("claims", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("lost_quotes", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("signals", sa.JSON(), nullable=False, server_default="{}"))
        batch.create_index(
            "ix_ledger_meter", ["exercise_hash", "rubric_hash", "judge", "prompt_hash", "id"], unique=False
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("ledger") as batch:
        batch.drop_index("ix_ledger_meter")
        for name in ("signals", "lost_quotes", "claims"):
            batch.drop_column(name)
