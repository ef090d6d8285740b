"""``canvas``: the named fields of a method, drawn as the method is drawn; marked by rubric.

Rules say before any judge which fields are empty, too short, or copies of each other or of the task. A copy is no
answer: it is not among what is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from courses.exercises.answers import TEXT_LIMIT, blank, fields_of, narrow, text_of
from courses.exercises.authoring import Kind, Options, common, read_options, statement_of
from courses.exercises.base import AnswerError, Checked, DeclarationError, Frozen, Mark, raise_faults
from courses.exercises.canvas.examples import examples
from courses.exercises.canvas.methods import ID, Drawn, Field_, Layout, area_fault, layouts
from courses.exercises.rubric import RubricOptions, WrittenExercise, rubric_faults
from courses.exercises.text import is_copy_of, words

MOST_FIELDS = 12
_LONG = 3  # words; shorter texts ("hội trường") may well be alike in two fields


class Place(Field_):
    """A field as the learner sees it. ``min_words`` 0: it may stay empty."""

    min_words: int = Field(default=3, ge=0)


class CanvasAnswer(Frozen):
    """What was written, by the field's id; empty ones are left out."""

    fields: dict[str, str] = Field(default_factory=dict)


class Canvas(WrittenExercise):
    """Fields in reading order; ``areas`` and ``drawn`` say how a wide screen draws them."""

    visible: ClassVar[frozenset[str]] = WrittenExercise.visible | {"method", "fields", "areas", "drawn"}

    method: str
    fields: tuple[Place, ...]
    areas: tuple[str, ...]
    drawn: Drawn

    def answer_fields(self) -> frozenset[str]:
        """See ``WrittenExercise.answer_fields``."""
        return frozenset({"fields"})

    def parse_answer(self, raw: object) -> CanvasAnswer:  # type: ignore[override] # a canvas is no single text
        """See ``Exercise.parse_answer``."""
        given = fields_of(raw, self.answer_fields()).get("fields", {})
        if not isinstance(given, dict) or not set(given) <= {place.id for place in self.fields}:
            raise AnswerError("Câu trả lời có ô mà bài này không có.")
        texts = {place.id: text_of(given[place.id]) for place in self.fields if place.id in given}
        if sum(map(len, texts.values())) > TEXT_LIMIT:
            raise AnswerError("Câu trả lời dài quá 8.000 ký tự; bạn viết gọn lại rồi thử lại.")
        return CanvasAnswer(fields={name: text for name, text in texts.items() if words(text)})

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not narrow(answer, CanvasAnswer).fields

    @property
    def checkable(self) -> bool:
        """Rules have something to say before a judge does."""
        return True

    def check(self, answer: BaseModel) -> Checked:
        """Tell what rules find; a canvas without such faults waits for its marker."""
        status = self.mark(answer).status
        return Checked(status=status, told="" if status == "blank" else self.told(answer))

    def told(self, answer: BaseModel) -> str:
        """See ``Exercise.told``."""
        faults = self._faults(answer)
        if not faults:
            return "Các ô đã viết đủ. Phần nội dung được chấm sau khi bạn nộp bài."
        return " ".join(faults)

    def mark(self, answer: BaseModel) -> Mark:
        """Return 0 for blank and for nothing but copies; else ``waiting``, and what rules found as the comment."""
        if self.is_blank(answer):
            return blank(self)
        if not self._own(answer):
            comment = (
                "Bạn mới chép lại đề bài hoặc chép một câu vào mọi ô. Bạn thử viết mỗi ô bằng lời của mình."
            )
            return Mark(score=0, max_score=self.points, status="wrong", comment=comment)
        comment = " ".join(["Bài đang chờ chấm.", *self._faults(answer)])
        return Mark(score=None, max_score=self.points, status="waiting", comment=comment)

    def _own(self, answer: BaseModel) -> dict[str, str]:
        """Return the fields that hold the learner's own words: no copy of the task, none of another field."""
        given = narrow(answer, CanvasAnswer).fields
        copied = self._copied(given)
        return {name: text for name, text in given.items() if name not in copied}

    def _copied(self, given: Mapping[str, str]) -> set[str]:
        """Return copies: of the task, of a guiding question, or of an earlier field (that one stays)."""
        tasks = self.shown_texts()
        copied = {name for name, text in given.items() if any(is_copy_of(text, task) for task in tasks)}
        seen: set[str] = set()
        for name, text in given.items():
            key = " ".join(words(text))
            if key in seen and len(words(text)) >= _LONG:
                copied.add(name)
            seen.add(key)
        return copied

    def _faults(self, answer: BaseModel) -> list[str]:
        """Return what rules find, a sentence each; at most three kinds of fault."""
        given = narrow(answer, CanvasAnswer).fields
        copied = self._copied(given)
        own = {name: len(words(text)) for name, text in given.items() if name not in copied}
        empty = [place.label for place in self.fields if place.min_words and place.id not in given]
        short = [place.label for place in self.fields if 0 < own.get(place.id, 0) < place.min_words]
        alike = [place.label for place in self.fields if place.id in copied]
        found = (
            ("Còn trống: {}.", empty),
            ("Còn ngắn quá: {}.", short),
            ("Chép lại đề hoặc ô khác: {}.", alike),
        )
        return [text.format(", ".join(f"“{label}”" for label in labels)) for text, labels in found if labels]

    def judged_text(self, answer: BaseModel) -> str:
        """Return the learner's own fields, each after its label."""
        return self._lines(self._own(answer))

    def shown_texts(self) -> tuple[str, ...]:
        """See ``RubricExercise.shown_texts``."""
        return (self.task_text, *(text for place in self.fields for text in (place.label, place.ask) if text))

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        return self._lines(narrow(answer, CanvasAnswer).fields) or "(để trống)"

    def _lines(self, given: Mapping[str, str]) -> str:
        """Return a line a field; further lines are indented, so that no text looks like another field."""
        shown = ((place.label, given[place.id].strip()) for place in self.fields if place.id in given)
        return "\n".join(f"{label}: {text}".replace("\n", "\n    ") for label, text in shown)

    def reading(self) -> str:
        """See ``Exercise.reading``."""
        return "\n".join(self.shown_texts())

    def minutes(self) -> float:
        """Half a minute a field, and one to look it over."""
        return 1 + len(self.fields) / 2

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``fields`` maps a field's id to its text."""
        given = form.get("fields")
        known = {place.id for place in self.fields}
        if set(form) != {"fields"} or not isinstance(given, dict) or not set(given) <= known:
            raise DeclarationError(
                f"canvas dùng: fields: {{id: “bài viết”}}; các id: {', '.join(sorted(known))}"
            )
        return {"fields": {name: str(text) for name, text in given.items()}}


class DeclaredPlace(Frozen):
    """A field as its author declares it; what is left out is the method's."""

    id: str = Field(pattern=ID)
    label: str = ""
    ask: str = ""
    min_words: int | None = Field(default=None, ge=0)


class CanvasOptions(RubricOptions):
    """Header of a canvas block. ``method`` names a layout; without one, ``fields`` (and ``areas``) draw their own."""

    method: str = ""
    fields: tuple[DeclaredPlace, ...] = Field(default=(), max_length=MOST_FIELDS)
    areas: tuple[str, ...] = ()
    drawn: Drawn | None = None
    field_words: int = Field(default=3, ge=0)


def _read(id_: str, options: Mapping[str, object], body: str) -> Canvas:
    wanted = read_options(CanvasOptions, options)
    layout = _layout(wanted)
    raise_faults([*rubric_faults(wanted), *_field_faults(wanted, layout)])
    own = set(RubricOptions.model_fields) - set(Options.model_fields)
    return Canvas(
        id=id_,
        kind="canvas",
        statement=statement_of(body.split("\n")),
        **common(wanted),
        **{name: getattr(wanted, name) for name in own},
        method=layout.name,
        fields=_places(wanted, layout),
        areas=layout.areas,
        drawn=layout.drawn,
    )


def _layout(wanted: CanvasOptions) -> Layout:
    """Return the method's layout, or the one that the author draws."""
    if wanted.method:
        known = layouts()
        if wanted.method not in known:
            message = f"không có cách vẽ “{wanted.method}”; dùng được: {', '.join(known)}, hoặc tự kê fields"
            raise DeclarationError(message, option=("method",))
        return known[wanted.method]
    if not wanted.fields:
        raise DeclarationError(f"cần method ({', '.join(layouts())}) hoặc fields", option=("fields",))
    fields = tuple(Field_(id=one.id, label=one.label or one.id, ask=one.ask) for one in wanted.fields)
    areas = wanted.areas or tuple(one.id for one in fields)
    return Layout(name="", areas=areas, drawn=wanted.drawn or "grid", fields=fields)


def _field_faults(wanted: CanvasOptions, layout: Layout) -> list[DeclarationError]:
    known = [one.id for one in layout.fields]
    faults = []
    for n, one in enumerate(wanted.fields):
        if one.id not in known:
            message = f"cách vẽ này không có ô “{one.id}”; các ô: {', '.join(known)}"
            faults.append(DeclarationError(message, option=("fields", n)))
        if one.id in [other.id for other in wanted.fields[:n]]:
            faults.append(DeclarationError(f"ô “{one.id}” có hai lần: bỏ một", option=("fields", n)))
    if wanted.method and (wanted.areas or wanted.drawn):
        message = "areas và drawn chỉ dùng khi tự vẽ, không dùng cùng method"
        faults.append(DeclarationError(message, option=("method",)))
    if not faults and (message := area_fault(layout.areas, known)):
        faults.append(DeclarationError(message, option=("areas",)))
    return faults


def _places(wanted: CanvasOptions, layout: Layout) -> tuple[Place, ...]:
    said = {one.id: one for one in wanted.fields}
    return tuple(_place(one, said.get(one.id), wanted.field_words) for one in layout.fields)


def _place(one: Field_, said: DeclaredPlace | None, least: int) -> Place:
    if said is None:
        return Place(id=one.id, label=one.label, ask=one.ask, min_words=least)
    min_words = least if said.min_words is None else said.min_words
    return Place(id=one.id, label=said.label or one.label, ask=said.ask or one.ask, min_words=min_words)


KIND = Kind(name="canvas", reader=_read, examples=examples)
