"""What people decide in the queue, the comments that they use again, kept samples, and the audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "kept_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.String(length=120), nullable=False),
        sa.Column("exercise", sa.String(length=60), nullable=False),
        sa.Column("case", sa.String(length=20), nullable=False),
        sa.Column("rubric_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_sample")),
    )
    with op.batch_alter_table("kept_sample", schema=None) as batch_op:
        batch_op.create_index("ix_kept_sample_exercise", ["lesson", "exercise"], unique=False)

    op.create_table(
        "snippet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snippet")),
    )
    with op.batch_alter_table("snippet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snippet_by"), ["by"], unique=False)

    op.create_table(
        "audit_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(length=60), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_audit_item_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_item")),
        sa.UniqueConstraint("submission_id", "exercise", name="uq_audit_item_answer"),
    )
    with op.batch_alter_table("audit_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_item_status"), ["status"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(length=60), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_decision_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_submission_id"), ["submission_id"], unique=False)

    with op.batch_alter_table("human_mark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decision_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_human_mark_decision_id"), ["decision_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_human_mark_decision_id_decision"), "decision", ["decision_id"], ["id"]
        )

    with op.batch_alter_table("human_verdict", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decision_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_human_verdict_decision_id"), ["decision_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_human_verdict_decision_id_decision"), "decision", ["decision_id"], ["id"]
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("human_verdict", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_human_verdict_decision_id_decision"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_human_verdict_decision_id"))
        batch_op.drop_column("decision_id")

    with op.batch_alter_table("human_mark", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_human_mark_decision_id_decision"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_human_mark_decision_id"))
        batch_op.drop_column("decision_id")

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_submission_id"))
        batch_op.drop_index(batch_op.f("ix_decision_by"))

    op.drop_table("decision")
    with op.batch_alter_table("audit_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_item_status"))

    op.drop_table("audit_item")
    with op.batch_alter_table("snippet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snippet_by"))

    op.drop_table("snippet")
    with op.batch_alter_table("kept_sample", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_sample_exercise")

    op.drop_table("kept_sample")
