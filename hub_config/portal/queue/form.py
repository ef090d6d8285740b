"""What a person filled in on the queue's page."""

from __future__ import annotations

import re
from collections.abc import Callable

from pydantic import Field

from autograder.human.decide import Ruling
from courses.exercises.base import Criterion, Frozen
from hub_config.portal.scores import LONGEST_COMMENT, TOO_LONG, read_score

_EDITED = "Tiêu chí của bài vừa được sửa. Bạn đọc lại tiêu chí mới rồi chấm."
_CHOICES = {"dat": True, "chua": False}
_ACTION = re.compile(r"(?:ghi|luu-cau|(chen|xoa)-([0-9]{1,9}))")
Fields = Callable[[str], str]
"""Gives a field's text; empty when the form has none."""


class Typed(Frozen):
    """A form as it came, shown again when nothing was decided. ``said``: what happened, or what to mend."""

    met: dict[str, bool] = Field(default_factory=dict)
    score: str = ""
    comment: str = ""
    keep: bool = False
    rubric: str = ""
    after: str = ""
    fault: str = ""
    said: str = ""


class Action(Frozen):
    """What was asked: ``ghi`` (decide), ``luu-cau``, ``chen`` or ``xoa`` a comment (by ``snippet``)."""

    name: str
    snippet: int = 0


def read_action(text: str) -> Action | None:
    """Return what a button asks, or None for anything else."""
    found = _ACTION.fullmatch(text)
    if found is None:
        return None
    return Action(name=found[1], snippet=int(found[2])) if found[1] else Action(name=text)


def read_form(field: Fields, criteria: tuple[Criterion, ...]) -> Typed:
    """Return the form's fields; what is no choice of the form counts as not chosen."""
    chosen = {criterion.id: _CHOICES.get(field(f"tc-{criterion.id}")) for criterion in criteria}
    return Typed(
        met={id_: met for id_, met in chosen.items() if met is not None},
        score=field("score"),
        comment=field("comment").replace("\r\n", "\n"),
        keep=field("giu") == "co",
        rubric=field("rubric"),
        after=field("sau"),
    )


def ruling_of(typed: Typed, criteria: tuple[Criterion, ...], rubric: str) -> Ruling:
    """Return the decision that a form makes by today's rubric (its hash).

    Raises:
        ValueError: a Vietnamese sentence that says what to mend.
    """
    if typed.rubric != rubric:
        raise ValueError(_EDITED)
    if len(typed.comment) > LONGEST_COMMENT:
        raise ValueError(TOO_LONG)
    comment = typed.comment.strip()
    if not criteria:
        return Ruling(score=read_score(typed.score), comment=comment)
    for number, criterion in enumerate(criteria, start=1):
        if criterion.id not in typed.met:
            raise ValueError(f"Bạn chưa chấm tiêu chí {number}. Bạn chọn Đạt hoặc Chưa đạt, rồi ghi lại.")
    return Ruling(met=typed.met, comment=comment, keep=typed.keep)
