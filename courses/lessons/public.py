"""``lesson.json``: everything that the player needs and the learner may see, nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from courses.lessons.model import ExerciseSlot, Lesson


def public_lesson(lesson: Lesson) -> dict[str, Any]:
    """Return the lesson's public JSON; the names are the player's contract."""
    return {
        "v": 1,
        "key": lesson.key,
        "number": lesson.number,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "level": lesson.level,
        "safety": lesson.safety,
        "goals": list(lesson.goals),
        "glossary": [{"id": name, "means": term.means} for name, term in lesson.terms.items()],
        "slots": [_slot(slot) for slot in lesson.slots],
    }


def _slot(slot: ExerciseSlot) -> dict[str, Any]:
    variants = {case: exercise.public() for case, exercise in slot.variants.items()}
    return {"id": slot.id, "kind": slot.kind, "points": slot.points, "variants": variants}


def strings(value: object) -> Iterator[str]:
    """Yield every string inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(strings(item) for item in value.values())
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(strings(item) for item in value)
