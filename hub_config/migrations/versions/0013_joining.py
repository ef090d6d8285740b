"""Ways to be recognised at the door, people who ask to join, and the codes of classes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. People who are there keep their user name as the name they sign in with."""
    op.create_table(
        "login",
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_person_id_person")),
        sa.PrimaryKeyConstraint("value", name=op.f("pk_login")),
    )
    op.create_index(op.f("ix_login_person_id"), "login", ["person_id"])
    op.create_table(
        "sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["residents_group.id"], name=op.f("fk_sign_up_group_id_residents_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("login", name=op.f("uq_sign_up_login")),
    )
    op.create_index(op.f("ix_sign_up_group_id"), "sign_up", ["group_id"])
    op.create_table(
        "class_code",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["residents_group.id"], name=op.f("fk_class_code_group_id_residents_group")
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_class_code")),
        sa.UniqueConstraint("code", name=op.f("uq_class_code_code")),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("class_code", "sign_up", "login"):
        op.drop_table(table)
