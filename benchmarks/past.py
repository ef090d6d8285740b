"""A ward with a long past: many marked submissions, as years of daily runs would have left them.

The samples of all lessons are handed in and marked by one real run; then its rows, gradebook entries and files are
copied for as many learners as it takes. Written answers differ from person to person, so that the ledger grows too.
The judge abstained from one in ten of those that it could decide and from all that it could not; people have decided
every second one of these.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from autograder import gradebook, ledger
from autograder.digest import refresh_digests
from autograder.gradebook import Manual, Projection, Task
from autograder.gradebook.show import trusted
from autograder.models import AuditItem, AutoMark, HumanMark, LedgerEntry, Marked, Projected, PupilResult
from courses.exercises.base import RubricExercise
from courses.lessons.model import Lesson, Sample
from courses.school.db import session as open_session
from courses.school.models import Attempt, Group, Person, Submission
from courses.site import Site, gradebook_url, layout

AT = datetime(2026, 2, 20, 1, tzinfo=UTC)
CHUNK = 5000
GROUPS = 40
ABSTAINED = 10  # one in so many written answers
AUDITED = 20  # one in so many judged answers
JUDGE = "fake"


@dataclass(frozen=True)
class Template:
    """One sample's submission as the real run left it."""

    lesson: Lesson
    sample: Sample
    id: int
    username: str
    marks: tuple[dict[str, Any], ...]
    pupils: tuple[dict[str, Any], ...]


@dataclass
class Rows:
    """Rows to insert, by table."""

    by_table: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: object, **values: object) -> None:
        self.by_table.setdefault(table, []).append(values)

    def write(self, session: Session) -> None:
        for table, rows in self.by_table.items():
            session.execute(insert(table), rows)


def learner(name: str, group: int | None = None) -> dict[str, Any]:
    """Return the columns of a learner."""
    return {
        "external_id": name,
        "username": name,
        "display_name": name,
        "pseudonym": f"Bút danh {name}",
        "role": "learner",
        "target": "citizen",
        "created_at": AT,
        "group_id": group,
        "on_board": True,
        "sample": False,
        "active": True,
    }


def with_words(answer: object, words: str) -> object:
    """Return a written answer with some more words, so that no two are alike; others as they are."""
    if not isinstance(answer, dict):
        return answer
    if isinstance(answer.get("text"), str):
        return {**answer, "text": f"{answer['text']} {words}"}
    if isinstance(answer.get("fields"), dict) and answer["fields"]:
        first, *others = answer["fields"]
        fields = {first: f"{answer['fields'][first]} {words}"} | {
            one: answer["fields"][one] for one in others
        }
        return {**answer, "fields": fields}
    return answer


class Past:
    """Copies templates.

    Args:
        site: a site in which every sample was handed in and marked.
        engine: its database.
        lessons: by key.
        prompt_hash: of the judge that is said to have judged.
    """

    def __init__(self, site: Site, engine: Engine, lessons: dict[str, Lesson], prompt_hash: str) -> None:
        self.site, self.engine, self.lessons, self.prompt_hash = site, engine, lessons, prompt_hash
        levels = sorted({lesson.course for lesson in lessons.values()})
        self.courses = {level: gradebook.Course(layout(site).course(level)) for level in levels}
        self.templates = self._read()
        self.counter, self.people = itertools.count(1), itertools.count()
        with open_session(engine) as session:
            self.questions = set(session.scalars(select(LedgerEntry.question)))

    def _read(self) -> dict[str, list[Template]]:
        found: dict[str, list[Template]] = {key: [] for key in self.lessons}
        with open_session(self.engine) as session:
            for own in session.scalars(select(Submission).order_by(Submission.id)):
                lesson = self.lessons[own.lesson]
                sample = next(one for one in lesson.samples if own.person.username.endswith(f"-{one.name}"))
                marks, pupils = _rows(session, AutoMark, own.id), _rows(session, PupilResult, own.id)
                found[own.lesson].append(Template(lesson, sample, own.id, own.person.username, marks, pupils))
        return found

    def write(self, number: int) -> None:
        """Write so many submissions, each learner one of every lesson."""
        with open_session(self.engine) as session:
            session.execute(
                insert(Group),
                [{"code": f"to-{n}", "name": f"Tổ {n}", "working_age": 400} for n in range(GROUPS)],
            )
            self.groups = list(session.scalars(select(Group.id)))
        turns = {key: itertools.cycle(own) for key, own in self.templates.items() if own}
        wanted = list(itertools.islice(self._pairs(turns), number))
        for start in range(0, number, CHUNK):
            self._write(wanted[start : start + CHUNK])

    def _pairs(self, turns: dict[str, Iterator[Template]]) -> Iterator[tuple[str, Template]]:
        for person in itertools.count():
            for own in turns.values():
                yield f"cu-{person:06}", next(own)

    def _write(self, part: list[tuple[str, Template]]) -> None:
        names = sorted({name for name, _ in part})
        with open_session(self.engine) as session:
            known = set(session.scalars(select(Person.username).where(Person.username.in_(names))))
            people = [
                learner(name, self.groups[n % GROUPS]) for n, name in enumerate(names) if name not in known
            ]
            if people:
                session.execute(insert(Person), people)
            query = select(Person.username, Person.id).where(Person.username.in_(names))
            persons = {row[0]: row[1] for row in session.execute(query)}
            first = (session.scalar(select(func.max(Submission.id))) or 0) + 1
            rows, books = Rows(), []
            for id_, (name, template) in enumerate(part, first):
                books.append(self._submission(rows, id_, name, persons[name], template))
            rows.write(session)
            ids = [id_ for id_, _, _ in books]
            refresh_digests(session, ids)
            self._projected(session, books)
        for level in self.courses:
            self._gradebook(level, [book for _, book, own in books if own.lesson.course == level])
        for _, book, template in books:
            self._files(book, template)

    def _submission(
        self, rows: Rows, id_: int, name: str, person: int, template: Template
    ) -> tuple[int, Projection, Template]:
        lesson, sample = template.lesson, template.sample
        answers: dict[str, Any] = {
            exercise: with_words(own.answer, f"Đây là bài của tôi, số {id_}.")
            for exercise, own in sample.expect.items()
        }
        rows.add(
            Submission, id=id_, receipt=f"C{id_}", person_id=person, lesson=lesson.key, lesson_hash=lesson.hash,
            number=1, case=sample.case, answers=answers, submitted_at=AT,
        )  # fmt: skip
        rows.add(Marked, submission_id=id_, lesson_hash=lesson.hash, content_hash="")
        tasks = {}
        for pupil in template.pupils:
            rows.add(PupilResult, **pupil | {"submission_id": id_})
        for mark in template.marks:
            tasks[mark["exercise"]] = self._mark(rows, id_, template, mark, answers)
            rows.add(
                Attempt, person_id=person, lesson=lesson.key, exercise=mark["exercise"], tries=2,
                first_right=mark["status"] == "right", first_at=AT, last_at=AT,
            )  # fmt: skip
        stamp = AT.replace(tzinfo=None, microsecond=1)
        return id_, Projection(name, lesson.slug, stamp, tasks), template

    def _mark(
        self, rows: Rows, id_: int, template: Template, mark: dict[str, Any], answers: dict[str, Any]
    ) -> Task:
        own = {**mark, "submission_id": id_}
        exercise = template.lesson.slot(mark["exercise"]).variant(template.sample.case)
        manual: Manual | None = None
        if isinstance(exercise, RubricExercise) and (mark["source"] == "ai" or mark["question"]):
            own, manual = self._judged(rows, exercise, own, answers)
        rows.add(AutoMark, **own)
        return Task(own["score"], trusted(own["comment"]), manual)

    def _judged(
        self, rows: Rows, exercise: RubricExercise, own: dict[str, Any], answers: dict[str, Any]
    ) -> tuple[dict[str, Any], Manual | None]:
        """Give an answer its own ledger entry; of what the judge abstains from, people decide every second one."""
        question = ledger.question(
            exercise, exercise.judged_text(exercise.parse_answer(answers[exercise.id]))
        )
        number = next(self.counter)
        abstained = own["status"] == "waiting" or number % ABSTAINED == 0
        reason = (own["reason"] or "signals_disagree") if abstained else ""
        if question.key not in self.questions:  # a canvas' copied fields are not judged: some are alike
            self.questions.add(question.key)
            rows.add(
                LedgerEntry, **question.model_dump(), question=question.key, judge=JUDGE,
                prompt_hash=self.prompt_hash, verdicts=[] if abstained else own["verdicts"],
                outcome="abstained" if abstained else "judged", reason=reason, created_at=AT,
            )  # fmt: skip
        if not abstained:
            self._audited(rows, own, number)
            return own, None
        waits = {"score": None, "status": "waiting", "source": "nobody", "comment": "", "verdicts": []}
        asked = ledger.judge_key(JUDGE, self.prompt_hash)
        own = own | waits | {"reason": reason, "question": question.key, "asked": asked}
        if next(self.people) % 2:
            return own, None
        score, comment = float(own["max_score"]), "Cô chấm."
        rows.add(
            HumanMark, submission_id=own["submission_id"], exercise=exercise.id, score=score, comment=comment,
            by="co", at=AT,
        )  # fmt: skip
        return own, (score, comment)

    def _audited(self, rows: Rows, own: dict[str, Any], number: int) -> None:
        """Draw one in twenty judged answers; people have marked all of them again, as the judge did."""
        if number % AUDITED:
            return
        given = {str(verdict["criterion"]): verdict["met"] for verdict in own["verdicts"]}
        rows.add(
            AuditItem, submission_id=own["submission_id"], exercise=own["exercise"], verdicts=own["verdicts"],
            drawn_on=AT.date(), status="done", given=given, by="co", at=AT,
        )  # fmt: skip

    def _projected(self, session: Session, books: list[tuple[int, Projection, Template]]) -> None:
        ids = [id_ for id_, _, _ in books]
        marked: dict[int, str] = {}
        for start in range(0, len(ids), 500):
            query = select(Marked.submission_id, Marked.content_hash)
            part = session.execute(query.where(Marked.submission_id.in_(ids[start : start + 500])))
            marked |= {row[0]: row[1] for row in part}
        rows = []
        for id_, book, template in books:
            manual = {
                exercise: [list(task.manual)]
                for exercise, task in book.tasks.items()
                if task.manual is not None
            }
            digest = self.courses[template.lesson.course].assignment(template.lesson).digest
            own = {"submission_id": id_, "content_hash": marked[id_], "source_hash": digest, "manual": manual}
            rows.append(own)
        session.execute(insert(Projected), rows)

    def _gradebook(self, level: str, books: list[Projection]) -> None:
        lessons = [lesson for lesson in self.lessons.values() if lesson.course == level]
        with (
            gradebook.open_gradebook(gradebook_url(self.site, level)) as engine,
            engine.begin() as connection,
        ):
            registered = gradebook.register(connection, level, map(self.courses[level].assignment, lessons))
            gradebook.write(connection, level, registered, books)

    def _files(self, book: Projection, template: Template) -> None:
        course = self.courses[template.lesson.course]
        for folder in (course.submitted, course.autograded):
            old, new = folder(template.username, book.slug), folder(book.username, book.slug)
            new.mkdir(parents=True)
            for file in os.scandir(old):
                os.link(file.path, new / file.name)


def _rows(
    session: Session, table: type[AutoMark | PupilResult], submission: int
) -> tuple[dict[str, Any], ...]:
    names = [column.name for column in table.__table__.columns]
    found = session.scalars(select(table).where(table.submission_id == submission))
    return tuple({name: getattr(row, name) for name in names} for row in found)
