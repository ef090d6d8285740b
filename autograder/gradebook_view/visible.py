"""nbgrader's gradebook and API over the learners that one person may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import ColumnElement, event, select
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

Visible = frozenset[str] | None  # the students' ids that a person may see; None: all of them
VisibleTo = Callable[[str], Visible]


class VisibleGradebook(Gradebook):  # type: ignore[misc]  # nbgrader has no types
    """A gradebook in which learners that the person may not see do not exist."""

    def __init__(self, url: str, course: str, visible: Visible) -> None:
        super().__init__(url, course)
        if visible is not None:
            options = _criteria(visible)

            def restrict(state: ORMExecuteState) -> None:
                state.statement = state.statement.options(*options)

            event.listen(self.db, "do_orm_execute", restrict)


def _criteria(visible: frozenset[str]) -> Sequence[Any]:
    """Return one rule for each table that holds something of a learner; a learner's rows hang on ``student_id``."""
    assignments, notebooks = SubmittedAssignment.__table__, SubmittedNotebook.__table__
    own = select(assignments.c.id).where(assignments.c.student_id.in_(visible)).scalar_subquery()
    pages = select(notebooks.c.id).where(notebooks.c.assignment_id.in_(own)).scalar_subquery()
    rules: dict[type, ColumnElement[bool]] = {
        Student: Student.id.in_(visible),
        SubmittedAssignment: SubmittedAssignment.student_id.in_(visible),
        SubmittedNotebook: SubmittedNotebook.assignment_id.in_(own),
        Grade: Grade.notebook_id.in_(pages),
        Comment: Comment.notebook_id.in_(pages),
    }
    return [with_loader_criteria(table, rule, include_aliases=True) for table, rule in rules.items()]


class VisibleApi(NbGraderAPI):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's API over the visible learners; it also lists folders, which know no gradebook."""

    visible: Visible = frozenset()

    @property
    def gradebook(self) -> VisibleGradebook:
        """Return a new gradebook; nbgrader closes it."""
        return VisibleGradebook(self.coursedir.db_url, self.course_id, self.visible)

    def get_submitted_students(self, assignment_id: str) -> set[str]:
        """Return who handed in, as far as visible."""
        return self._only_visible(super().get_submitted_students(assignment_id))

    def get_autograded_students(self, assignment_id: str) -> set[str]:
        """Return whose work is marked, as far as visible."""
        return self._only_visible(super().get_autograded_students(assignment_id))

    def get_submission(
        self, assignment_id: str, student_id: str, **known: object
    ) -> dict[str, object] | None:
        """Return one learner's work; stock would describe an empty one for any name."""
        if not self._is_visible(student_id):
            return None
        found: dict[str, object] | None = super().get_submission(assignment_id, student_id, **known)
        return found

    def get_student_submissions(self, student_id: str) -> list[dict[str, object]]:
        """Return all of one learner's work."""
        if not self._is_visible(student_id):
            return []
        found: list[dict[str, object]] = super().get_student_submissions(student_id)
        return found

    def get_students(self) -> list[dict[str, object]]:
        """Return all visible learners; one whose folder exists but who is not in the gradebook yet, too."""
        return [_named(student) for student in super().get_students()]

    def _is_visible(self, student_id: str) -> bool:
        return self.visible is None or student_id in self.visible

    def _only_visible(self, students: set[str]) -> set[str]:
        return students if self.visible is None else students & self.visible


def _named(student: dict[str, object]) -> dict[str, object]:
    """Formgrader writes "None, None" for a learner without a name; the gradebook knows no names on purpose."""
    return student | {
        "last_name": student["last_name"] or student["id"],
        "first_name": student["first_name"] or "học viên",
    }
