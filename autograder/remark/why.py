"""What an author edited, in words, as far as the marks of before tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.judge import REASON_TEXTS
from autograder.ledger import criterion_hash
from autograder.marking import Marking, met_of
from courses.exercises.base import Exercise, RubricExercise

LONGEST = 60  # characters of a criterion's text
_OWN = {
    "judge_broken": "Phần mềm chấm bị lỗi; xem nhật ký.",
    "unreadable": "Bài nộp không còn khớp với bài tập đã sửa.",
}


def edits(exercise: Exercise, before: Mapping[str, Any], marking: Marking) -> tuple[str, ...]:
    """Return what was edited between a judged mark (columns of ``auto_mark``) and today's declaration."""
    if not isinstance(exercise, RubricExercise):
        return ("Bài tập nay chấm theo quy tắc.",)
    stored = {str(verdict["criterion"]): verdict for verdict in before["verdicts"]}
    found = [
        f"Thêm tiêu chí “{_short(own.text)}”."
        if own.id not in stored
        else f"Sửa tiêu chí “{_short(own.text)}”."
        for own in exercise.rubric
        if stored.get(own.id, {}).get("criterion_hash") != criterion_hash(own)
    ]
    today = {criterion.id for criterion in exercise.rubric}
    found += [f"Bỏ tiêu chí “{name}”." for name in stored if name not in today]
    return tuple(found) or (_points_or_task(before, marking),)


def _points_or_task(before: Mapping[str, Any], marking: Marking) -> str:
    if marking.mark.score is not None and met_of(before["verdicts"]) == met_of(marking.verdicts):
        return "Đổi điểm của tiêu chí."
    return "Sửa đề bài."


def _short(text: str) -> str:
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= LONGEST else f"{tidy[: LONGEST - 1].rstrip()}…"


def said(reason: str) -> str:
    """Return in words why no judge decided an answer."""
    texts: dict[str, str] = {str(code): text for code, text in REASON_TEXTS.items()} | _OWN
    return texts.get(reason, reason) or "Chưa hỏi AI."
