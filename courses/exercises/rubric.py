"""What the kinds with a rubric share: the block's YAML header, the text answer, blank and copied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from courses.exercises.answers import blank, fields_of, narrow, text_of
from courses.exercises.authoring import Options, common, read_options, statement_of
from courses.exercises.base import (
    Criterion,
    DeclarationError,
    Frozen,
    Mark,
    RubricExercise,
    raise_faults,
)
from courses.exercises.text import is_copy_of, words

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class TextAnswer(Frozen):
    """A learner's text, NFC; ``reply`` is the AI reply that the learner kept (prompt only)."""

    text: str = ""
    reply: str = ""


class WrittenExercise(RubricExercise):
    """A rubric exercise answered by one text."""

    def public(self) -> dict[str, Any]:
        """Show criteria as id and text only, and the word limits."""
        return {
            **super().public(),
            "criteria": [{"id": criterion.id, "text": criterion.text} for criterion in self.rubric],
            "min_words": self.min_words,
            "max_words": self.max_words,
        }

    def parse_answer(self, raw: object) -> TextAnswer:
        """See ``Exercise.parse_answer``."""
        fields = fields_of(raw, self.answer_fields())
        return TextAnswer(**{name: text_of(value) for name, value in fields.items()})

    def answer_fields(self) -> frozenset[str]:
        """Return the fields of a raw answer."""
        return frozenset({"text"})

    def is_blank(self, answer: BaseModel) -> bool:
        """Blank means no word: spaces and bare punctuation count as nothing."""
        return not words(narrow(answer, TextAnswer).text)

    def mark(self, answer: BaseModel) -> Mark:
        """Return 0 for blank and for the task copied back; else ``waiting`` for judge or person."""
        text = narrow(answer, TextAnswer).text
        if self.is_blank(answer):
            return blank(self)
        if any(is_copy_of(text, task) for task in self.tasks()):
            return copied(self)
        return Mark(score=None, max_score=self.points, status="waiting", comment="Bài đang chờ chấm.")

    def tasks(self) -> tuple[str, ...]:
        """Return the texts that are no answer when they alone are handed in."""
        return (self.task_text,)

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        return narrow(answer, TextAnswer).text.strip() or "(để trống)"

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        lines = [_criterion_line(criterion) for criterion in self.rubric]
        return "\n".join([*lines, "", "Bài mẫu:", "", self.reference])

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        guidance = (criterion.guidance for criterion in self.rubric)
        texts = (*self.hints, self.why, self.reference, *guidance, self.mark_scheme())
        return tuple(text for text in texts if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """Samples are written in the raw form already."""
        extra = set(form) - self.answer_fields()
        if extra or not all(isinstance(value, str) for value in form.values()):
            raise DeclarationError(f"{self.kind} dùng: text: “bài viết”")
        return dict(form)


def copied(exercise: RubricExercise) -> Mark:
    """Return the mark of the task copied back."""
    comment = "Bạn mới chép lại đề bài. Bạn thử viết bằng lời của mình, một câu cũng được."
    return Mark(score=0, max_score=exercise.points, status="wrong", comment=comment)


def _criterion_line(criterion: Criterion) -> str:
    what = "không được vi phạm" if criterion.polarity == "must_not" else "phải có"
    note = f" – {criterion.guidance}" if criterion.guidance else ""
    return f"- [{criterion.id}, {criterion.points:g} điểm, {what}] {criterion.text}{note}"


class RubricOptions(Options):
    """The YAML header of written kinds."""

    rubric: tuple[Criterion, ...] = Field(min_length=1)
    reference: str = Field(min_length=1)
    min_words: int = Field(default=0, ge=0)
    max_words: int = Field(default=400, ge=1)

    def other_points(self) -> float:
        """Return the points that something else than the rubric gives."""
        return 0


W = TypeVar("W", bound=WrittenExercise)
P = TypeVar("P", bound=RubricOptions)


def read_written(made: type[W], header: type[P], id_: str, options: Mapping[str, object], body: str) -> W:
    """Return an exercise whose fields are those of its header.

    Raises:
        DeclarationError: with every fault of header and rubric.
    """
    wanted = read_options(header, options)
    raise_faults(rubric_faults(wanted))
    own = set(type(wanted).model_fields) - set(Options.model_fields)
    fields = {**common(wanted), **{name: getattr(wanted, name) for name in own}}
    kind = made.__name__.lower()
    return made(id=id_, kind=kind, statement=statement_of(body.split("\n")), **fields)


def rubric_faults(wanted: RubricOptions) -> list[DeclarationError]:
    """Return what is wrong with a rubric and its points."""
    faults = []
    total = sum(criterion.points for criterion in wanted.rubric) + wanted.other_points()
    if abs(total - wanted.points) > 1e-9:  # noqa: PLR2004 - rounding of decimal points
        message = (
            f"điểm các tiêu chí cộng lại là {total:g}, nhưng points là {wanted.points:g}: sửa cho bằng nhau"
        )
        faults.append(DeclarationError(message, option=("rubric",)))
    ids = [criterion.id for criterion in wanted.rubric]
    for number, criterion in enumerate(wanted.rubric):
        faults += _criterion_faults(criterion, number, ids[:number])
    if wanted.min_words > wanted.max_words:
        faults.append(DeclarationError("min_words lớn hơn max_words", option=("min_words",)))
    return faults


def _criterion_faults(criterion: Criterion, number: int, before: list[str]) -> list[DeclarationError]:
    messages = []
    if criterion.id in before:
        messages.append(f"tiêu chí “{criterion.id}” có hai lần: đổi một id")
    if not _ID.fullmatch(criterion.id):
        messages.append(f"id tiêu chí “{criterion.id}” chỉ dùng chữ thường không dấu, số và dấu gạch nối")
    if not criterion.text.strip():
        messages.append(f"tiêu chí “{criterion.id}” chưa có text")
    return [DeclarationError(message, option=("rubric", number)) for message in messages]
