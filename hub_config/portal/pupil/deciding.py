"""What a trainer reads and decides about Bé Chè, misconception by misconception. Never for learners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from autograder import ledger
from autograder.human_verdicts import PUPIL, decided
from autograder.judge import REASON_TEXTS, Reason
from autograder.models import HumanVerdict
from autograder.pupil import understanding
from autograder.pupil_results import heard_in
from courses.exercises.base import Frozen
from courses.exercises.teach.kind import Teach
from courses.exercises.teach.pupil import Misconception
from courses.lessons.model import Lesson
from courses.school.models import Submission

CHOICES = {"roi": True, "chua": False, "rut": None}
"""What the form sends for “đã hiểu đúng”, “vẫn hiểu sai” and “rút lại, để theo máy”."""


class Line(Frozen):
    """One misconception. ``judged``: the judge's verdict, ``decided``: people's, which wins; None: there is none."""

    id: str
    belief: str
    correction: str
    judged: bool | None = None
    quote: str = ""  # the learner's words that the judge's verdict rests on
    decided: bool | None = None
    by: str = ""
    at: datetime | None = None


class Paper(Frozen):
    """All of a pupil's misconceptions. ``abstained``: why the judge left them to people, in words."""

    lines: tuple[Line, ...]
    abstained: str = ""


def papers(session: Session, lesson: Lesson, submission: Submission) -> dict[str, Paper]:
    """Return what there is to decide in a submission, by exercise in which somebody talked with the pupil."""
    human = decided(session, PUPIL, [submission.id])
    found = {}
    for slot in lesson.slots:
        teach = slot.variant(submission.case)
        if isinstance(teach, Teach) and (text := heard_in(teach, submission)):
            found[teach.id] = _paper(session, teach, text, human.get((submission.id, teach.id), {}))
    return found


def _paper(session: Session, teach: Teach, text: str, human: Mapping[str, HumanVerdict]) -> Paper:
    asked = understanding(teach)
    key = ledger.question(asked, text)
    judged = ledger.Recall(session, {key.answer_hash}).find(asked, text)
    said = {str(own["criterion"]): own for own in judged.verdicts} if judged else {}
    lines = (_line(one, said.get(one.id), human.get(one.id)) for one in teach.misconceptions)
    reason = judged.reason if judged else ""
    return Paper(lines=tuple(lines), abstained=REASON_TEXTS.get(cast("Reason", reason), ""))


def _line(one: Misconception, judged: Mapping[str, Any] | None, human: HumanVerdict | None) -> Line:
    line = Line(id=one.id, belief=one.belief, correction=one.correction.strip())
    if judged is not None:
        met = judged["met"] is True
        line = line.model_copy(update={"judged": met, "quote": str(judged.get("quote") or "") if met else ""})
    if human is not None:
        line = line.model_copy(update={"decided": human.met, "by": human.by, "at": human.at})
    return line


def read_choices(teach: Teach, given: Mapping[str, str]) -> dict[str, bool | None]:
    """Return misconception → corrected, or None: taken back; of those that a form decides.

    Args:
        teach: the exercise.
        given: misconception → what the form sent; empty: nothing chosen.

    Raises:
        ValueError: a Vietnamese sentence, when nothing was chosen.
    """
    chosen = {one.id: given[one.id] for one in teach.misconceptions if given.get(one.id)}
    if not chosen or not set(chosen.values()) <= set(CHOICES):
        raise ValueError("Bạn chọn “Đã hiểu đúng” hoặc “Vẫn hiểu sai” cho ít nhất một điều, rồi ghi lại.")
    return {id_: CHOICES[choice] for id_, choice in chosen.items()}
