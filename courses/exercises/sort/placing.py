"""``sort`` by placing: items into groups (classify), or each item to its partner (match)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from courses.exercises.answers import blank, credited, fields_of, narrow
from courses.exercises.base import AnswerError, DeclarationError, Exercise, Frozen, Mark, Parts
from courses.exercises.text import nfc

_MOST_NAMED = 3  # items named in one comment; more would be a wall of text


class Group(Frozen):
    """A group, or a partner, as the learner sees it."""

    id: str
    label: str


class Item(Frozen):
    """An item as the learner sees it."""

    id: str
    text: str


class SortAnswer(Frozen):
    """Item id → group id, in the order of the items; items not placed are left out."""

    placed: tuple[tuple[str, str], ...] = ()


class Sort(Exercise):
    """Groups g1 … and items i1 …; ``key`` is secret.

    Items, and the partners of a match, stand in an order that depends on their texts only.
    """

    visible: ClassVar[frozenset[str]] = Exercise.visible | {"mode", "groups", "items"}

    mode: Literal["classify", "match"]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]
    key: dict[str, str]  # item id → group id

    def parse_answer(self, raw: object) -> SortAnswer:
        """See ``Exercise.parse_answer``."""
        placed = fields_of(raw, frozenset({"placed"})).get("placed", {})
        if not isinstance(placed, dict):
            raise AnswerError("Phần xếp nhóm không hợp lệ.")
        groups = {group.id for group in self.groups}
        if not all(_is_known(item, self.key) and _is_known(group, groups) for item, group in placed.items()):
            raise AnswerError("Câu trả lời có mẩu hoặc nhóm mà bài này không có.")
        if self.mode == "match" and len(set(placed.values())) < len(placed):
            raise AnswerError("Câu trả lời ghép một vế hai lần.")
        return SortAnswer(
            placed=tuple((item.id, placed[item.id]) for item in self.items if item.id in placed)
        )

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not narrow(answer, SortAnswer).placed

    def mark(self, answer: BaseModel) -> Mark:
        """Points × right / all; an item that was not placed is simply not right."""
        placed = dict(narrow(answer, SortAnswer).placed)
        if not placed:
            return blank(self)
        right = self._hits(placed)
        parts = Parts(right=right, wrong=len(placed) - right, total=len(self.key))
        return credited(self, parts, self._comment(placed))

    def told(self, answer: BaseModel) -> str:
        """See ``Exercise.told``."""
        right = self._hits(dict(narrow(answer, SortAnswer).placed))
        if self.mode == "match":
            return f"Bạn ghép đúng {right}/{len(self.key)} cặp."
        return f"Bạn xếp đúng {right}/{len(self.key)} mẩu."

    def _hits(self, placed: dict[str, str]) -> int:
        return sum(placed.get(item) == group for item, group in self.key.items())

    def _comment(self, placed: dict[str, str]) -> str:
        parts = [self.told(SortAnswer(placed=tuple(placed.items())))]
        again = [
            item.text for item in self.items if placed.get(item.id, self.key[item.id]) != self.key[item.id]
        ]
        if again:
            named = "; ".join(f"“{text}”" for text in again[:_MOST_NAMED])
            more = f" và {len(again) - _MOST_NAMED} mẩu nữa" if len(again) > _MOST_NAMED else ""
            parts.append(f"Nên xem lại: {named}{more}.")
        left = len(self.items) - len(placed)
        if left:
            parts.append(f"Còn {left} mẩu chưa {'ghép' if self.mode == 'match' else 'xếp'}.")
        return " ".join(parts)

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        placed = dict(narrow(answer, SortAnswer).placed)
        return self._lines(placed, "•") or "(để trống)"

    def _lines(self, placed: dict[str, str], sign: str) -> str:
        labels = {group.id: group.label for group in self.groups}
        lines = (
            f"{sign} {item.text} → {labels[placed[item.id]]}" for item in self.items if item.id in placed
        )
        return "\n".join(lines)

    def reading(self) -> str:
        """See ``Exercise.reading``."""
        partners = [group.label for group in self.groups] if self.mode == "match" else []
        return "\n".join([self.statement, *(item.text for item in self.items), *partners])

    def minutes(self) -> float:
        """A tenth of a minute per item, two tenths per pair."""
        return len(self.items) / (5 if self.mode == "match" else 10)

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        return self._lines(self.key, "-")

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        return tuple(text for text in (*self.hints, self.why, self.mark_scheme()) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``placed`` maps an item's text to a group's label."""
        placed = form.get("placed", {})
        if not isinstance(placed, dict) or set(form) - {"placed"}:
            raise DeclarationError('sort dùng: placed: {"mẩu": "Nhóm"}')
        items = {item.text: item.id for item in self.items}
        groups = {group.label: group.id for group in self.groups}
        pairs = ((_find(items, text, "mẩu"), _find(groups, label, "nhóm")) for text, label in placed.items())
        return {"placed": dict(pairs)}


def _is_known(value: object, known: dict[str, str] | set[str]) -> bool:
    return isinstance(value, str) and value in known


def _find(known: dict[str, str], text: object, what: str) -> str:
    if not isinstance(text, str) or nfc(text).strip() not in known:
        raise DeclarationError(f"bài không có {what} “{text}”; chép đúng từng chữ từ lesson.md")
    return known[nfc(text).strip()]
