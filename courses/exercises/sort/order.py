"""``sort`` by order: put steps one after the other.

Credit counts pairs of steps: of two steps, the earlier one stands first or it doesn't. With ``credit: net`` (the
default) a learner earns points × (pairs in right order − pairs in wrong order) / all pairs, never below zero. That is
Kendall's rank correlation τ (M. G. Kendall, "A New Measure of Rank Correlation", Biometrika 30, 1938): one step a place
too early costs little, a list turned around or shuffled by chance earns nothing. Counting steps at their exact place
would take everything from somebody who forgot the first step.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from courses.exercises.answers import blank, credited, fields_of, narrow
from courses.exercises.base import AnswerError, DeclarationError, Exercise, Frozen, Mark, Parts
from courses.exercises.sort.placing import Item
from courses.exercises.text import nfc


class OrderAnswer(Frozen):
    """All item ids from the first to the last; empty when nothing was moved."""

    order: tuple[str, ...] = ()


class Order(Exercise):
    """Items i1 … in an order that depends on their texts; ``right`` is the key. The start is never right."""

    visible: ClassVar[frozenset[str]] = Exercise.visible | {"mode", "items"}

    mode: Literal["order"] = "order"
    items: tuple[Item, ...]
    right: tuple[str, ...]  # item ids, the first step first

    def parse_answer(self, raw: object) -> OrderAnswer:
        """See ``Exercise.parse_answer``."""
        order = fields_of(raw, frozenset({"order"})).get("order", [])
        if not isinstance(order, list) or not all(isinstance(item, str) for item in order):
            raise AnswerError("Phần thứ tự không hợp lệ.")
        if order and sorted(order) != sorted(self.right):
            raise AnswerError("Câu trả lời phải có đủ các bước của bài, mỗi bước một lần.")
        return OrderAnswer(order=tuple(order))

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not narrow(answer, OrderAnswer).order

    def mark(self, answer: BaseModel) -> Mark:
        """Points by pairs of steps, see the module's text."""
        order = narrow(answer, OrderAnswer).order
        if not order:
            return blank(self)
        pairs = list(itertools.combinations(self._places(order), 2))
        right = sum(one < other for one, other in pairs)
        parts = Parts(right=right, wrong=len(pairs) - right, total=len(pairs))
        return credited(self, parts, self._comment(order, right, len(pairs)))

    def told(self, answer: BaseModel) -> str:
        """Tell how many steps must move at least: all but a longest run that is in order already."""
        order = narrow(answer, OrderAnswer).order
        moves = len(order) - _longest_run(self._places(order))
        return f"Dời ít nhất {moves} bước nữa là đúng thứ tự." if moves else "Các bước đã đúng thứ tự."

    def _places(self, order: Sequence[str]) -> list[int]:
        return [self.right.index(item) for item in order]

    def _comment(self, order: tuple[str, ...], right: int, total: int) -> str:
        if right == total:
            return "Bạn xếp đúng thứ tự cả các bước."
        return f"Bạn xếp đúng trước – sau {right}/{total} cặp bước. {self.told(OrderAnswer(order=order))}"

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        return self._lines(narrow(answer, OrderAnswer).order) or "(để trống)"

    def _lines(self, order: tuple[str, ...]) -> str:
        texts = {item.id: item.text for item in self.items}
        return "\n".join(f"{n}. {texts[item]}" for n, item in enumerate(order, 1))

    def reading(self) -> str:
        """See ``Exercise.reading``."""
        return "\n".join([self.statement, *(item.text for item in self.items)])

    def minutes(self) -> float:
        """Two tenths of a minute per step."""
        return len(self.items) / 5

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        return self._lines(self.right)

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        return tuple(text for text in (*self.hints, self.why, self.mark_scheme()) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``order`` lists the steps' texts."""
        order = form.get("order", [])
        if not isinstance(order, list) or set(form) - {"order"}:
            raise DeclarationError('sort (order) dùng: order: ["bước thứ nhất", "bước thứ hai", …]')
        ids = {item.text: item.id for item in self.items}
        texts = [nfc(str(text)).strip() for text in order]
        unknown = [text for text in texts if text not in ids]
        if unknown:
            raise DeclarationError(f"bài không có bước “{unknown[0]}”; chép đúng từng chữ từ lesson.md")
        return {"order": [ids[text] for text in texts]}


def _longest_run(places: Sequence[int]) -> int:
    """Return the length of a longest increasing subsequence (patience sorting)."""
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)
