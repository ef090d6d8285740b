"""What the queue's page shows of one answer. No name, no user name, no receipt; of an audited one nothing of the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.orm import Session

from autograder.appeals import open_appeals
from autograder.human.decide import Kind
from autograder.human.kept import fault_of
from autograder.human.snippets import snippets_of
from autograder.judge import REASON_TEXTS
from autograder.marking import UNREADABLE
from autograder.models import AutoMark
from courses.exercises.base import AnswerError, Criterion, Exercise, Frozen, RubricExercise
from courses.exercises.files import HandedFile, file_of
from courses.lessons.model import Lesson
from courses.school.models import Person, Submission
from hub_config.portal.queue.done import Done, done_by
from hub_config.portal.queue.identical import identical
from hub_config.portal.queue.items import MOST, Item, fresh_count, open_items
from hub_config.portal.quoting import Part, parts
from hub_config.portal.results_view import FileView, answer_text, criterion_text, file_view
from hub_config.portal.shelf import Shelf

ENDING = 6  # characters of a file's type with its dot, such as “.jpeg”
_REASONS: Mapping[str, str] = {
    **{str(code): text for code, text in REASON_TEXTS.items()},
    UNREADABLE: "Câu trả lời không còn khớp với bài học mới sửa.",
    "judge_broken": "Phần mềm chấm bị lỗi ở câu này.",
    "": "Máy chưa chấm câu này.",
}
AUDIT = (
    "Câu này được rút ngẫu nhiên để kiểm tra máy chấm. Máy đã chấm xong; ý của máy hiện ra sau khi bạn ghi."
)

APPEAL = (
    "Người học xin phúc khảo. Bạn xem lại cả câu; quyết định của bạn thay cho điểm cũ. "
    "Góp ý bạn viết là lời trả lời người học đọc."
)


class CriterionView(Frozen):
    """One criterion to decide. ``leaning``: what a judge that abstained would have said; None: nothing."""

    number: int
    id: str
    text: str
    guidance: str
    points: float
    must_not: bool
    leaning: bool | None = None
    quote: str = ""


class AppealedView(Frozen):
    """What a learner appealed: the criterion's text, and why in their words."""

    criterion: str
    sentence: str


class ItemView(Frozen):
    """One answer of the queue."""

    kind: Kind
    place: str
    number: str
    title: str
    position: int  # of the exercise in its lesson, from 1
    case: str
    statement: str
    answer: tuple[Part, ...]
    reason: str
    criteria: tuple[CriterionView, ...]  # empty: a person types the points
    reference: str
    scheme: str  # the whole mark scheme, where points are typed
    checked: str  # what rules found
    max_score: float
    rubric: str  # hash of the rubric that this page shows
    appeals: tuple[AppealedView, ...]
    same: int  # other answers that are decided with it
    keepable: bool
    file: FileView | None = None


class SnippetView(Frozen):
    """A comment that the viewer uses again."""

    id: int
    text: str


class QueueView(Frozen):
    """The page. ``item`` None: nothing waits."""

    item: ItemView | None
    after: str  # address of the next one; empty: there is none
    left: int
    more: bool  # there are more than were counted
    fresh: int
    done: tuple[Done, ...]
    snippets: tuple[SnippetView, ...]


@dataclass(frozen=True)
class Opened:
    """An answer of the queue with all that belongs to it."""

    item: Item
    lesson: Lesson
    submission: Submission
    others: tuple[Submission, ...]

    @property
    def exercise(self) -> Exercise:
        """The exercise as its learner saw it."""
        return self.lesson.slot(self.item.exercise).variant(self.submission.case)

    @property
    def raw(self) -> object:
        """The stored answer."""
        return self.submission.answers.get(self.item.exercise)


def open_item(session: Session, viewer: Person, shelf: Shelf, item: Item) -> Opened | None:
    """Return an answer of the queue with its lesson, submission and identical ones; None when its lesson is gone."""
    lesson = shelf.find(item.lesson)
    if lesson is None or all(slot.id != item.exercise for slot in lesson.slots):
        return None
    submission = session.get_one(Submission, item.submission_id)
    alone = item.kind == "appeal"  # its learner asked; those who wrote the same did not
    others = () if alone else identical(session, viewer, lesson, submission, item.exercise)
    return Opened(item=item, lesson=lesson, submission=submission, others=others)


def queue_view(session: Session, viewer: Person, shelf: Shelf, opened: Opened | None) -> QueueView:
    """Return the page with one answer, or the empty page."""
    items = open_items(session, viewer, shelf.all())
    return QueueView(
        item=item_view(session, opened) if opened else None,
        after=_after(items, opened) if opened else "",
        left=len(items),
        more=len(items) >= MOST,
        fresh=0 if items else fresh_count(session, viewer),
        done=done_by(session, viewer, shelf),
        snippets=tuple(
            SnippetView(id=own.id, text=own.text) for own in snippets_of(session, viewer.username)
        ),
    )


def _after(items: Sequence[Item], opened: Opened) -> str:
    """Return the next answer in the queue, going round; identical ones are passed over."""
    same = {own.id for own in (opened.submission, *opened.others)}
    exercise = opened.item.exercise
    places = [item.place for item in items]
    here = places.index(opened.item.place) if opened.item.place in places else -1
    rest = [*items[here + 1 :], *items[: max(here, 0)]]
    return next(
        (item.place for item in rest if item.exercise != exercise or item.submission_id not in same), ""
    )


def item_view(session: Session, opened: Opened) -> ItemView:
    """Return what a person reads to decide an answer."""
    exercise, item = opened.exercise, opened.item
    auto = session.get_one(AutoMark, (item.submission_id, item.exercise))
    leanings = {} if item.kind == "audit" else _leanings(auto)
    criteria = _criteria(exercise, opened.raw, leanings)
    return ItemView(
        kind=item.kind,
        place=item.place,
        number=opened.lesson.number,
        title=opened.lesson.title,
        position=1 + [slot.id for slot in opened.lesson.slots].index(item.exercise),
        case=opened.submission.case,
        statement=exercise.statement,
        answer=parts(answer_text(exercise, nameless(opened.raw)), (one.quote for one in criteria)),
        reason={"audit": AUDIT, "appeal": APPEAL}.get(item.kind) or _reason(auto),
        criteria=criteria,
        reference=exercise.reference if isinstance(exercise, RubricExercise) else "",
        scheme="" if criteria else exercise.mark_scheme(),
        checked=_checked(exercise, opened.raw),
        max_score=auto.max_score,
        rubric=rubric_of(exercise),
        appeals=_appeals(session, item, exercise) if item.kind == "appeal" else (),
        same=len(opened.others),
        keepable=bool(criteria) and not fault_of(_judged_text(exercise, opened.raw)),
        file=_file(opened.raw),
    )


def _appeals(session: Session, item: Item, exercise: Exercise) -> tuple[AppealedView, ...]:
    return tuple(
        AppealedView(criterion=criterion_text(exercise, one.criterion), sentence=one.sentence)
        for one in open_appeals(session, [item.submission_id])
        if one.exercise == item.exercise
    )


def rubric_of(exercise: Exercise) -> str:
    """Return the hash of the rubric that a page shows, so that nobody decides by one that was edited meanwhile."""
    return exercise.rubric_hash() if isinstance(exercise, RubricExercise) else ""


def _reason(auto: AutoMark) -> str:
    return f"Máy để lại cho bạn: {_REASONS.get(auto.reason, auto.reason)}" if auto.reason else _REASONS[""]


def _leanings(auto: AutoMark) -> Mapping[str, Mapping[str, Any]]:
    return {str(one["criterion"]): one for one in auto.verdicts}


def by_criteria(exercise: Exercise, raw: object) -> tuple[Criterion, ...]:
    """Return the criteria that decide an answer; none where a person types the points."""
    if not isinstance(exercise, RubricExercise):
        return ()
    try:
        return exercise.rubric if exercise.rubric_decides(exercise.parse_answer(raw)) else ()
    except AnswerError:
        return ()


def _criteria(
    exercise: Exercise, raw: object, leanings: Mapping[str, Mapping[str, Any]]
) -> tuple[CriterionView, ...]:
    return tuple(
        _criterion(number, criterion, leanings.get(criterion.id))
        for number, criterion in enumerate(by_criteria(exercise, raw), start=1)
    )


def _criterion(number: int, criterion: Criterion, leaning: Mapping[str, Any] | None) -> CriterionView:
    shown = leaning is not None and (leaning["met"] is True or leaning.get("reason") == "violated")
    return CriterionView(
        number=number,
        id=criterion.id,
        text=criterion.text,
        guidance=criterion.guidance,
        points=criterion.points,
        must_not=criterion.polarity == "must_not",
        leaning=None if leaning is None else leaning["met"] is True,
        quote=str(leaning.get("quote") or "") if leaning is not None and shown else "",
    )


def nameless(raw: object) -> object:
    """Return a stored answer whose file has no name: that could tell whose it is."""
    if not isinstance(raw, dict) or not isinstance(raw.get("file"), dict):
        return raw
    ending = PurePosixPath(str(raw["file"].get("name"))).suffix
    return {**raw, "file": {**raw["file"], "name": f"bài nộp{ending if len(ending) <= ENDING else ''}"}}


def handed(raw: object) -> HandedFile | None:
    """Return the file of a stored answer, nameless, or None."""
    bare = nameless(raw)
    try:
        return file_of(bare.get("file")) if isinstance(bare, dict) else None
    except AnswerError:
        return None


def _file(raw: object) -> FileView | None:
    file = handed(raw)
    return file_view(file) if file else None


def _judged_text(exercise: Exercise, raw: object) -> str:
    try:
        return (
            exercise.judged_text(exercise.parse_answer(raw)) if isinstance(exercise, RubricExercise) else ""
        )
    except AnswerError:
        return ""


def _checked(exercise: Exercise, raw: object) -> str:
    try:
        return exercise.told(exercise.parse_answer(raw)) if raw is not None and exercise.checkable else ""
    except AnswerError:
        return ""
