"""The hard checks that an author may declare: each holds one rule, and is worth points or is a gate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from courses.exercises.base import Frozen
from courses.exercises.product.contents import DocumentForm, NoPersonalData, NumbersKept, Parts
from courses.exercises.product.measures import Duration, Image, Pages, Sheets, Slides, Words
from courses.exercises.product.rule import Rule
from courses.exercises.product.work import Finding, Work

MUST = " – điều này bắt buộc, sửa xong bài mới có điểm"


def _part(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _parts(value: object) -> object:
    return {"parts": [_part(one) for one in value]} if isinstance(value, list) else value


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

    def found(self, finding: Finding) -> str:
        """Return what was found, without its sign: what is asked, and what mends the work."""
        if not finding.known:
            return f"{self.label()}: máy chưa đo được, người chấm sẽ xem."
        notes = "; ".join(finding.details)
        if finding.passed:
            return f"{self.label()}{f' ({notes})' if notes else ''}"
        return f"{self.label()}: {self.message or notes or 'chưa đạt'}{MUST if self.gate else ''}"

    def told(self, finding: Finding) -> str:
        """Return one line of what was found."""
        sign = ("✓" if finding.passed else "✗") if finding.known else "?"
        return f"{sign} {self.found(finding)}"


_OWN: frozenset[str] = frozenset({"text", "message", "points", "gate"})
RULES: tuple[str, ...] = tuple(name for name in Check.model_fields if name not in _OWN)


def findings(checks: Iterable[Check], work: Work) -> list[tuple[Check, Finding]]:
    """Return what every check finds."""
    return [(check, check.rule.look_if_it_may(work)) for check in checks]
