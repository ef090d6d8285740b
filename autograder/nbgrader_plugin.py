"""``nbgrader autograde`` with our marks: the same scores and comments as the daily run, no code run.

``nbgrader_config.py`` of a level names ``LedgerMarks`` after ``SaveAutoGrades`` (which wipes auto scores)
and before ``AssignLatePenalties`` (which needs them).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder import ledger
from autograder.audit.silence import reasons_of
from autograder.gradebook.notebooks import answer_cells, answer_outputs
from autograder.gradebook.show import shown_answers, trusted
from autograder.marking import Marking, mark_answers
from autograder.models import AutoMark
from autograder.near_pass import PassLine
from courses.exercises.base import Frozen, Mark, Status
from courses.lessons import load_lesson
from courses.lessons.model import Case, Lesson
from courses.school.db import open_engine
from courses.school.db import session as open_session
from courses.school.models import Person, Submission
from courses.site import Site, database_url, site_around


@dataclass(frozen=True)
class _Place:
    """The cell's place in the gradebook: what nbgrader's own functions ask for."""

    notebook: str
    assignment: str
    student: str
    db_url: str


class LedgerMarks(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Write auto scores and comments from ``answers.json`` by rule and from the ledger."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:  # noqa: ANN401 - nbconvert's types
        """Mark one submitted notebook; see nbconvert's ``Preprocessor.preprocess``."""
        place = _Place(**{name: resources["nbgrader"][name] for name in _Place.__dataclass_fields__})
        folder = Path(resources["metadata"]["path"])
        submission = Answers.model_validate_json((folder / "answers.json").read_bytes())
        site = site_around(folder.parents[4])  # data/courses/level1/autograded/<student>/<lesson>
        lesson = load_lesson(site.lessons / folder.parents[2].name / place.assignment)
        _write(place, _markings(site, lesson, submission, (place.student, _number(folder))))
        _show(nb, shown_answers(lesson, submission.case, submission.answers))
        return nb, resources


def _number(folder: Path) -> int:
    """Return the submission's number, which the daily run writes as the microseconds of its time; 0: not by us."""
    try:
        stamp = (folder / "timestamp.txt").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return 0
    found = re.search(r"\.(\d{6}) UTC$", stamp)
    return int(found[1]) if found else 0


class Answers(Frozen):
    """A collected ``answers.json``."""

    v: Literal[1]
    lesson: str
    case: Case
    answers: dict[str, object]
    saved_at: str


def _markings(site: Site, lesson: Lesson, submission: Answers, owner: tuple[str, int]) -> tuple[Marking, ...]:
    """Return the marks as the daily run gave them: what an edit outdates stands until a person applies it."""
    engine = open_engine(database_url(site))
    try:
        with open_session(engine) as session:
            recall, line = ledger.Recall(session), PassLine.of(site)
            silent = reasons_of(session, lesson.key)
            fresh = mark_answers(lesson, submission.case, submission.answers, recall, silent, line=line)
            kept = _kept(session, lesson, *owner)
            return tuple(kept.get(marking.exercise, marking) for marking in fresh)
    finally:
        engine.dispose()


def _kept(session: Session, lesson: Lesson, student: str, number: int) -> dict[str, Marking]:
    """Return the judged marks of a submission, by exercise."""
    query = (
        select(AutoMark)
        .join(Submission, Submission.id == AutoMark.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(Person.username == student, Submission.lesson == lesson.key, Submission.number == number)
        .where(AutoMark.source == "ai")
    )
    return {own.exercise: _marking(own) for own in session.scalars(query)}


def _marking(own: AutoMark) -> Marking:
    mark = Mark(
        score=own.score, max_score=own.max_score, status=cast("Status", own.status), comment=own.comment
    )
    return Marking(exercise=own.exercise, mark=mark, source=own.source, verdicts=tuple(own.verdicts))


def _write(place: _Place, markings: tuple[Marking, ...]) -> None:
    """Write auto scores; a manual mark keeps counting and asks for nobody."""
    with Gradebook(place.db_url) as gradebook:
        for marking in markings:
            where = (marking.exercise, place.notebook, place.assignment, place.student)
            grade = gradebook.find_grade(*where)
            grade.auto_score = marking.mark.score
            grade.needs_manual_grade = marking.mark.score is None and grade.manual_score is None
            gradebook.find_comment(*where).auto_comment = trusted(marking.mark.comment) or None
        gradebook.db.commit()


def _show(nb: Any, answers: Mapping[str, str]) -> None:  # noqa: ANN401 - a NotebookNode
    for exercise, cell in answer_cells(nb.cells).items():
        outputs = answer_outputs(answers.get(exercise, ""))
        cell.outputs = [NotebookNode(**own) for own in outputs]  # type: ignore[no-untyped-call]  # untyped in nbformat
