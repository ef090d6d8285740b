"""One submission's result as its owner and those who may mark it read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.appeals import WHOLE
from autograder.human_verdicts import PUPIL, decided
from autograder.judge import REASON_TEXTS, Reason
from autograder.pupil_results import understood_of
from autograder.remark.notes import notes
from autograder.results import ExerciseResult, result_of
from courses.exercises.base import AnswerError, Exercise, Frozen, Looked, RubricExercise, Status
from courses.exercises.files import TYPE_WORDS, HandedFile, file_of, size_words
from courses.exercises.teach.kind import Teach
from courses.exercises.teach.pupil import Quiz, Understood, sit
from courses.lessons.model import Lesson
from courses.school.models import Person, Submission
from courses.school.people import may_see
from courses.school.submissions import find_submission
from hub_config.portal.quoting import Part, parts
from hub_config.portal.shelf import Shelf
from hub_config.portal.states import counted_ids

STATUS_WORDS: dict[Status, str] = {
    "right": "Đúng",
    "partly": "Đúng một phần",
    "wrong": "Chưa đúng",
    "blank": "Để trống",
    "waiting": "Đang chờ chấm",
}
PUPIL_WORDS = {
    (False, True): "AI chấm",
    (True, False): "Huấn luyện viên chấm",
    (True, True): "Huấn luyện viên và AI chấm",
}  # (some by a person, some by the judge)
SOURCE_WORDS = {"rule": "Chấm theo quy tắc", "ai": "AI chấm", "person": "Huấn luyện viên chấm"}
BLANK = "(để trống)"


class VerdictView(Frozen):
    """What the judge decided about one criterion; ``quote`` holds words of the answer, never the judge's own."""

    criterion: str
    text: str
    met: bool
    quote: str = ""


class FileView(Frozen):
    """A file of an answer; ``is_picture``: the server has a small copy that may be shown."""

    said: str
    name: str
    about: str  # type and size
    is_picture: bool


class ExerciseView(Frozen):
    """One exercise of a result. ``why`` and ``statement`` are Markdown."""

    exercise: str
    kind: str
    statement: str
    answer: str
    status: Status
    score: float | None
    max_score: float
    comment: str
    why: str
    source: str  # "rule" | "ai" | "nobody" | "person"
    marked_by: str
    abstained: str = ""  # for those who mark: why the judge left it to them, in words
    verdicts: tuple[VerdictView, ...] = ()
    file: FileView | None = None
    checks: tuple[Looked, ...] = ()  # what each hard check found, whoever marks the rest
    checked: str = ""  # what else rules found of an answer that waits for people
    pupil: Quiz | None = None  # teach, when somebody talked with the pupil: how it did
    pupil_by: str = ""  # who decided that, in words
    moved: tuple[str, ...] = ()  # sentences about edits of the rubric that moved this score

    @property
    def words(self) -> str:
        """The status in words."""
        return STATUS_WORDS[self.status]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The words of the answer, cut where verdicts rest on them; its file is shown by itself."""
        own = self.answer.removeprefix(f"Tệp: {self.file.said}").lstrip("\n") if self.file else self.answer
        return parts(own, (one.quote for one in self.verdicts))

    @property
    def remark(self) -> str:
        """The mark's comment, unless the checks or verdicts above it say the same."""
        by_machine = self.source != "person" and (self.verdicts or (self.checks and self.source == "rule"))
        return "" if self.status == "waiting" or by_machine else self.comment


class ResultView(Frozen):
    """A whole result. ``provisional``: the daily run has not taken it yet. ``newest``: it is the one that counts."""

    receipt: str
    lesson: str
    number: str
    title: str
    username: str
    display_name: str
    case: str
    submitted_at: datetime
    score: float
    max_score: float
    waiting: int
    provisional: bool
    newest: bool
    exercises: tuple[ExerciseView, ...]


@dataclass(frozen=True)
class Opened:
    """A submission that the viewer may see, with its lesson."""

    submission: Submission
    lesson: Lesson


def open_submission(session: Session, shelf: Shelf, viewer: Person, receipt: str) -> Opened | None:
    """Return a submission that the viewer may see, or None: unknown and forbidden look the same."""
    submission = find_submission(session, receipt)
    if submission is None or not may_see(session, viewer, submission.person):
        return None
    lesson = shelf.find(submission.lesson)
    return None if lesson is None else Opened(submission=submission, lesson=lesson)


def may_mark(viewer: Person, submission: Submission) -> bool:
    """Tell whether somebody who may see a submission may also mark it; nobody marks their own."""
    return viewer.role in {"trainer", "administrator"} and viewer.id != submission.person_id


def result_view(session: Session, opened: Opened) -> ResultView:
    """Return the result of a submission as it stands now."""
    submission, lesson = opened.submission, opened.lesson
    result = result_of(session, lesson, submission)
    newest = is_newest(session, submission)
    pupils = understood_of(session, submission.id)
    people = {key[1]: frozenset(own) for key, own in decided(session, PUPIL, [submission.id]).items()}
    moved = notes(session, submission.id)
    provisional = newest and submission.id not in counted_ids(session, [submission.id])
    return ResultView(
        receipt=submission.receipt,
        lesson=lesson.key,
        number=lesson.number,
        title=lesson.title,
        username=submission.person.username,
        display_name=submission.person.display_name,
        case=submission.case,
        submitted_at=submission.submitted_at,
        score=result.score,
        max_score=result.max_score,
        waiting=result.waiting,
        provisional=provisional,
        newest=newest,
        exercises=tuple(
            _with_notes(
                _with_pupil(exercise, _exercise(exercise, submission, own, provisional), pupils, people),
                moved,
            )
            for own in result.exercises
            for exercise in [lesson.slot(own.exercise).variant(submission.case)]
        ),
    )


def is_newest(session: Session, submission: Submission) -> bool:
    """Tell whether a submission is the one of its person and lesson that counts."""
    query = select(func.max(Submission.id)).where(
        Submission.person_id == submission.person_id, Submission.lesson == submission.lesson
    )
    return session.scalar(query) == submission.id


def _exercise(
    exercise: Exercise,
    submission: Submission,
    own: ExerciseResult,
    provisional: bool,  # noqa: FBT001 - private
) -> ExerciseView:
    raw = submission.answers.get(exercise.id)
    checks = _looked(exercise, raw)
    return ExerciseView(
        exercise=exercise.id,
        kind=exercise.kind,
        statement=exercise.statement,
        answer=answer_text(exercise, raw),
        status=own.status,
        score=own.score,
        max_score=own.max_score,
        comment=own.comment,
        why=exercise.why,
        source=own.source,
        marked_by=_marked_by(own.source, provisional),
        abstained=REASON_TEXTS.get(cast("Reason", own.reason), ""),
        verdicts=verdict_views(exercise, own.verdicts),
        file=_file(raw),
        checks=checks,
        checked=_checked(exercise, raw) if own.status == "waiting" and not checks else "",
    )


def _file(raw: object) -> FileView | None:
    try:
        found = file_of(raw.get("file")) if isinstance(raw, dict) else None
    except AnswerError:
        return None
    return file_view(found) if found else None


def file_view(found: HandedFile) -> FileView:
    """Return how a handed-in file is shown."""
    about = f"{TYPE_WORDS[found.type]} · {size_words(found.size)}"
    return FileView(said=found.said(), name=found.name, about=about, is_picture=found.type == "image")


def _looked(exercise: Exercise, raw: object) -> tuple[Looked, ...]:
    try:
        return exercise.looked(exercise.parse_answer(raw)) if raw is not None else ()
    except AnswerError:
        return ()


def _checked(exercise: Exercise, raw: object) -> str:
    try:
        return exercise.told(exercise.parse_answer(raw)) if raw is not None and exercise.checkable else ""
    except AnswerError:
        return ""


def _with_notes(view: ExerciseView, moved: Mapping[str, tuple[str, ...]]) -> ExerciseView:
    """Add what an edit moved; a mark that a person gave since is no longer that score."""
    told = () if view.source == "person" else moved.get(view.exercise, ())
    return view.model_copy(update={"moved": told}) if told else view


def _with_pupil(
    exercise: Exercise,
    view: ExerciseView,
    pupils: Mapping[str, Understood],
    people: Mapping[str, frozenset[str]],
) -> ExerciseView:
    """Add how the pupil did, where somebody talked with it, and who says so."""
    if not isinstance(exercise, Teach) or exercise.id not in pupils:
        return view
    understood = pupils[exercise.id]
    by_people = set(understood) & people.get(exercise.id, frozenset())
    said = PUPIL_WORDS.get((bool(by_people), len(by_people) < len(understood)), "")
    return view.model_copy(update={"pupil": sit(exercise.misconceptions, understood), "pupil_by": said})


def criterion_text(exercise: Exercise, criterion: str) -> str:
    """Return what a criterion says, or for ``appeals.WHOLE`` that all of the exercise is meant."""
    if criterion == WHOLE or not isinstance(exercise, RubricExercise):
        return "Điểm của cả câu"
    return next((own.text for own in exercise.rubric if own.id == criterion), "Ý đã bỏ khỏi bài")


def answer_text(exercise: Exercise, raw: object) -> str:
    """Return a stored answer as plain text; one that no longer fits the exercise is said to be so."""
    if raw is None:
        return BLANK
    try:
        return exercise.render_answer(exercise.parse_answer(raw))
    except AnswerError:
        return "(câu trả lời này không còn khớp với bài học mới sửa)"


def _marked_by(source: str, provisional: bool) -> str:  # noqa: FBT001 - private
    waiting = "Đang chờ chấm" if provisional else "Đang chờ huấn luyện viên"
    return SOURCE_WORDS.get(source, waiting)


def verdict_views(exercise: Exercise, verdicts: tuple[dict[str, Any], ...]) -> tuple[VerdictView, ...]:
    """Return stored verdicts as people read them; of criteria that the exercise has."""
    if not isinstance(exercise, RubricExercise):
        return ()
    texts = {criterion.id: criterion.text for criterion in exercise.rubric}
    return tuple(
        VerdictView(
            criterion=str(one["criterion"]),
            text=texts[str(one["criterion"])],
            met=one["met"] is True,
            quote=_proof(one),
        )
        for one in verdicts
        if str(one["criterion"]) in texts
    )


def _proof(verdict: dict[str, Any]) -> str:
    """Return a quote that was found in the answer: one that earned the criterion, or shows its violation.

    Any other quote is the model's invention, and a learner must not read it as their own words.
    """
    shown = verdict["met"] is True or verdict.get("reason") == "violated"
    return str(verdict.get("quote") or "") if shown else ""
