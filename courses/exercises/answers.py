"""Parsing a learner's raw answer once, at the edge: a frozen value or AnswerError, nothing else."""

from __future__ import annotations

from typing import TypeVar, cast

from courses.exercises.base import AnswerError, Credit, Exercise, Frozen, Mark, Parts, Status
from courses.exercises.text import clean, is_encodable, nfc

TEXT_LIMIT = 8000  # characters
A = TypeVar("A", bound=Frozen)


def fields_of(raw: object, allowed: frozenset[str]) -> dict[str, object]:
    """Return the raw answer's fields.

    Raises:
        AnswerError: when it is no JSON object or has fields that the kind does not know.
    """
    if not isinstance(raw, dict):
        raise AnswerError("Câu trả lời phải là một đối tượng JSON.")
    if not all(isinstance(name, str) and name in allowed for name in raw):
        raise AnswerError("Câu trả lời có phần mà bài này không có.")
    return cast("dict[str, object]", raw)


def known_ids(raw: object, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return ids that a learner chose, in the exercise's own order.

    Raises:
        AnswerError: for anything but a list of the exercise's ids, each once.
    """
    if not isinstance(raw, list) or len(raw) > len(known):
        raise AnswerError("Danh sách lựa chọn không hợp lệ.")
    chosen = [nfc(item) for item in raw if isinstance(item, str)]
    if len(chosen) != len(raw) or len(set(chosen)) != len(chosen) or not set(chosen) <= set(known):
        raise AnswerError("Câu trả lời có lựa chọn mà bài này không có, hoặc chọn lặp lại.")
    return tuple(item for item in known if item in chosen)


def text_of(raw: object) -> str:
    """Return a learner's text, normalised.

    Raises:
        AnswerError: when it is no text, is broken, or is longer than 8,000 characters.
    """
    if not isinstance(raw, str):
        raise AnswerError("Phần chữ của câu trả lời phải là chữ.")
    if not is_encodable(raw):
        raise AnswerError("Câu trả lời có ký tự hỏng; bạn xóa ký tự lạ rồi thử lại.")
    text = clean(raw)
    if len(text) > TEXT_LIMIT:
        raise AnswerError("Câu trả lời dài quá 8.000 ký tự; bạn viết gọn lại rồi thử lại.")
    return text


def narrow(answer: object, model: type[A]) -> A:
    """Return the answer as this kind's own type. Raises TypeError for another kind's answer."""
    if not isinstance(answer, model):
        raise TypeError(f"{type(answer).__name__} is not {model.__name__}")
    return answer


def credited(exercise: Exercise, parts: Parts, comment: str) -> Mark:
    """Return the mark that the exercise's declared ``credit`` gives for the parts.

    Scores are rounded to two decimals, so that a mark reads the same everywhere.
    """
    earned = _earned(exercise.credit, parts)
    status: Status = "right" if earned == parts.total else "partly" if earned else "wrong"
    score = exercise.points if status == "right" else round(exercise.points * earned / parts.total, 2)
    return Mark(score=score, max_score=exercise.points, status=status, comment=comment)


def _earned(credit: Credit, parts: Parts) -> int:
    if credit == "all":
        return parts.total if parts.right == parts.total and not parts.wrong else 0
    return max(0, parts.right - parts.wrong) if credit == "net" else parts.right


def blank(exercise: Exercise) -> Mark:
    """Return the mark of an exercise that was left untouched."""
    return Mark(score=0, max_score=exercise.points, status="blank", comment="Bạn chưa làm câu này.")
