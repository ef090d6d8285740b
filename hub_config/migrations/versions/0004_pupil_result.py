"""How the pupil of a teach-back did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "pupil_result",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("understood", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_pupil_result_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("submission_id", "exercise", name=op.f("pk_pupil_result")),
    )
    with op.batch_alter_table("pupil_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pupil_result_status"), ["status"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("pupil_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pupil_result_status"))

    op.drop_table("pupil_result")
