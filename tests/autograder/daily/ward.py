"""A ward in a temporary data folder: real lessons, real databases, real files."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder import daily
from autograder.models import AutoMark, HumanMark, LedgerEntry, Projected
from autograder.results import overrule
from courses.lessons import load_lessons
from courses.lessons.model import Lesson
from courses.school.db import open_engine
from courses.school.db import session as open_session
from courses.school.models import Base, Group, Person, Submission
from courses.school.submissions import store_submission
from courses.site import REPOSITORY, Site, database_url, gradebook_url, layout

DAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam

GRADES = """
    select s.student_id, a.name, b.name, s.timestamp, g.auto_score, g.manual_score, g.extra_credit,
           g.needs_manual_grade, c.auto_comment, c.manual_comment
    from grade g join base_cell b on b.id = g.cell_id
    join submitted_notebook n on n.id = g.notebook_id
    join submitted_assignment s on s.id = n.assignment_id
    join assignment a on a.id = s.assignment_id
    left join comment c on c.cell_id = g.cell_id and c.notebook_id = g.notebook_id
    order by 1, 2, 3
"""
CELLS = """
    select a.course_id, a.name, n.name, n.kernelspec, s.name, s.cell_type, s.locked, s.source, s.checksum
    from source_cell s join notebook n on n.id = s.notebook_id
    join assignment a on a.id = n.assignment_id order by 2, 5
"""


class Ward:
    """One data folder of a site; its gradebook, files and ``lessons`` here are those of level 1."""

    def __init__(self, data: Path, lessons: Path = REPOSITORY, database: str = "") -> None:
        self.data = data
        self.site = Site(data=data, lessons=lessons, database=database)
        self.course = layout(self.site).course("level1")
        self.gradebook = gradebook_url(self.site, "level1")
        self.engine = open_engine(database_url(self.site))
        Base.metadata.create_all(self.engine)

    @cached_property
    def lessons(self) -> dict[str, Lesson]:
        """The lessons of the course whose gradebook is looked at, by slug."""
        every = load_lessons(self.site.lessons)
        return {lesson.slug: lesson for lesson in every if lesson.course == self.course.name}

    def person(self, session: Session, username: str, **more) -> Person:
        found = session.scalars(select(Person).where(Person.username == username)).one_or_none()
        if found is None:
            known = {"display_name": username, "role": "learner", "target": "citizen", "on_board": True}
            found = Person(
                external_id=username,
                username=username,
                pseudonym=f"Bút danh {username}",
                created_at=MORNING,
                **(known | more),
            )
            session.add(found)
            session.flush()
        return found

    def submit(self, username: str, slug: str, answers: dict, *, case="citizen", at=MORNING, **more) -> str:
        with open_session(self.engine) as session:
            person = self.person(session, username, **more)
            return store_submission(session, person, self.lessons[slug], case, answers, at).receipt

    def submit_samples(self, *slugs: str) -> dict[tuple[str, str], object]:
        """Hand in every sample of these lessons; return them by (username, slug)."""
        handed_in = {}
        for number, (slug, lesson) in enumerate(sorted(self.lessons.items())):
            for sample in lesson.samples if not slugs or slug in slugs else ():
                username = f"n{number}-{sample.name}"
                answers = {name: own.answer for name, own in sample.expect.items()}
                self.submit(username, slug, answers, case=sample.case)
                handed_in[username, slug] = sample
        return handed_in

    def add_group(self, code: str, usernames: list[str]) -> None:
        with open_session(self.engine) as session:
            group = Group(code=code, name=f"Tổ {code}", working_age=100)
            session.add(group)
            session.flush()
            for person in session.scalars(select(Person).where(Person.username.in_(usernames))):
                person.group_id = group.id

    def run(self, day: date = DAY, **more) -> daily.Report:
        return daily.run(self.site, day, **more)

    def marks(self, receipt: str) -> dict[str, AutoMark]:
        with open_session(self.engine) as session:
            query = select(AutoMark).join(Submission, Submission.id == AutoMark.submission_id)
            return {
                mark.exercise: mark for mark in session.scalars(query.where(Submission.receipt == receipt))
            }

    def grades(self) -> list[tuple]:
        return self.sql(GRADES)

    def grade(self, username: str, exercise: str) -> dict[str, object]:
        names = ("auto", "manual", "extra", "needs", "comment", "manual_comment")
        (row,) = [row for row in self.grades() if (row[0], row[2]) == (username, exercise)]
        return dict(zip(names, row[4:], strict=True))

    def mark_in_formgrader(
        self, username: str, exercise: str, score: float | None, comment: str | None
    ) -> None:
        """Do what formgrader's handlers do when somebody types a score and a comment."""
        where = """where cell_id in (select id from base_cell where name = :exercise) and notebook_id in
                   (select n.id from submitted_notebook n join submitted_assignment s
                    on s.id = n.assignment_id where s.student_id = :username)"""
        own = {"username": username, "exercise": exercise, "score": score, "comment": comment}
        self.sql(f"update grade set manual_score = :score, needs_manual_grade = 0 {where}", own)
        self.sql(f"update comment set manual_comment = :comment {where}", own)

    def sql(self, statement: str, values: dict | None = None) -> list[tuple]:
        connection = sqlite3.connect(self.gradebook.removeprefix("sqlite:///"), timeout=30)
        try:
            with connection:
                return connection.execute(statement, values or {}).fetchall()
        finally:
            connection.close()

    def human_marks(self) -> list[tuple[str, float, str, str]]:
        with open_session(self.engine) as session:
            rows = session.scalars(select(HumanMark).order_by(HumanMark.id))
            return [(row.exercise, row.score, row.comment, row.by) for row in rows]

    def overrule(self, username: str, slug: str, exercise: str, score: float, comment: str) -> None:
        """Do what the portal does when a trainer marks the newest submission."""
        with open_session(self.engine) as session:
            query = select(Submission).join(Person, Person.id == Submission.person_id)
            mine = query.where(Person.username == username, Submission.lesson == f"level1/{slug}")
            submission = session.scalars(mine.order_by(Submission.id.desc())).first()
            assert submission is not None
            overrule(session, submission, exercise, score, comment, "thay")

    def copy(self, data: Path) -> Ward:
        self.engine.dispose()
        shutil.copytree(self.data, data)
        return Ward(data, self.site.lessons)

    def canonical(self) -> dict[str, object]:
        """Everything a run leaves behind, without ids and times of writing."""
        with open_session(self.engine) as session:
            ledger = [
                (
                    e.exercise_hash,
                    e.rubric_hash,
                    e.answer_hash,
                    e.judge,
                    e.prompt_hash,
                    e.outcome,
                    e.reason,
                    e.verdicts,
                )
                for e in session.scalars(select(LedgerEntry))
            ]
            marks = [
                (m.submission_id, m.exercise, m.score, m.status, m.source, m.comment, m.verdicts, m.reason)
                for m in session.scalars(select(AutoMark))
            ]
            projected = [
                (p.submission_id, p.content_hash, p.manual) for p in session.scalars(select(Projected))
            ]
        return {
            "gradebook": self.grades(),
            "cells": self.sql(CELLS),
            "students": self.sql("select id, first_name, last_name, email from student order by 1"),
            "ledger": sorted(ledger, key=repr),
            "marks": sorted(marks, key=repr),
            "human": self.human_marks(),
            "projected": sorted(projected, key=repr),
            "standings": json.loads((self.data / "boards/standings.json").read_bytes()),
            "files": self.files(),
        }

    def files(self) -> dict[str, str]:
        """Content hashes of the course's files by path, and of what lies beside them."""
        own = [path for path in self.data.rglob("*") if path.is_file() and "sqlite" not in path.name]
        kept = [path for path in own if not path.name.startswith("gradebook.db")]
        return {str(path.relative_to(self.data)): _hash(path) for path in sorted(kept)}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def later(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)
