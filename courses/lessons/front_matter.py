"""The YAML at the head of ``lesson.md``."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from courses.exercises.base import Frozen
from courses.lessons.errors import Fault, LessonError, coded
from courses.lessons.model import CARDS, ReviewCard
from courses.lessons.yaml_text import load_yaml, plain, validate

_RULE = "---"


class Alignment(Frozen):
    """Frameworks that the lesson serves; the certificate carries these tags."""

    digcomp: tuple[str, ...] = ()
    ailit: tuple[str, ...] = ()
    tt02: tuple[str, ...] = ()
    fourd: tuple[str, ...] = ()


def _whole(cards: tuple[ReviewCard, ...]) -> tuple[ReviewCard, ...]:
    if len(cards) != CARDS:
        raise ValueError(f"có {len(cards)} thẻ: mỗi bài cần đúng {CARDS} thẻ q, a")
    return cards


class FrontMatter(Frozen):
    """What every lesson says about itself."""

    title: str = Field(min_length=1)
    minutes: int = Field(ge=1, le=15)
    level: int = Field(ge=1, le=5)
    skills: tuple[str, ...] = Field(min_length=1)
    goals: tuple[str, ...] = Field(min_length=1)
    safety: bool
    challenge: bool = False
    outcome: str = Field(min_length=1)
    alignment: Alignment
    cards: Annotated[tuple[ReviewCard, ...], AfterValidator(_whole)] = ()  # lint asks for them


def split(text: str, path: str) -> tuple[FrontMatter, str, int]:
    """Return the front matter, the Markdown below it, and the file's line where that starts.

    Raises:
        LessonError: when it is missing, unclosed or wrong.
    """
    with coded("head"):
        return _split(text, path)


def _split(text: str, path: str) -> tuple[FrontMatter, str, int]:
    lines = text.split("\n")
    if lines[0].rstrip() != _RULE:
        raise LessonError([Fault(path=path, line=1, message="thiếu phần đầu: dòng thứ nhất phải là ---")])
    end = next((n for n in range(1, len(lines)) if lines[n].rstrip() == _RULE), None)
    if end is None:
        raise LessonError([Fault(path=path, line=1, message="phần đầu chưa đóng: thêm dòng ---")])
    document = load_yaml("\n".join(lines[1:end]), path, 1) or {}
    validate(FrontMatter, document, path, 1)
    return FrontMatter.model_validate(plain(document)), "\n".join(lines[end + 1 :]), end + 2
