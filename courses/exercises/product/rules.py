"""The hard checks that an author may declare: one small class a rule, each looks at the work and tells what it found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from courses.exercises.base import Frozen
from courses.exercises.product.form30 import look_at_form
from courses.exercises.product.numbers import missing_and_extra, numbers_in
from courses.exercises.product.work import PASSED, UNKNOWN, Finding, Work, whole
from courses.exercises.text import nfc, words
from courses.personal_data import NAMES, find

SHOWN = 5  # numbers or parts that one message names


class Rule(Frozen):
    """A rule. ``needs``: it looks only at files of these types; the others pass it."""

    needs: ClassVar[frozenset[str]] = frozenset()

    def said(self) -> str:
        """Return what the rule asks, for the learner."""
        raise NotImplementedError  # pragma: no cover - abstract

    def look(self, work: Work) -> Finding:
        """Return what the rule finds."""
        raise NotImplementedError  # pragma: no cover - abstract

    def look_if_it_may(self, work: Work) -> Finding:
        """Pass what the rule is not about."""
        kind = work.file.type if work.file else "text"
        return self.look(work) if not self.needs or kind in self.needs else PASSED


class Range(Rule):
    """A count from ``min`` to ``max``, either may be left out; ``6`` alone is exactly six."""

    unit: ClassVar[str] = ""
    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _one_number(cls, value: object) -> object:
        return (
            {"min": value, "max": value} if isinstance(value, int) and not isinstance(value, bool) else value
        )

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if self.min is None and self.max is None:
            raise ValueError("cần min, max, hoặc cả hai")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min lớn hơn max")
        return self

    def said(self) -> str:
        """See ``Rule.said``."""
        if self.min == self.max:
            return f"Đúng {self.min} {self.unit}"
        if self.max is None:
            return f"Ít nhất {self.min} {self.unit}"
        return f"{self.min} đến {self.max} {self.unit}" if self.min else f"Nhiều nhất {self.max} {self.unit}"

    def count(self, work: Work) -> int | None:
        """Return what is counted; None when the file doesn't say."""
        raise NotImplementedError  # pragma: no cover - abstract

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        count = self.count(work)
        if count is None:
            return UNKNOWN
        fits = (self.min is None or count >= self.min) and (self.max is None or count <= self.max)
        return whole(fits, f"bài có {count} {self.unit}")


class Words(Range):
    """How long a text may be, in syllables."""

    unit: ClassVar[str] = "chữ"

    def count(self, work: Work) -> int | None:
        """Count the words of the work."""
        return work.count


class Slides(Range):
    """How many slides are shown."""

    unit: ClassVar[str] = "trang chiếu"
    needs: ClassVar[frozenset[str]] = frozenset({"pptx"})

    def count(self, work: Work) -> int | None:
        """Count slides."""
        return work.facts.slides


class Pages(Range):
    """How many pages; a word document notes it only when its program did."""

    unit: ClassVar[str] = "trang"
    needs: ClassVar[frozenset[str]] = frozenset({"pdf", "docx"})

    def count(self, work: Work) -> int | None:
        """Count pages."""
        return work.facts.pages


class Sheets(Range):
    """How many sheets a workbook shows."""

    unit: ClassVar[str] = "trang tính"
    needs: ClassVar[frozenset[str]] = frozenset({"xlsx"})

    def count(self, work: Work) -> int | None:
        """Count sheets."""
        return work.facts.sheets


class Duration(Rule):
    """How long a recording may last."""

    needs: ClassVar[frozenset[str]] = frozenset({"audio", "video"})
    min_seconds: float = Field(default=0, ge=0)
    max_seconds: float = Field(gt=0)

    def said(self) -> str:
        """See ``Rule.said``."""
        least = f"{self.min_seconds:g} đến " if self.min_seconds else "Nhiều nhất "
        return f"{least}{self.max_seconds:g} giây"

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        seconds = work.facts.seconds
        if seconds is None:
            return UNKNOWN
        return whole(self.min_seconds <= seconds <= self.max_seconds + 0.5, f"bài dài {seconds:.0f} giây")


class Image(Rule):
    """How large a picture must be, in pixels, either way up."""

    needs: ClassVar[frozenset[str]] = frozenset({"image"})
    min_width: int = Field(default=1, ge=1)
    min_height: int = Field(default=1, ge=1)

    def said(self) -> str:
        """See ``Rule.said``."""
        return f"Ảnh từ {self.min_width} × {self.min_height} điểm trở lên"

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        width, height = work.facts.width or 0, work.facts.height or 0
        fits = width >= self.min_width and height >= self.min_height
        return whole(fits, f"ảnh có {width} × {height} điểm")


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


def _part(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _parts(value: object) -> object:
    return {"parts": [_part(one) for one in value]} if isinstance(value, list) else value


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
        details = (f"chưa thấy phần: {_some(missing)}",) if missing else ()
        return Finding(right=len(self.parts) - len(missing), total=len(self.parts), details=details)


# Dates, document numbers and points of law are no figures of a report.
_OFFICE = re.compile(
    r"(?i)ngày\s{0,3}\d{1,2}(?:\s{0,3}tháng\s{0,3}\d{1,2})?(?:\s{0,3}năm\s{0,3}\d{4})?|\d{1,2}/\d{1,2}/\d{4}"
    r"|\d{1,6}/(?:\d{4}/)?[a-zđ][\w-]{0,20}|(?:điều|khoản|điểm|bậc|tổ|quý|tháng|năm)\s{1,3}\d{1,4}"
)


class NumbersKept(Rule):
    """Every number of a source stands in the work; numbers that the source has not are told, too."""

    source: str = Field(min_length=1)

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
        if not numbers_in(self.source):
            raise ValueError("không có con số nào trong bản gốc")
        return self

    def said(self) -> str:
        """See ``Rule.said``."""
        return "Giữ đủ các con số của bản gốc"

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        source = numbers_in(nfc(self.source))
        rows = "\n".join(" ; ".join(row) for row in work.facts.rows)
        missing, _ = missing_and_extra(source, numbers_in(f"{work.body}\n{rows}"))
        _, extra = missing_and_extra(source, numbers_in(_OFFICE.sub(" ", f"{work.body}\n{rows}")))
        details = [f"còn thiếu {len(missing)}/{len(source)} con số của bản gốc"] if missing else []
        if extra:
            details.append(f"bản gốc không có số: {_some(extra)} – bạn xem lại nhé")
        return Finding(right=len(source) - len(missing), total=len(source), details=tuple(details))


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


def _some(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" và {len(shown) - SHOWN} chỗ khác" if len(shown) > SHOWN else ""
    return ", ".join(shown[:SHOWN]) + more


def _form(value: object) -> object:
    return {"form": value} if isinstance(value, str) else value


def _flag(value: object) -> object:
    return {"no_personal_data": value} if isinstance(value, bool) else value


class Check(Frozen):
    """One hard check: exactly one rule, worth ``points`` or a ``gate``.

    A gate that fails leaves nothing earned for the whole piece until the learner mends it. ``text`` and
    ``message`` are the author's own words instead of ours: what is asked, and what is told when it fails.
    """

    text: str = ""
    message: str = ""
    points: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    gate: bool = False
    words: Words | None = None
    parts: Annotated[Parts | None, BeforeValidator(_parts)] = None
    numbers_kept: NumbersKept | None = None
    form: Annotated[DocumentForm | None, BeforeValidator(_form)] = None
    no_personal_data: Annotated[NoPersonalData | None, BeforeValidator(_flag)] = None
    image: Image | None = None
    slides: Slides | None = None
    pages: Pages | None = None
    sheets: Sheets | None = None
    duration: Duration | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Check:
        if len(self._rules()) != 1:
            raise ValueError(f"mỗi mục checks cần đúng một điều kiện: {', '.join(sorted(RULES))}")
        if self.gate and self.points:
            raise ValueError("gate không có điểm: bỏ points hoặc bỏ gate")
        return self

    def _rules(self) -> list[Rule]:
        return [rule for name in RULES if isinstance(rule := getattr(self, name), Rule)]

    @property
    def rule(self) -> Rule:
        """The one rule."""
        return self._rules()[0]

    @property
    def worth(self) -> float:
        """Points of the check: one when the author says nothing."""
        if self.gate:
            return 0
        return 1 if self.points is None else self.points

    def label(self) -> str:
        """Return what the check asks."""
        return self.text or self.rule.said()

    def told(self, finding: Finding) -> str:
        """Return one line of what was found."""
        if not finding.known:
            return f"? {self.label()}: máy chưa đo được, người chấm sẽ xem."
        notes = "; ".join(finding.details)
        if finding.passed:
            return f"✓ {self.label()}{f' ({notes})' if notes else ''}"
        return f"✗ {self.label()}: {self.message or notes or 'chưa đạt'}"


_OWN: frozenset[str] = frozenset({"text", "message", "points", "gate"})
RULES: tuple[str, ...] = tuple(name for name in Check.model_fields if name not in _OWN)


def findings(checks: Iterable[Check], work: Work) -> list[tuple[Check, Finding]]:
    """Return what every check finds."""
    return [(check, check.rule.look_if_it_may(work)) for check in checks]
