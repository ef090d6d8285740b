"""“Hôm nay bạn sẽ dạy lại”: what a lesson says at its start about the teaching at its end."""

from __future__ import annotations

from collections.abc import Iterator

from courses.lessons.model import ExerciseSlot, Lesson

_ENDS = frozenset(".?!…")


def announcement(lesson: Lesson) -> str:
    """Return Markdown that names the teach-back and quotes how it opens; "" without a teach-back."""
    slot = lesson.teach_back
    if slot is None:
        return ""
    place = lesson.slots.index(slot) + 1
    head = f"**Hôm nay bạn sẽ dạy lại bài này.** Ở Câu {place}, cuối bài, có người chờ bạn giảng bằng lời của bạn."
    opening = _opening(slot)
    return f"{head}\n\n> {opening}" if opening else head


def _opening(slot: ExerciseSlot) -> str:
    """Return the statement's first words when all settings share them."""
    statements = {opening(exercise.statement) for exercise in slot.variants.values()}
    return statements.pop() if len(statements) == 1 else ""


def opening(text: str) -> str:
    """Return a statement up to the end of what somebody says first in “quotes”, else its first sentence."""
    paragraph = " ".join(text.strip().split("\n\n", 1)[0].split())
    ends = list(_sentence_ends(paragraph))
    said = [end for end in ends if paragraph[end - 1] == "”"]
    return paragraph[: (said or ends or [len(paragraph)])[0]]


def _sentence_ends(paragraph: str) -> Iterator[int]:
    """Yield the positions behind sentences; full stops inside quotes end none."""
    inside = 0
    for place, letter in enumerate(paragraph):
        inside += {"“": 1, "”": -1}.get(letter, 0)
        last = paragraph[place - 1 : place] if letter == "”" else letter
        if inside <= 0 and last in _ENDS and paragraph[place + 1 : place + 2] in {"", " "}:
            yield place + 1
