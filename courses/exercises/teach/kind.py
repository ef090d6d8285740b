"""``teach``: explain it to the pupil Bé Chè, who asks back; the learner's own words are marked by rubric."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field

from courses.exercises.answers import fields_of, narrow, text_of
from courses.exercises.authoring import Kind
from courses.exercises.base import AnswerError, DeclarationError, Frozen, Mark, raise_faults
from courses.exercises.rubric import RubricOptions, TextAnswer, WrittenExercise, read_written
from courses.exercises.teach.examples import examples
from courses.exercises.teach.pupil import FEWEST, MOST, MOST_TURNS, TURN_LIMIT, Misconception
from courses.exercises.text import words

_BY: Mapping[str, str] = {"you": "Người dạy", "pupil": "Bé Chè"}
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PARTS = frozenset({"by", "text"})


class Turn(Frozen):
    """One turn of the conversation. A turn of the pupil is only shown: anybody could have written it."""

    by: Literal["you", "pupil"]
    text: str


class TeachAnswer(TextAnswer):
    """The conversation, and ``text``: what the learner wrote and has not said (or an answer without any talk)."""

    turns: tuple[Turn, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """What the learner said and wrote, in order."""
        said = [turn.text for turn in self.turns if turn.by == "you"]
        return (*said, self.text) if words(self.text) else tuple(said)


class Teach(WrittenExercise):
    """``misconceptions`` are what the pupil starts with, and its quiz: secret."""

    not_task: ClassVar[frozenset[str]] = WrittenExercise.not_task | {"misconceptions"}

    misconceptions: tuple[Misconception, ...]

    def minutes(self) -> float:
        """Three minutes: one explanation and two or three short answers to the pupil, on a phone."""
        return 3

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        own = [text for one in self.misconceptions for name, text in one.model_dump().items() if name != "id"]
        return (*super().secrets(), *own)

    def understood_ids(self) -> frozenset[str]:
        """See ``Exercise.understood_ids``."""
        return frozenset(one.id for one in self.misconceptions)

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        return "\n".join([super().mark_scheme(), "", "Bé Chè:", "", *map(_scheme, self.misconceptions)])

    def answer_fields(self) -> frozenset[str]:
        """See ``WrittenExercise.answer_fields``."""
        return frozenset({"text", "turns"})

    def parse_answer(self, raw: object) -> TeachAnswer:
        """See ``Exercise.parse_answer``."""
        fields = fields_of(raw, self.answer_fields())
        return TeachAnswer(text=text_of(fields.get("text", "")), turns=_turns(fields.get("turns", [])))

    def judged_text(self, answer: BaseModel) -> str:
        """Return the learner's own words only: what the pupil says earns nothing and costs nothing."""
        return "\n".join(narrow(answer, TeachAnswer).own)

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not words(self.judged_text(answer))

    def mark(self, answer: BaseModel) -> Mark:
        """See ``Exercise.mark``."""
        return super().mark(TeachAnswer(text=self.judged_text(answer)))

    def render_answer(self, answer: BaseModel) -> str:
        """Return the conversation, each turn after its speaker's name; a turn cannot pretend to be another's."""
        given = narrow(answer, TeachAnswer)
        if not given.turns:
            return super().render_answer(given)
        lines = [_shown(turn) for turn in given.turns]
        return "\n\n".join([*lines, _shown(Turn(by="you", text=given.text))] if words(given.text) else lines)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """Samples are written in the raw form already, with a conversation or without."""
        try:
            self.parse_answer(form)
        except AnswerError as error:
            raise DeclarationError(f"{self.kind}: {error}") from error
        return dict(form)


def _scheme(one: Misconception) -> str:
    return (
        f"- [{one.id}] {one.belief} – Cần giảng: {one.correction.strip()} "
        f"Câu kiểm tra: {one.question} (hiểu: “{one.right}”; chưa hiểu: “{one.wrong}”)"
    )


def _shown(turn: Turn) -> str:
    said = turn.text.strip().replace("\n", "\n    ")
    return f"{_BY[turn.by]}: {said}"


def _turns(raw: object) -> tuple[Turn, ...]:
    if not isinstance(raw, list) or len(raw) > 2 * MOST_TURNS + 1:
        raise AnswerError("Cuộc trò chuyện dài quá mức cho phép.")
    turns = tuple(map(_turn, raw))
    if sum(turn.by == "you" for turn in turns) > MOST_TURNS:
        raise AnswerError(f"Mỗi lần dạy Bé Chè có nhiều nhất {MOST_TURNS} lượt nói.")
    return turns


def _turn(raw: object) -> Turn:
    if not isinstance(raw, dict) or set(raw) != _PARTS or raw["by"] not in ("you", "pupil"):
        raise AnswerError("Cuộc trò chuyện có lượt nói không đọc được.")
    text = text_of(raw["text"])
    if not words(text) or len(text) > TURN_LIMIT:
        raise AnswerError("Mỗi lượt nói cần có chữ và nhiều nhất 1.000 ký tự.")
    return Turn(by=raw["by"], text=text)


class TeachOptions(RubricOptions):
    """Header of a teach block."""

    misconceptions: tuple[Misconception, ...] = Field(min_length=FEWEST, max_length=MOST)


def _read(id_: str, options: Mapping[str, object], body: str) -> Teach:
    made = read_written(Teach, TeachOptions, id_, options, body)
    raise_faults(list(_faults(made.misconceptions)))
    return made


def _faults(misconceptions: tuple[Misconception, ...]) -> Iterator[DeclarationError]:
    seen: set[str] = set()
    for number, one in enumerate(misconceptions):
        where = ("misconceptions", number)
        if not _ID.fullmatch(one.id):
            yield DeclarationError(
                f"id “{one.id}” chỉ dùng chữ thường không dấu, số và dấu gạch nối", option=where
            )
        if one.id in seen:
            yield DeclarationError(f"điều hiểu sai “{one.id}” có hai lần: đổi một id", option=where)
        seen.add(one.id)


KIND = Kind(name="teach", reader=_read, examples=examples)
