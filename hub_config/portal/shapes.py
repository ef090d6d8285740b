"""What goes in and out of the JSON API, validated once at the edge; the OpenAPI document is made of these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from courses.exercises.base import Frozen, Status
from courses.exercises.files import HandedFile
from courses.exercises.teach.pupil import MOST_TURNS, TURN_LIMIT
from courses.lessons.model import Case
from hub_config.portal.states import State

LESSON = r"^level[1-5]/[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_KEY = 120  # of the column
LessonKey = Annotated[str, StringConstraints(max_length=LONGEST_KEY, pattern=LESSON)]
ExerciseId = Annotated[str, StringConstraints(min_length=1, max_length=60)]
RawAnswer = dict[str, Any]
Role = Literal["learner", "trainer", "official", "administrator"]


class Closed(BaseModel):
    """What a client sends: strict types, and unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Problem(Frozen):
    """What went wrong, as a Vietnamese sentence; ``exercise`` names the exercise when one is at fault."""

    error: str
    exercise: str | None = None


class Me(Frozen):
    """The signed-in person."""

    username: str
    display_name: str
    pseudonym: str
    role: Role
    target: Case
    group: str | None


class LessonState(Frozen):
    """One lesson and how far the person is with it. ``score`` is null before the first submission."""

    lesson: str
    number: str
    title: str
    minutes: int
    level: int
    safety: bool
    state: State
    score: float | None
    max_score: float


class VisitRequest(Closed):
    """The learner opened a lesson."""

    lesson: LessonKey


class CheckRequest(Closed):
    """A “Kiểm tra” of one rule-marked exercise."""

    lesson: LessonKey
    exercise: ExerciseId
    case: Case
    answer: RawAnswer


class CheckReply(Frozen):
    """The outcome of a check; never the key.

    After a wrong try ``told`` says how far the answer is and ``hint``
    helps on, a further hint after each try; after a right one ``why`` explains,
    and after the third try in any case.
    """

    status: Literal["right", "partly", "wrong", "blank"]
    tries: int
    told: str | None = None
    hint: str | None = None
    why: str | None = None


class TurnShape(Closed):
    """One turn of a conversation with the pupil; what the pupil said is only kept in its place."""

    by: Literal["you", "pupil"]
    text: str = Field(min_length=1, max_length=TURN_LIMIT)


class PupilRequest(Closed):
    """The whole conversation so far."""

    lesson: LessonKey
    exercise: ExerciseId
    case: Case
    turns: tuple[TurnShape, ...] = Field(max_length=2 * MOST_TURNS + 1, strict=False)


class QuizReply(Frozen):
    """How the pupil did in the quiz that its teacher never sees.

    ``learned`` is what it now says of what it has understood, ``held`` what it still believes.
    """

    right: int
    unsure: int
    total: int
    learned: tuple[str, ...]
    held: tuple[str, ...]


class PupilReply(Frozen):
    """What the pupil says next.

    ``left`` turns may follow. ``understood`` is null while nobody knows; ``pending``: the judge is still at it, ask
    again. ``quiz`` comes when the pupil is ``done`` and its understanding is decided.
    """

    reply: str
    done: bool
    pending: bool
    left: int
    understood: int | None
    total: int
    quiz: QuizReply | None


class CardRequest(Closed):
    """An answer to a review card that is due today: did the learner remember?"""

    lesson: LessonKey
    card: int = Field(ge=1, le=99)
    grade: Literal["again", "good"]


class DueCard(Frozen):
    """A review card that is due, with its answer: neither is a secret."""

    lesson: str
    title: str
    card: int
    q: str
    a: str


class CardsToday(Frozen):
    """The cards still due today. ``learned``: lessons handed in so far; ``next_on``: the next later day."""

    learned: int
    cards: tuple[DueCard, ...]
    next_on: date | None


class NextCard(Frozen):
    """When an answered card comes again, and how many are left for today."""

    lesson: str
    card: int
    next_on: date
    left: int


class SubmissionRequest(Closed):
    """A “Nộp bài”. An exercise that is missing in ``answers`` was left blank."""

    lesson: LessonKey
    case: Case
    answers: dict[str, RawAnswer] = Field(max_length=200)


class FileReply(HandedFile):
    """A file that was taken; an answer names it by its id. ``facts`` is what the server read from it."""


class MarkReply(Frozen):
    """The mark of one exercise right after submission. ``score`` is null while somebody has to mark it."""

    exercise: str
    status: Status
    score: float | None
    max_score: float


class Receipt(Frozen):
    """Proof of a submission."""

    receipt: str
    submitted_at: datetime
    score: float
    max_score: float
    marks: tuple[MarkReply, ...]


class SubmissionBrief(Frozen):
    """One of the person's own submissions."""

    receipt: str
    lesson: str
    number: int
    submitted_at: datetime
    score: float | None
    max_score: float | None
    waiting: int


class VerdictReply(Frozen):
    """The judge's verdict on one criterion."""

    criterion: str
    text: str
    met: bool
    quote: str


class ExerciseReply(Frozen):
    """One exercise of a result; ``answer`` is the answer as plain text, ``pupil`` how the pupil of a teach-back did."""

    exercise: str
    answer: str
    status: Status
    score: float | None
    max_score: float
    comment: str
    why: str
    source: Literal["rule", "ai", "person", "nobody"]
    marked_by: str
    verdicts: tuple[VerdictReply, ...]
    pupil: QuizReply | None = None


class ResultReply(Frozen):
    """A whole result. ``provisional`` until the daily run; ``newest`` when this submission is the one that counts."""

    receipt: str
    lesson: str
    title: str
    username: str
    case: Case
    submitted_at: datetime
    score: float
    max_score: float
    waiting: int
    provisional: bool
    newest: bool
    exercises: tuple[ExerciseReply, ...]
