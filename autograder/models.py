"""Tables of the grader: marks, people's marks and decisions, the audit, the ledger, the days that were run."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from courses.school.models import Base

_WAITING = text("status = 'waiting'")


class AutoMark(Base):
    """The machine's mark of one exercise of one submission: a projection, recomputed at will.

    But for what a judge decided: where an author edited the exercise since, the mark stays as it is, ``outdated``,
    until a person applies the edit (``autograder.remark``).

    ``question`` and ``asked`` let a run find with one query what a judge has not been asked, however much waits
    for people: the former is what a judge would be asked (`autograder.ledger.Question.key`; empty: nothing), the latter
    says which judge was and abstained for good (`autograder.ledger.judge_key`; empty: none).
    """

    __tablename__ = "auto_mark"
    __table_args__ = (
        Index(
            "ix_auto_mark_waiting",
            "asked",
            "question",
            "submission_id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(60), primary_key=True)
    score: Mapped[float | None] = mapped_column(Float)  # None: waits for a person
    max_score: Mapped[float] = mapped_column(Float)
    status: Mapped[str] = mapped_column(String(10))  # exercises.base.Status
    source: Mapped[str] = mapped_column(String(10))  # "rule" | "ai" | "nobody"
    comment: Mapped[str] = mapped_column(Text)
    verdicts: Mapped[
        list[Any]
    ]  # rubric kinds: [{criterion, met, quote, reason}]; they count only of source "ai"
    reason: Mapped[str] = mapped_column(String(60), default="")  # why it abstained
    outdated: Mapped[bool] = mapped_column(default=False)
    question: Mapped[str] = mapped_column(String(64), default="", server_default="")
    asked: Mapped[str] = mapped_column(String(64), default="", server_default="")


class HumanMark(Base):
    """A person's mark: append-only, the newest wins, and always wins over AutoMark."""

    __tablename__ = "human_mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    exercise: Mapped[str] = mapped_column(String(60))
    score: Mapped[float] = mapped_column(Float)
    comment: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))  # username, or "formgrader"
    at: Mapped[datetime]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)


class Decision(Base):
    """A person decided an answer; append-only. What belongs to it counts until somebody undoes it.

    ``submission_id`` is the one that the person read; the marks of identical answers belong to the same decision.
    """

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # autograder.human.Kind, or "pupil": a verdict taken back
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    exercise: Mapped[str] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(String(64), index=True)  # username
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Snippet(Base):
    """A comment that a person uses again; theirs alone."""

    __tablename__ = "snippet"
    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(String(64), index=True)  # username
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class KeptSample(Base):
    """An answer that a person decided and wants the judge to reproduce before it is heard on this exercise."""

    __tablename__ = "kept_sample"
    __table_args__ = (Index("ix_kept_sample_exercise", "lesson", "exercise"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson: Mapped[str] = mapped_column(String(120))  # Lesson.key
    exercise: Mapped[str] = mapped_column(String(60))
    case: Mapped[str] = mapped_column(String(20))
    rubric_hash: Mapped[str] = mapped_column(String(64))  # of the rubric that it was decided by
    text: Mapped[str] = mapped_column(Text)  # what a judge reads, without any name
    verdicts: Mapped[dict[str, Any]]  # criterion → met
    by: Mapped[str] = mapped_column(String(64))  # username
    at: Mapped[datetime]


class AuditItem(Base):
    """A judged answer, drawn at random, that a person marks again without seeing the judge's verdicts."""

    __tablename__ = "audit_item"
    __table_args__ = (UniqueConstraint("submission_id", "exercise", name="uq_audit_item_answer"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    exercise: Mapped[str] = mapped_column(String(60))
    verdicts: Mapped[list[Any]]  # the judge's when it was drawn: [{criterion, met, quote, reason}]
    drawn_on: Mapped[date] = mapped_column(Date)  # programme day of the run that drew it
    status: Mapped[str] = mapped_column(String(10), index=True)  # "open" | "done"
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the person's: criterion → met
    by: Mapped[str] = mapped_column(String(64), default="")  # username
    at: Mapped[datetime | None]


class HumanVerdict(Base):
    """A person's verdict on one criterion: append-only, the newest wins; see ``autograder.human_verdicts``."""

    __tablename__ = "human_verdict"
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    exercise: Mapped[str] = mapped_column(String(60))
    rubric: Mapped[str] = mapped_column(
        String(10)
    )  # human_verdicts.Rubric; a misconception may bear a criterion's id
    criterion: Mapped[str] = mapped_column(Text)
    met: Mapped[bool]
    quote: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(64))  # username
    at: Mapped[datetime]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)


class Appeal(Base):
    """A learner asks that another person looks at a criterion again; see ``autograder.appeals``."""

    __tablename__ = "appeal"
    __table_args__ = (UniqueConstraint("submission_id", "exercise", "criterion", name="uq_appeal_criterion"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    exercise: Mapped[str] = mapped_column(String(60))
    criterion: Mapped[str] = mapped_column(String(60))  # empty: the whole exercise, marked without verdicts
    sentence: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    against: Mapped[str] = mapped_column(String(64))  # username of who had decided; empty: the AI
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)  # None: open
    reply: Mapped[str] = mapped_column(Text, default="")


class Silence(Base):
    """The judge is silent about an exercise, from ``at`` until a person lifts it; the history is kept."""

    __tablename__ = "silence"
    __table_args__ = (Index("ix_silence_exercise", "lesson", "exercise"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    lesson: Mapped[str] = mapped_column(String(120))  # Lesson.key
    exercise: Mapped[str] = mapped_column(String(60))
    cause: Mapped[str] = mapped_column(String(10))  # "audit" | "hand" | "trust"
    facts: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # audit: audit.Finding; trust: lost, claims, judge
    by: Mapped[str] = mapped_column(String(64), default="")  # username; empty: by itself
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(String(64), default="")  # username
    lifted_note: Mapped[str] = mapped_column(Text, default="")


class GateFit(Base):
    """How far the signals about an answer may part, as fitted on people's marks; the newest of a judge counts."""

    __tablename__ = "gate_fit"
    __table_args__ = (Index("ix_gate_fit_judge", "judge", "prompt_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    judge: Mapped[str] = mapped_column(String(200))
    prompt_hash: Mapped[str] = mapped_column(String(64))
    start: Mapped[float] = mapped_column(Float)  # the site's own tolerance, from which it was fitted
    tolerance: Mapped[float] = mapped_column(Float)  # band against checked verdicts, share of the points
    how: Mapped[str] = mapped_column(String(10))  # autograder.gate.How
    curve: Mapped[list[Any]]  # [autograder.gate.Point]
    at: Mapped[datetime]


class ScoreChange(Base):
    """A judged score that moved because an author edited the exercise and a person applied it; append-only."""

    __tablename__ = "score_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    exercise: Mapped[str] = mapped_column(String(60))
    old_score: Mapped[float] = mapped_column(Float)
    old_max: Mapped[float] = mapped_column(Float)
    new_score: Mapped[float | None] = mapped_column(Float)  # None: a person decides
    new_max: Mapped[float] = mapped_column(Float)
    why: Mapped[list[Any]]  # what was edited, in words
    reason: Mapped[str] = mapped_column(Text)  # what the learner reads, by the person who applied
    by: Mapped[str] = mapped_column(String(64))  # username
    at: Mapped[datetime]


class LedgerEntry(Base):
    """One judgement, append-only: the truth from which every AI mark is projected."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint(
            "exercise_hash", "rubric_hash", "answer_hash", "judge", "prompt_hash", name="uq_ledger_key"
        ),
        Index("ix_ledger_meter", "exercise_hash", "rubric_hash", "judge", "prompt_hash", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    exercise_hash: Mapped[str] = mapped_column(String(64))
    rubric_hash: Mapped[str] = mapped_column(String(64))
    answer_hash: Mapped[str] = mapped_column(String(64), index=True)
    judge: Mapped[str] = mapped_column(String(200))
    prompt_hash: Mapped[str] = mapped_column(String(64))
    verdicts: Mapped[
        list[Any]
    ]  # [{criterion, met, quote, reason}]; abstained: what the judge would have said
    outcome: Mapped[str] = mapped_column(String(20))  # "judged" | "abstained"
    reason: Mapped[str] = mapped_column(String(60), default="")
    claims: Mapped[int] = mapped_column(default=0)  # of the model that needed a quote …
    lost_quotes: Mapped[int] = mapped_column(default=0)  # … and whose quote was not found
    signals: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # judge.Signals, {} where not all were heard
    created_at: Mapped[datetime]
    question: Mapped[str] = mapped_column(
        String(64), default="", server_default="", index=True
    )  # Question.key


class PupilResult(Base):
    """What the judge says of a ``teach`` exercise's pupil in a submission with a conversation: a projection of the ledger.

    ``status``: ``waiting`` (the judge has not decided), ``held`` (it still believes something), ``passed`` (every answer
    of its quiz is right). ``understood``: misconception → corrected, or null while waiting. What people decided stands
    in ``human_verdict`` and wins; ``autograder.pupil_results`` reads both. ``question`` and ``asked``: see ``AutoMark``.
    """

    __tablename__ = "pupil_result"
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(60), primary_key=True)
    status: Mapped[str] = mapped_column(String(10), index=True)
    understood: Mapped[dict[str, Any]] = mapped_column(default=dict)
    question: Mapped[str] = mapped_column(String(64), default="", server_default="")
    asked: Mapped[str] = mapped_column(String(64), default="", server_default="")


class DayStep(Base):
    """A finished step of a daily run, so that a killed run goes on where it stopped."""

    __tablename__ = "day_step"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    finished_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]]


class Marked(Base):
    """With which lesson text a submission was marked, and a digest of all its marks (people's too).

    It lets the daily run find with one query what is new: marked by an older lesson, or marked
    otherwise than what stands in the gradebook (``Projected``) or in the points (``counted_hash``).
    """

    __tablename__ = "marked"
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    lesson_hash: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    counted_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")


class Earned(Base):
    """The points of everybody who handed something in: a projection of marks and checks, recomputed at will."""

    __tablename__ = "earned"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    total: Mapped[int]


class Projected(Base):
    """Which submissions stand in the nbgrader gradebook: the digest of their marks, and of their lesson's notebook.

    ``manual`` holds, by exercise, the manual marks ``[score, comment]`` that we put into the gradebook
    or took from it; any other manual mark found there was made by a person in formgrader. It is written
    before the gradebook is, so a killed run never mistakes its own work for a person's.
    """

    __tablename__ = "projected"
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    source_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")
    manual: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Spent(Base):
    """What a day's judging took of one model; money in the site's currency, by the prices of that moment."""

    __tablename__ = "judge_spent"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    judge: Mapped[str] = mapped_column(String(200), primary_key=True)
    calls: Mapped[int] = mapped_column(default=0)
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int] = mapped_column(default=0)
    cached_tokens: Mapped[int] = mapped_column(default=0)
    money: Mapped[float] = mapped_column(Float, default=0.0)


class Batch(Base):
    """Questions that were, or are about to be, given to a provider's Batch API.

    The row is written before anything is sent, and its id goes with the batch as metadata: a run after a kill finds the
    batch again at the provider and doesn't pay twice. ``state``: ``new`` (it may have been sent), ``sent``, ``done``.
    """

    __tablename__ = "judge_batch"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    judge: Mapped[str] = mapped_column(String(200))
    day: Mapped[date] = mapped_column(Date)
    remote_id: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10), index=True)
    expected: Mapped[dict[str, Any]]  # autograder.judge.Usage: what it may take, until it is known
    made_at: Mapped[datetime]


class BatchCall(Base):
    """One question of a batch, by the hash of the request; ``reply``: the completion once it has come."""

    __tablename__ = "judge_batch_call"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("judge_batch.id"), index=True)
    reply: Mapped[dict[str, Any] | None]
