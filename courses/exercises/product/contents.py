"""Rules about what stands in the work: its parts, its numbers, its form, nobody's personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from courses.exercises.base import Frozen
from courses.exercises.numerals import Number, numbers_in
from courses.exercises.product.form30 import look_at_form
from courses.exercises.product.rule import Rule, some
from courses.exercises.product.work import Finding, Work, whole
from courses.exercises.text import nfc, words
from courses.personal_data import NAMES, find


class Part(Frozen):
    """A part that must be there: its name for people; ``find`` is words or ``/a pattern/``, the name when left out."""

    name: str = Field(min_length=1)
    find: str = ""

    @model_validator(mode="after")
    def _is_a_pattern(self) -> Part:
        if self._is_raw:
            try:
                re.compile(self.find[1:-1])
            except re.error as error:
                raise ValueError(f"mẫu {self.find} không đọc được: {error}") from error
        return self

    @property
    def _is_raw(self) -> bool:
        return len(self.find) > 2 and self.find.startswith("/") and self.find.endswith("/")  # noqa: PLR2004 - two slashes

    def is_in(self, text: str, folded: str) -> bool:
        """Tell whether the part stands in a text; ``folded`` is the same text as small words."""
        if self._is_raw:
            return _pattern(nfc(self.find[1:-1])).search(text) is not None
        return f" {' '.join(words(self.find or self.name))} " in folded


@lru_cache(maxsize=256)
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE | re.MULTILINE)


class Parts(Rule):
    """Parts that must be there: headings, or any words of the text."""

    parts: tuple[Part, ...] = Field(min_length=1)

    def said(self) -> str:
        """See ``Rule.said``."""
        return f"Đủ các phần: {', '.join(part.name for part in self.parts)}"

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        text = nfc("\n".join((*work.facts.headings, *work.facts.titles, work.body)))
        folded = f" {' '.join(words(text))} "
        missing = [part.name for part in self.parts if not part.is_in(text, folded)]
        mend = "bạn viết thêm, hoặc ghi rõ tên phần"
        details = (f"chưa thấy phần: {some(missing)}; {mend}",) if missing else ()
        return Finding(right=len(self.parts) - len(missing), total=len(self.parts), details=details)


# Dates, document numbers and points of law are no figures of a report.
_OFFICE = re.compile(
    r"(?i)ng[àa]y\s{0,3}\d{1,2}(?:\s{0,3}th[áa]ng\s{0,3}\d{1,2})?(?:\s{0,3}n[ăa]m\s{0,3}\d{4})?"
    r"|\d{1,2}/\d{1,2}(?:/\d{4})?|\d{1,6}/(?:\d{4}/)?[a-zđ][\w-]{0,20}"
    r"|\b(?:điều|khoản|điểm|bậc|tổ|quý|năm|thứ|phần|ý|bản|th[áa]ng|trang(?: chiếu)?|slide|ngu[ồo]n|c[âa]u)"
    r"\s{1,3}\d{1,4}(?![\w.,]*\d)"
)


class NumbersKept(Rule):
    """Every number of a source stands in the work; numbers that the source has not are told, too.

    ``sizes``: ``1,2 triệu`` is the same as ``1.200.000``. Which numbers are missing is not told: they may be the key.
    ``only``: a number that neither the source nor ``also`` has costs as much as a missing one. Dates, the numbers of
    documents, pages and parts, and a list's markers are no such numbers.
    """

    source: str = Field(min_length=1)
    sizes: bool = False
    only: bool = False
    also: str = ""

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return {"source": value}
        if isinstance(value, list):
            return {"source": " ; ".join(str(one) for one in value)}
        return value

    @model_validator(mode="after")
    def _has_numbers(self) -> NumbersKept:
        if not self._numbers(self.source):
            raise ValueError("không có con số nào trong bản gốc")
        if self.also and not self.only:
            raise ValueError("also chỉ dùng cùng only: true")
        return self

    def said(self) -> str:
        """See ``Rule.said``."""
        return f"Giữ đủ các con số của bản gốc{', không thêm số nào' if self.only else ''}"

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        source = self._numbers(self.source)
        own = "\n".join((work.body, *(" ; ".join(row) for row in work.facts.rows)))
        missing = _not_in(source, self._numbers(own))
        known = (*source, *self._numbers(self.also))
        extra = dict.fromkeys(_not_in(self._numbers(_OFFICE.sub(" ", own)), known))
        details = []
        if missing:
            mend = "bạn dò lại từng số với bản gốc"
            details.append(f"còn thiếu {len(missing)}/{len(source)} con số của bản gốc, {mend}")
        if extra:
            details.append(f"bản gốc không có số: {some(extra)} – bạn xem lại nhé")
        lost = len(missing) + (len(extra) if self.only else 0)
        return Finding(right=max(0, len(source) - lost), total=len(source), details=tuple(details))

    def _numbers(self, text: str) -> tuple[Number, ...]:
        return numbers_in(nfc(text), sizes=self.sizes)


def _not_in(numbers: Iterable[Number], others: Iterable[Number]) -> list[str]:
    """Return the numbers, as written, of which no reading is among the others'."""
    known = frozenset(value for one in others for value in one.values)
    return [one.written for one in numbers if not one.values & known]


class DocumentForm(Rule):
    """The document form of Nghị định 30/2020/NĐ-CP."""

    needs: ClassVar[frozenset[str]] = frozenset({"text", "docx", "pdf"})
    form: Literal["nd30"]

    def said(self) -> str:
        """See ``Rule.said``."""
        return "Đúng thể thức Nghị định 30/2020/NĐ-CP"

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        return look_at_form(work)


class NoPersonalData(Rule):
    """No citizen's number, phone, account, e-mail address or secret mark anywhere in the work."""

    no_personal_data: Literal[True]

    def said(self) -> str:
        """See ``Rule.said``."""
        return "Không có thông tin cá nhân"

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        rows = "\n".join(" | ".join(row) for row in work.facts.rows)
        kinds = dict.fromkeys(found.kind for found in find(f"{work.all_words}\n{rows}"))
        names = ", ".join(NAMES[kind] for kind in kinds)
        return whole(not kinds, f"hình như có {names}; bạn xóa hoặc thay bằng chữ chung chung")
