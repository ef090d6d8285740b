"""What was used of the AI, and the conversations of those who agreed to have theirs kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "ai_usage",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("service", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", "caller", "service", "model", name=op.f("pk_ai_usage")),
    )
    op.create_table(
        "ai_exchange",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ai_exchange_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_exchange")),
    )
    with op.batch_alter_table("ai_exchange", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ai_exchange_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ai_exchange_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("ai_exchange")
    op.drop_table("ai_usage")
