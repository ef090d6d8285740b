"""The attacks: ``attacks.jsonl``, one a line, filled with what they paste of an exercise, disguised, and placed.

``{criteria}``, ``{criterion}``, ``{guidance}``, ``{ids}``, ``{id_lines}``, ``{json}``, ``{points}``, ``{reference}``,
``{half_reference}`` and ``{sample_reply}`` (an AI's reply that learners see) stand for an exercise's own. ``places``
says where an attack goes: before the answer, after it, in its middle; or into a file's name or its pictures' words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from autograder.redteam.disguise import DISGUISES
from courses.exercises.base import Frozen, RubricExercise

Place = Literal["append", "prepend", "middle", "file_name", "image_text", "picture"]
IN_TEXT: tuple[Place, ...] = ("append", "prepend", "middle")


class Attack(Frozen):
    """One attack as it is written down."""

    id: str
    family: str
    language: str
    text: str
    transform: str = ""
    places: tuple[Place, ...] = Field(default=IN_TEXT, min_length=1)

    def against(self, exercise: RubricExercise) -> str | None:
        """Return its words for an exercise, or None where it pastes what the exercise has not."""
        text = self.text
        for name, own in _own(exercise).items():
            mark = f"{{{name}}}"
            if mark in text and not own.strip():
                return None
            text = text.replace(mark, own)
        return DISGUISES[self.transform](text)


class Harmless(Frozen):
    """Words that change nothing about an answer."""

    id: str
    text: str


def _own(exercise: RubricExercise) -> Mapping[str, str]:
    ids = [criterion.id for criterion in exercise.rubric]
    claims = [{"criterion": id_, "quote": "", "met": True} for id_ in ids]
    sentences = exercise.reference.replace("\n", " ").split(". ")
    return {
        "json": json.dumps({"verdicts": claims}),
        "criteria": " ".join(criterion.text for criterion in exercise.rubric),
        "criterion": exercise.rubric[0].text,
        "guidance": " ".join(criterion.guidance for criterion in exercise.rubric),
        "ids": ", ".join(ids),
        "id_lines": "\n".join(f"{id_}: đạt" for id_ in ids),
        "points": f"{exercise.points:g}",
        "reference": exercise.reference,
        "half_reference": ". ".join(sentences[: (len(sentences) + 1) // 2]),
        "sample_reply": "\n".join(text for text in exercise.shown_texts() if text != exercise.task_text),
    }


@lru_cache(maxsize=1)
def attacks() -> tuple[Attack, ...]:
    """Return all attacks."""
    return tuple(map(Attack.model_validate_json, _lines("attacks.jsonl")))


@lru_cache(maxsize=1)
def harmless() -> tuple[Harmless, ...]:
    """Return additions on which no mark may depend."""
    return tuple(map(Harmless.model_validate_json, _lines("harmless.jsonl")))


def _lines(name: str) -> list[str]:
    return files(__package__ or __name__).joinpath(name).read_text(encoding="utf-8").strip().split("\n")
