"""Three plausible weeks of the demo ward, lived through the functions that real requests use."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from autograder.marking import mark_submission
from autograder.results import overrule
from courses import clock
from courses.lessons.model import Lesson, Sample
from courses.school.models import Person, Submission
from courses.school.submissions import count_check, record_visit, store_submission
from hub_config.seed.ward import Ward

_DAYS = 21
_LESSON_TAKES = timedelta(minutes=12)
_TRAINER_TAKES = timedelta(hours=48)  # so that yesterday's answers always wait in the trainers' queues
_ONLY_LOOKED_IN = 13  # a learner of a small group who opened a lesson and handed nothing in
_ROLES = ("full", "partial", "wrong", "blank")
_WEIGHTS = (62, 28, 6, 4)
_COMMENTS = {
    "right": "Bạn viết đủ và rõ. Bạn thử dạy lại cho một người trong nhà nhé.",
    "partly": "Bạn đã làm được một phần. Xem lại tiêu chí còn thiếu rồi viết thêm một câu.",
    "wrong": "Phần này chưa trúng đề. Bạn đọc lại ví dụ trong bài rồi thử lần nữa.",
}

Act = Callable[[Session], None]


@dataclass(frozen=True)
class Event:
    """Something that somebody did at a moment; acts run in order of time."""

    at: datetime
    order: int
    act: Act


def live_through(
    db: Session, ward: Ward, lessons: Sequence[Lesson], chance: random.Random, now: datetime
) -> None:
    """Let every learner visit, check and submit, and the trainers mark what waited for two days."""
    days = _Days(chance, now)
    events: list[Event] = []
    for place, learner in enumerate(ward.learners):
        for study in _studies(learner, place, ward, lessons, chance, days):
            acts = _acts(study, ward.trainer_of[learner.group_id or 0], now)
            events += [Event(at, len(events) + number, act) for number, (at, act) in enumerate(acts)]
    for event in sorted(events, key=lambda each: (each.at, each.order)):
        event.act(db)


@dataclass(frozen=True)
class _Study:
    """One learner takes one lesson once; ``sample`` None: opened it and went away."""

    learner: Person
    lesson: Lesson
    sample: Sample | None
    begins: datetime
    tries: int  # checks of each rule-marked exercise


class _Days:
    """Moments when people have time: early, at noon, in the evening; never after ``now``."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self._chance = chance
        self._today = clock.programme_day(now)

    def moment(self, days_ago: int) -> datetime:
        day = self._today - timedelta(days=days_ago)
        hour = self._chance.choices((6, 12, 19, 20, 21), weights=(2, 2, 4, 5, 3))[0]
        minute, second = self._chance.randrange(60), self._chance.randrange(60)
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=clock.VIETNAM)


def _studies(  # noqa: PLR0913, PLR0917 - one learner's share of everything
    learner: Person, place: int, ward: Ward, lessons: Sequence[Lesson], chance: random.Random, days: _Days
) -> Iterator[_Study]:
    if learner is ward.demo_learner:
        yield from _demo_studies(learner, lessons, days)
        return
    done = _how_many(place, len(lessons), chance)
    # One lesson a day, in order, on different days that end at least a day ago.
    ago = sorted(chance.sample(range(1, _DAYS), done + 1), reverse=True)
    for lesson, days_ago in zip(lessons[:done], ago, strict=False):
        sample = _sample(lesson, chance, learner.target)
        yield _Study(learner, lesson, sample, days.moment(days_ago), 1 + (chance.random() < 0.3))  # noqa: PLR2004 - share of second tries
        if sample is not None and sample.role == "partial" and days_ago > 1 and chance.random() < 0.4:  # noqa: PLR2004 - share of people who try again
            again = _sample(lesson, chance, learner.target, role="full")
            yield _Study(learner, lesson, again, days.moment(days_ago - 1), 0)
    if done < len(lessons):
        yield _Study(learner, lessons[done], None, days.moment(ago[-1]), 0)


def _how_many(place: int, lessons: int, chance: random.Random) -> int:
    done = chance.choices(range(1, 6), weights=(3, 4, 4, 3, 2))[0]
    return 0 if place == _ONLY_LOOKED_IN else min(lessons, done)


def _demo_studies(learner: Person, lessons: Sequence[Lesson], days: _Days) -> Iterator[_Study]:
    """The account that visitors try: one graded result, one that waits, the third lesson is next."""
    for lesson, role, days_ago in zip(lessons, ("full", "partial"), (6, 1), strict=False):
        sample = next((each for each in lesson.samples if each.role == role), None)
        yield _Study(learner, lesson, sample, days.moment(days_ago), 1)


def _sample(lesson: Lesson, chance: random.Random, target: str, role: str = "") -> Sample | None:
    wanted = role or chance.choices(_ROLES, _WEIGHTS)[0]
    fitting = [sample for sample in lesson.samples if sample.role == wanted]
    own = [sample for sample in fitting if sample.case == target]
    return chance.choice(own or fitting) if fitting else None


def _acts(study: _Study, trainer: Person, now: datetime) -> Iterator[tuple[datetime, Act]]:
    learner, lesson, sample = study.learner, study.lesson, study.sample
    yield study.begins, lambda db: record_visit(db, learner, lesson.key, study.begins)
    if sample is None:
        return
    checked = study.begins
    for exercise, right in _checkable(lesson, sample):
        for attempt in range(study.tries):
            checked += timedelta(seconds=50)
            yield checked, _check(study, exercise, right and attempt == study.tries - 1, checked)
    handed_in = study.begins + _LESSON_TAKES
    stored: list[Submission] = []  # the trainer's act marks what the learner's act stored
    yield handed_in, lambda db: stored.append(_submit(db, study, sample, handed_in))
    marked = handed_in + _TRAINER_TAKES
    if marked < now:
        yield marked, lambda db: _mark_by_hand(db, study, stored[0], trainer, marked)


def _checkable(lesson: Lesson, sample: Sample) -> Iterator[tuple[str, bool]]:
    """Yield each rule-marked exercise that the sample answers, and whether it is right."""
    for slot in lesson.slots:
        exercise = slot.variant(sample.case)
        if slot.id in sample.expect and not exercise.rubric_marked:
            mark = exercise.mark(exercise.parse_answer(sample.expect[slot.id].answer))
            yield slot.id, mark.status == "right"


def _check(study: _Study, exercise: str, right: bool, at: datetime) -> Act:  # noqa: FBT001 - a fact of the check
    def act(db: Session) -> None:
        count_check(db, study.learner, study.lesson.key, exercise, right=right, now=at)

    return act


def _submit(db: Session, study: _Study, sample: Sample, at: datetime) -> Submission:
    answers = {name: expected.answer for name, expected in sample.expect.items()}
    submission = store_submission(db, study.learner, study.lesson, sample.case, answers, at)
    mark_submission(db, study.lesson, submission)
    return submission


def _mark_by_hand(db: Session, study: _Study, submission: Submission, trainer: Person, at: datetime) -> None:
    """Give each answered rubric exercise the score that the sample's author expects."""
    expect = study.sample.expect if study.sample else {}
    for slot in study.lesson.slots:
        expected = expect.get(slot.id)
        if expected is None or not slot.variant(submission.case).rubric_marked:
            continue
        status = "right" if expected.score >= slot.points else "partly" if expected.score > 0 else "wrong"
        overrule(db, submission, slot.id, expected.score, _COMMENTS[status], trainer.username, at)
