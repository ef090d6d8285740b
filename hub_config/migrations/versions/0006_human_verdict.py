"""What people decide criterion by criterion; and pupils that wait know which misconceptions they wait for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "human_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(length=60), nullable=False),
        sa.Column("rubric", sa.String(length=10), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_human_verdict_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_human_verdict")),
    )
    with op.batch_alter_table("human_verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_human_verdict_submission_id"), ["submission_id"], unique=False)
    # The next daily run marks these again, and then their rows name every misconception.
    op.execute(
        "UPDATE marked SET lesson_hash = '' WHERE submission_id IN "
        "(SELECT submission_id FROM pupil_result WHERE status = 'waiting')"
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("human_verdict")
