"""Find a lesson's secrets in texts that a learner gets: the last guard before a release is written."""

from __future__ import annotations

from collections.abc import Iterable

from courses.lessons.errors import Fault
from courses.lessons.model import ExerciseSlot, Lesson

_SHORTEST = 3  # words; a shorter secret ("sai năm") proves nothing when it is found


def leaks(lesson: Lesson, texts: Iterable[str]) -> list[Fault]:
    """Return a fault for every exercise with a secret that stands word by word in ``texts``."""
    shown = " ".join(" ".join(text.split()) for text in texts)
    return [
        Fault(
            path=f"{lesson.key}/lesson.md",
            line=slot.line,
            message=f"{slot.kind}: phần giữ kín “{secret[:60]}” có nguyên văn trong phần học viên đọc: viết khác đi",
        )
        for slot in lesson.slots
        for secret in _secrets(slot)
        if secret in shown
    ]


def _secrets(slot: ExerciseSlot) -> list[str]:
    found = {" ".join(text.split()) for exercise in slot.variants.values() for text in exercise.secrets()}
    return sorted(text for text in found if len(text.split()) >= _SHORTEST)
