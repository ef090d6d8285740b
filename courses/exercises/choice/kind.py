"""``choice``: choose one option (all or nothing) or several (right ones minus wrong ones)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from courses.exercises.answers import blank, credited, fields_of, known_ids, narrow
from courses.exercises.authoring import Kind, Options, common, read_options, statement_of
from courses.exercises.base import AnswerError, DeclarationError, Exercise, Frozen, Mark, Parts, raise_faults
from courses.exercises.choice.examples import examples

_ITEM = re.compile(r"^[-*+]\s+\[(?P<box>[^\]]{0,2})\]\s*(?P<text>.*)$")
_PICTURE = re.compile(r"^!\[(?P<alt>[^\]]*)\]\((?P<image>[^)\s]*)\)\s*(?P<text>.*)$")
_OWN_PICTURE = re.compile(r"assets/[a-z0-9][a-z0-9._-]*")
_PLAIN_ITEM = re.compile(r"^[-*+]\s+")
_MIN_OPTIONS = 2


class Option(Frozen):
    """One option as the learner sees it: words, or a picture (``image``, ``alt``) with or without words."""

    id: str
    text: str
    image: str | None = None  # a file of the lesson: assets/x.svg
    alt: str | None = None

    @property
    def name(self) -> str:
        """The option in words alone."""
        return self.text if self.alt is None else f"{self.text} ({self.alt})" if self.text else self.alt


class ChoiceAnswer(Frozen):
    """Ids of the chosen options, in the order of declaration."""

    chosen: tuple[str, ...] = ()


class Choice(Exercise):
    """Options o1, o2 … in the order of declaration; ``right`` is the key."""

    visible: ClassVar[frozenset[str]] = Exercise.visible | {"options", "many"}

    options: tuple[Option, ...]
    many: bool
    right: tuple[str, ...]

    def parse_answer(self, raw: object) -> ChoiceAnswer:
        """See ``Exercise.parse_answer``."""
        chosen = fields_of(raw, frozenset({"chosen"})).get("chosen", [])
        answer = ChoiceAnswer(chosen=known_ids(chosen, tuple(option.id for option in self.options)))
        if not self.many and len(answer.chosen) > 1:
            raise AnswerError("Câu này chỉ chọn một phương án.")
        return answer

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not narrow(answer, ChoiceAnswer).chosen

    def mark(self, answer: BaseModel) -> Mark:
        """One: all or nothing. Many: points × max(0, right chosen − wrong chosen) / right options."""
        chosen = narrow(answer, ChoiceAnswer).chosen
        if not chosen:
            return blank(self)
        hits = len(set(chosen) & set(self.right))
        misses = len(chosen) - hits
        comment = self._comment_many(hits, misses) if self.many else self._comment_one(hits)
        return credited(self, Parts(right=hits, wrong=misses, total=len(self.right)), comment)

    def told(self, answer: BaseModel) -> str:
        """See ``Exercise.told``."""
        if not self.many:
            return ""
        chosen = narrow(answer, ChoiceAnswer).chosen
        return f"Bạn chọn đúng {len(set(chosen) & set(self.right))}/{len(self.right)} ý."

    def _comment_one(self, hits: int) -> str:
        if hits:
            return "Bạn chọn đúng."
        return "Phương án bạn chọn chưa đúng. Bạn đọc lại phần bài học rồi thử chọn lại."

    def _comment_many(self, hits: int, misses: int) -> str:
        parts = [f"Bạn chọn đúng {hits}/{len(self.right)} ý."]
        if misses:
            parts.append(f"Có {misses} ý chọn nhầm, nên bị trừ bớt.")
        if hits < len(self.right):
            parts.append("Bạn đọc lại từng ý và tự hỏi: ý này có đúng trong mọi trường hợp không?")
        return " ".join(parts)

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        chosen = narrow(answer, ChoiceAnswer).chosen
        lines = [f"• {option.name}" for option in self.options if option.id in chosen]
        return "\n".join(lines) or "(để trống)"

    def reading(self) -> str:
        """See ``Exercise.reading``."""
        return "\n".join([self.statement, *(option.name for option in self.options)])

    def pictures(self) -> tuple[tuple[str, str], ...]:
        """See ``Exercise.pictures``."""
        return tuple((option.image, option.alt or "") for option in self.options if option.image)

    def minutes(self) -> float:
        """Half a minute to choose one, three quarters to choose many."""
        return 0.75 if self.many else 0.5

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        return "\n".join(
            f"- [{'x' if option.id in self.right else ' '}] {option.name}" for option in self.options
        )

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        return tuple(text for text in (*self.hints, self.why, self.mark_scheme()) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``chosen`` lists option numbers, the first is 1."""
        numbers = form.get("chosen", [])
        limit = len(self.options)
        if not isinstance(numbers, list) or any(type(n) is not int or not 1 <= n <= limit for n in numbers):
            raise DeclarationError(f"chosen phải là danh sách số thứ tự phương án, từ 1 đến {limit}")
        extra = set(form) - {"chosen"}
        if extra:
            raise DeclarationError(f"không có mục “{min(extra)}”; choice chỉ dùng chosen")
        return {"chosen": [self.options[number - 1].id for number in numbers]}


class ChoiceOptions(Options):
    """``many`` forces choosing several even with one right option."""

    many: bool = False


def _read(id_: str, options: Mapping[str, object], body: str) -> Choice:
    wanted = read_options(ChoiceOptions, options)
    statement, items = _items(body.split("\n"))
    right = tuple(f"o{n}" for n, (_, is_right) in enumerate(items, 1) if is_right)
    return Choice(
        id=id_,
        kind="choice",
        statement=statement,
        **common(wanted, "net" if len(right) > 1 or wanted.many else "all"),
        options=tuple(_option(f"o{n}", text) for n, (text, _) in enumerate(items, 1)),
        many=wanted.many or len(right) > 1,
        right=right,
    )


def _option(id_: str, text: str) -> Option:
    """Return an option; ``![lời tả](assets/x.svg) chữ`` is a picture."""
    found = _PICTURE.match(text)
    if found is None:
        return Option(id=id_, text=text)
    return Option(id=id_, text=found["text"], image=found["image"], alt=" ".join(found["alt"].split()))


def _items(lines: list[str]) -> tuple[str, list[tuple[str, bool]]]:
    """Return the statement and the options as (text, is it right)."""
    start = next((n for n, line in enumerate(lines) if _ITEM.match(line)), None)
    if start is None:
        raise DeclarationError(
            "chưa có phương án nào: mỗi phương án một dòng “- [ ] …”, phương án đúng “- [x] …”", 0
        )
    faults: list[DeclarationError] = []
    items: list[tuple[str, bool]] = []
    for number in range(start, len(lines)):
        _take(lines[number], number, items, faults)
    faults += _whole(items, start) if not faults else []
    raise_faults(faults)
    return statement_of(lines[:start]), items


def _take(line: str, number: int, items: list[tuple[str, bool]], faults: list[DeclarationError]) -> None:
    found = _ITEM.match(line)
    if found is None:
        _take_rest(line, number, items, faults)
    elif found["box"] not in {" ", "x", "X"}:
        faults.append(DeclarationError("ô vuông viết sai: dùng “[ ]” hoặc “[x]”", number))
        items.append((found["text"].strip(), False))
    elif not found["text"].strip():
        faults.append(DeclarationError("phương án còn trống: viết nội dung sau ô vuông", number))
    else:
        text = found["text"].strip()
        faults += [DeclarationError(message, number) for message in _picture_faults(text)]
        items.append((text, found["box"] in {"x", "X"}))


def _picture_faults(text: str) -> list[str]:
    """Return what is wrong with the picture of an option, if it has one."""
    found = _PICTURE.match(text)
    if found is None:
        return (
            ["ảnh phải đứng ngay sau ô vuông: - [ ] ![lời tả](assets/…) chữ"] if "](assets/" in text else []
        )
    messages = []
    if not found["alt"].strip():
        messages.append(f"ảnh {found['image']} thiếu lời tả: viết ![lời tả](…)")
    if not _OWN_PICTURE.fullmatch(found["image"]):
        messages.append(f"ảnh {found['image']} phải nằm trong assets/ (tên chữ thường không dấu)")
    return messages


def _take_rest(line: str, number: int, items: list[tuple[str, bool]], faults: list[DeclarationError]) -> None:
    """Take a line below the first option that opens no option itself."""
    if not line.strip():
        return
    if line.startswith("  ") and items:
        text, is_right = items[-1]
        items[-1] = (f"{text} {line.strip()}", is_right)
    elif _PLAIN_ITEM.match(line):
        faults.append(DeclarationError("phương án thiếu ô vuông: viết “- [ ] …” hoặc “- [x] …”", number))
    else:
        faults.append(
            DeclarationError("dòng này không thuộc phương án nào: chuyển lên trước các phương án", number)
        )


def _whole(items: list[tuple[str, bool]], start: int) -> list[DeclarationError]:
    """Return what is wrong with the options taken together."""
    texts = [_option("", text).name for text, _ in items]
    right = sum(is_right for _, is_right in items)
    faults = []
    if len(items) < _MIN_OPTIONS:
        faults.append(DeclarationError("cần ít nhất hai phương án", start))
    if len(set(texts)) < len(texts):
        faults.append(DeclarationError("có hai phương án giống hệt nhau: sửa hoặc bỏ một", start))
    if not right:
        faults.append(DeclarationError("chưa có lựa chọn đúng: đánh dấu [x]", start))
    return faults


KIND = Kind(name="choice", reader=_read, examples=examples)
