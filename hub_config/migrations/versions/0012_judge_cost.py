"""What a day's judging cost, batches, and how a run finds what is new without looking at everything that is old."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_WAITING = sa.text("status = 'waiting'")
_CHUNK = 1000


def upgrade() -> None:
    """Go forward."""
    for table, names in (
        ("auto_mark", ("question", "asked")),
        ("pupil_result", ("question", "asked")),
        ("ledger", ("question",)),
        ("marked", ("counted_hash",)),
        ("projected", ("source_hash",)),
    ):
        for name in names:
            op.add_column(
                table, sa.Column(name, sa.String(length=64), nullable=False, server_default=sa.text("''"))
            )
    _ask_the_ledger_by_question()
    _mark_what_waits_once_more()
    op.create_index("ix_ledger_question", "ledger", ["question"])
    op.create_index("ix_ledger_answer_hash", "ledger", ["answer_hash"])
    op.create_index(
        "ix_auto_mark_waiting",
        "auto_mark",
        ["asked", "question", "submission_id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index(
        "ix_submission_counting", "submission", ["person_id", "lesson", "id", "submitted_at"], unique=False
    )
    _create_tables()


def _ask_the_ledger_by_question() -> None:
    """Compute `autograder.ledger.Question.key` of the entries that are there."""
    ledger = sa.table(
        "ledger",
        *(sa.column(name) for name in ("id", "exercise_hash", "rubric_hash", "answer_hash", "question")),
    )
    bind = op.get_bind()
    last = 0
    while True:
        query = sa.select(ledger.c.id, ledger.c.exercise_hash, ledger.c.rubric_hash, ledger.c.answer_hash)
        rows = bind.execute(query.where(ledger.c.id > last).order_by(ledger.c.id).limit(_CHUNK)).all()
        if not rows:
            return
        last = rows[-1][0]
        same = ledger.c.id == sa.bindparam("own")
        bind.execute(
            sa.update(ledger).where(same).values(question=sa.bindparam("key")),
            [{"own": row[0], "key": _key(list(row[1:]))} for row in rows],
        )


def _key(hashes: list[str]) -> str:
    text = json.dumps(hashes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _mark_what_waits_once_more() -> None:
    """Let the next run mark again what waits: only it can tell what a judge would be asked."""
    op.execute(
        "UPDATE marked SET lesson_hash = '' WHERE submission_id IN"
        " (SELECT submission_id FROM auto_mark WHERE status = 'waiting')"
    )
    op.execute(
        "UPDATE marked SET lesson_hash = '' WHERE submission_id IN"
        " (SELECT submission_id FROM pupil_result WHERE status = 'waiting')"
    )


def _create_tables() -> None:
    op.create_table(
        "earned",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_earned_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_earned")),
    )
    op.create_table(
        "judge_spent",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("judge", sa.String(length=200), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("money", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "judge", name=op.f("pk_judge_spent")),
    )
    op.create_table(
        "judge_batch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("judge", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("remote_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expected", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_batch")),
    )
    op.create_index("ix_judge_batch_state", "judge_batch", ["state"])
    op.create_table(
        "judge_batch_call",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["judge_batch.id"], name=op.f("fk_judge_batch_call_batch_id_judge_batch")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_judge_batch_call")),
    )
    op.create_index("ix_judge_batch_call_batch_id", "judge_batch_call", ["batch_id"])


def downgrade() -> None:
    """Go back."""
    for table in ("judge_batch_call", "judge_batch", "judge_spent", "earned"):
        op.drop_table(table)
    op.drop_index("ix_submission_counting", "submission")
    op.drop_index("ix_auto_mark_waiting", "auto_mark")
    op.drop_index("ix_ledger_answer_hash", "ledger")
    op.drop_index("ix_ledger_question", "ledger")
    for table, names in (
        ("projected", ("source_hash",)),
        ("marked", ("counted_hash",)),
        ("ledger", ("question",)),
        ("pupil_result", ("question", "asked")),
        ("auto_mark", ("question", "asked")),
    ):
        for name in names:
            op.drop_column(table, name)
