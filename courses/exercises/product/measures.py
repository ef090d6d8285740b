"""Rules that count or measure: words, slides, pages, sheets, seconds, pixels."""

from __future__ import annotations

from math import ceil
from typing import ClassVar

from pydantic import Field, model_validator

from courses.exercises.product.rule import Rule
from courses.exercises.product.work import UNKNOWN, Finding, Work, whole

ROUND = 0.5  # seconds that a recording may be longer: nobody stops it to the tenth


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
        short, long = (self.min or 0) - count, count - (count if self.max is None else self.max)
        mend = f"bạn thêm {short} {self.unit}" if short > 0 else f"bạn bớt {long} {self.unit}"
        return whole(short <= 0 and long <= 0, f"bài có {count} {self.unit}, {mend}")


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
        short, long = self.min_seconds - seconds, seconds - self.max_seconds
        mend = f"bạn nói thêm {ceil(short)} giây" if short > 0 else f"bạn cắt bớt {ceil(long)} giây"
        return whole(short <= 0 and long <= ROUND, f"bài dài {seconds:.0f} giây, {mend}")


class Image(Rule):
    """How large a picture must be, in pixels, either way up."""

    needs: ClassVar[frozenset[str]] = frozenset({"image"})
    min_width: int = Field(default=1, ge=1)
    min_height: int = Field(default=1, ge=1)

    def said(self) -> str:
        """See ``Rule.said``."""
        return f"Ảnh từ {self.min_width} × {self.min_height} điểm trở lên, ngang hay dọc đều được"

    def look(self, work: Work) -> Finding:
        """See ``Rule.look``."""
        width, height = work.facts.width or 0, work.facts.height or 0
        sides = zip(sorted((width, height)), sorted((self.min_width, self.min_height)), strict=True)
        mend = "bạn gửi ảnh gốc, chưa thu nhỏ, hoặc chụp lại"
        return whole(all(own >= least for own, least in sides), f"ảnh có {width} × {height} điểm, {mend}")
