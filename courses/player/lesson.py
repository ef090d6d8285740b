"""``lesson.json`` as frozen values: what a learner may see of a lesson."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

Json = dict[str, object]
"""One JSON object as it travels to the page: an exercise's public form, an answer."""

CASES = ("official", "trader", "citizen")


class PlayerError(Exception):
    """Something went wrong that the learner should read; the message is Vietnamese and calm.

    ``link`` is a path on this site where more is explained, or empty.
    """

    def __init__(self, message: str, link: str = "") -> None:
        super().__init__(message)
        self.link = link if link.startswith("/") and not link.startswith("//") else ""


@dataclass(frozen=True)
class Slot:
    """One exercise: its public form for everybody (key ``""``) or one for each setting."""

    id: str
    kind: str
    points: float
    variants: Mapping[str, Json]

    @property
    def varied(self) -> bool:
        """Tell whether the exercise differs between settings."""
        return "" not in self.variants


@dataclass(frozen=True)
class LessonFile:
    """The public half of a lesson."""

    key: str
    number: str
    title: str
    minutes: int
    slots: tuple[Slot, ...]
    means: Mapping[str, str]  # explanation by id of the glossary's term

    def slot(self, exercise_id: str) -> Slot:
        """Return the exercise of that id.

        Raises:
            PlayerError: when the lesson has none.
        """
        for slot in self.slots:
            if slot.id == exercise_id:
                return slot
        raise PlayerError(f"Bài học này không có bài tập “{exercise_id}”. Bạn báo huấn luyện viên giúp nhé.")

    def number_of(self, exercise_id: str) -> int:
        """Return the place of an exercise on the page, from 1; 0 when the lesson has none of that id."""
        return next((place for place, slot in enumerate(self.slots, 1) if slot.id == exercise_id), 0)

    @property
    def varied_ids(self) -> frozenset[str]:
        """Ids of the exercises that differ between settings."""
        return frozenset(slot.id for slot in self.slots if slot.varied)


def read_lesson(folder: Path) -> LessonFile:
    """Read ``lesson.json`` of a folder.

    Raises:
        PlayerError: when the file is missing or is not a lesson.
    """
    try:
        raw = json.loads((folder / "lesson.json").read_text(encoding="utf-8"))
        return _lesson(cast("Json", raw))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlayerError(
            "Chưa đọc được nội dung bài tập của bài học này. Bài bạn đã làm vẫn còn nguyên. "
            "Bạn mở lại bài; nếu vẫn vậy, nhờ huấn luyện viên xem giúp."
        ) from error


def _lesson(raw: Json) -> LessonFile:
    slots = cast("list[Json]", raw["slots"])
    return LessonFile(
        key=str(raw["key"]),
        number=str(raw["number"]),
        title=str(raw["title"]),
        minutes=int(cast("int", raw.get("minutes", 0))),
        slots=tuple(_slot(slot) for slot in slots),
        means={str(term["id"]): str(term["means"]) for term in cast("list[Json]", raw.get("glossary", []))},
    )


def _slot(raw: Json) -> Slot:
    return Slot(
        id=str(raw["id"]),
        kind=str(raw["kind"]),
        points=float(cast("float", raw["points"])),
        variants=dict(cast("Mapping[str, Json]", raw["variants"])),
    )
