"""``fill``: write the missing words, numbers and dates into a text; points × right / all blanks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator

from courses.exercises.answers import blank, credited, fields_of, narrow, text_of
from courses.exercises.authoring import Kind, Options, common, read_options, statement_of
from courses.exercises.base import AnswerError, DeclarationError, Exercise, Frozen, Mark, Parts, raise_faults
from courses.exercises.fill.blanks import Blank, Forgiven, Type, fits, is_readable
from courses.exercises.fill.examples import examples

_BLANK = re.compile(r"\{\{(?P<inner>.*?)\}\}", re.DOTALL)
_TYPED = re.compile(r"^(?P<type>number|date):\s*(?P<rest>.*)$", re.DOTALL)
_LONGEST = 200  # characters in one blank
_SAMPLE = 'fill dùng: filled: ["chữ ở chỗ trống 1", "chữ ở chỗ trống 2"] (chỗ bỏ trống ghi "")'


class Segment(Frozen):
    """A piece of the text, or a blank: ``id`` and ``type``."""

    text: str = ""
    id: str | None = None
    type: Type | None = None


class FillAnswer(Frozen):
    """Blank id → what stands there, in the order of the text; empty blanks are left out."""

    filled: dict[str, str]


class Fill(Exercise):
    """Blanks b1, b2 … in the order of the text; ``blanks`` is the key."""

    visible: ClassVar[frozenset[str]] = Exercise.visible | {"segments"}

    segments: tuple[Segment, ...]
    blanks: tuple[Blank, ...]
    forgive: tuple[Forgiven, ...]

    def parse_answer(self, raw: object) -> FillAnswer:
        """See ``Exercise.parse_answer``."""
        filled = fields_of(raw, frozenset({"filled"})).get("filled", {})
        if not isinstance(filled, dict) or set(filled) - {one.id for one in self.blanks}:
            raise AnswerError("Câu trả lời có chỗ trống mà bài này không có.")
        texts = {one.id: text_of(filled[one.id]).strip() for one in self.blanks if one.id in filled}
        if any(len(text) > _LONGEST for text in texts.values()):
            raise AnswerError(f"Câu trả lời ở một chỗ trống dài quá {_LONGEST} ký tự; bạn viết gọn lại.")
        return FillAnswer(filled={name: text for name, text in texts.items() if text})

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not narrow(answer, FillAnswer).filled

    def mark(self, answer: BaseModel) -> Mark:
        """Points × right / all blanks; an empty blank is simply not right."""
        filled = narrow(answer, FillAnswer).filled
        if not filled:
            return blank(self)
        right = len(self._right(filled))
        parts = Parts(right=right, wrong=len(filled) - right, total=len(self.blanks))
        return credited(self, parts, self._comment(filled))

    def told(self, answer: BaseModel) -> str:
        """See ``Exercise.told``."""
        return f"Bạn điền đúng {len(self._right(narrow(answer, FillAnswer).filled))}/{len(self.blanks)} chỗ trống."

    def _right(self, filled: dict[str, str]) -> frozenset[str]:
        forgive = frozenset(self.forgive)
        return frozenset(one.id for one in self.blanks if fits(one, filled.get(one.id, ""), forgive))

    def _comment(self, filled: dict[str, str]) -> str:
        right = self._right(filled)
        parts = [f"Bạn điền đúng {len(right)}/{len(self.blanks)} chỗ trống."]
        names = [one.id for one in self.blanks]
        again = [str(n) for n, name in enumerate(names, 1) if name in filled and name not in right]
        empty = [str(n) for n, name in enumerate(names, 1) if name not in filled]
        if again:
            parts.append(f"Nên xem lại chỗ trống số {', '.join(again)}.")
        if empty:
            parts.append(f"Chưa điền chỗ trống số {', '.join(empty)}.")
        return " ".join(parts)

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        filled = narrow(answer, FillAnswer).filled
        lines = [f"({n}) {filled[one.id]}" for n, one in enumerate(self.blanks, 1) if one.id in filled]
        return "\n".join(lines) or "(để trống)"

    def reading(self) -> str:
        """See ``Exercise.reading``."""
        return f"{self.statement}\n{' '.join(segment.text for segment in self.segments)}"

    def minutes(self) -> float:
        """A third of a minute to find and type what belongs into each blank."""
        return len(self.blanks) / 3

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        return "\n".join(f"- ({n}) {' | '.join(one.accepts)}" for n, one in enumerate(self.blanks, 1))

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``; one accepted answer is no secret of its own, for the lesson teaches it."""
        return tuple(text for text in (*self.hints, self.why, self.mark_scheme()) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``filled`` lists the texts in the order of the blanks."""
        texts = form.get("filled", [])
        if set(form) - {"filled"} or not isinstance(texts, list) or len(texts) > len(self.blanks):
            raise DeclarationError(_SAMPLE)
        if not all(isinstance(text, str) for text in texts):
            raise DeclarationError(f"{_SAMPLE}; đặt số và ngày trong dấu ngoặc kép")
        return {"filled": {one.id: text for one, text in zip(self.blanks, texts, strict=False) if text}}


def _listed(value: object) -> object:
    """Read ``case diacritics`` as a list; ``none`` as an empty one."""
    if isinstance(value, str):
        return [] if value.strip() == "none" else value.split()
    return value


class FillOptions(Options):
    """``forgive`` is for blanks of words; numbers and dates have forms of their own."""

    forgive: Annotated[tuple[Forgiven, ...], BeforeValidator(_listed)] = ("case",)


def _read(id_: str, options: Mapping[str, object], body: str) -> Fill:
    wanted = read_options(FillOptions, options)
    lines = body.split("\n")
    start = _start(lines)
    text = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines[start:])
    segments, blanks = _cut(text, start, frozenset(wanted.forgive))
    return Fill(
        id=id_,
        kind="fill",
        statement=statement_of(lines[:start]),
        **common(wanted),
        segments=segments,
        blanks=blanks,
        forgive=tuple(sorted(set(wanted.forgive))),
    )


def _start(lines: list[str]) -> int:
    """Return the first line of the quote that holds the blanks: the last quote of the body."""
    quoted = [n for n, line in enumerate(lines) if line.startswith(">")]
    if not quoted:
        raise DeclarationError("chưa có đoạn văn: đặt đoạn văn có chỗ trống sau dấu “> ” ở đầu mỗi dòng", 0)
    after = next((n for n in range(quoted[-1] + 1, len(lines)) if lines[n].strip()), None)
    if after is not None:
        raise DeclarationError("sau đoạn văn không được có chữ: chuyển lên trước, hoặc thêm dấu “> ”", after)
    start = quoted[-1]
    while start and lines[start - 1].startswith(">"):
        start -= 1
    return start


def _cut(
    text: str, first: int, forgive: frozenset[Forgiven]
) -> tuple[tuple[Segment, ...], tuple[Blank, ...]]:
    """Cut the text into words and blanks. Raises DeclarationError with every fault."""
    segments: list[Segment] = []
    blanks: list[Blank] = []
    faults: list[DeclarationError] = []
    place = 0
    for found in _BLANK.finditer(text):
        one = _blank(found["inner"], len(blanks) + 1)
        segments += [Segment(text=text[place : found.start()]), Segment(id=one.id, type=one.type)]
        blanks.append(one)
        line = first + text.count("\n", 0, found.start())
        faults += [DeclarationError(message, line) for message in _blank_faults(one, forgive)]
        place = found.end()
    segments.append(Segment(text=text[place:]))
    if not blanks:
        faults.append(DeclarationError("chưa có chỗ trống nào: viết {{chữ đúng}} trong đoạn văn", first))
    if any("{{" in segment.text or "}}" in segment.text for segment in segments):
        faults.append(DeclarationError("dấu {{ hoặc }} chưa đủ đôi", first))
    raise_faults(faults)
    return tuple(segment for segment in segments if segment.text or segment.id), tuple(blanks)


def _blank(inner: str, number: int) -> Blank:
    typed = _TYPED.match(inner.strip())
    accepts = tuple(" ".join(part.split()) for part in (typed["rest"] if typed else inner).split("|"))
    kind: Type = "text" if typed is None else "number" if typed["type"] == "number" else "date"
    return Blank(id=f"b{number}", type=kind, accepts=accepts)


def _blank_faults(one: Blank, forgive: frozenset[Forgiven]) -> list[str]:
    needs = {
        "text": "cần chữ giữa {{ và }}, sau mỗi dấu |",
        "number": "cần số, như {{number: 1.500}} hoặc {{number: 2,5 kg}}",
        "date": "cần ngày có thật, như {{date: 28/6/2026}}, {{date: 28/6}} hoặc {{date: 6/2026}}",
    }
    bad = [text for text in one.accepts if not is_readable(one.type, text, forgive)]
    return [f"chỗ trống {one.id[1:]}: không hiểu “{text}”: {needs[one.type]}" for text in bad]


KIND = Kind(name="fill", reader=_read, examples=examples)
