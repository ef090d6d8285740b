"""A lesson as frozen values, after parsing; the only shape that other rooms see."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from courses.catalog.glossary import Term
from courses.exercises.base import Exercise, Frozen, SampleExpectation

Case = Literal["official", "trader", "citizen"]
CASES: tuple[Case, ...] = ("official", "trader", "citizen")
CARDS = 3
"""Review cards of one lesson."""

CardText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Prose(Frozen):
    """Markdown between exercises, with ``{term:ID|shown}`` marks. ``case`` is set inside a ``:::{case}`` block."""

    text: str
    line: int
    case: Case | None = None


class ReviewCard(Frozen):
    """A question that comes back over the following weeks, and its answer; neither is a secret."""

    q: CardText
    a: CardText


class ExerciseSlot(Frozen):
    """A place for one exercise: one declaration for everybody, or one per setting (all three)."""

    id: str
    line: int
    variants: dict[str, Exercise]  # key: "" for everybody, else each of CASES

    def variant(self, case: str) -> Exercise:
        """Return the declaration for a setting. Raises KeyError for an unknown setting."""
        return self.variants[""] if "" in self.variants else self.variants[case]

    @property
    def points(self) -> float:
        """Points of the exercise, the same in each setting."""
        return next(iter(self.variants.values())).points

    @property
    def kind(self) -> str:
        """Name of the exercise kind, the same in each setting."""
        return next(iter(self.variants.values())).kind


class Sample(Frozen):
    """One named answer set of ``samples.yaml``; ``expect`` by exercise id."""

    name: str
    role: Literal["full", "partial", "blank", "wrong", "other"]
    case: Case
    expect: dict[str, SampleExpectation]


class Lesson(Frozen):
    """One lesson. ``key`` is ``level1/02-lenh-bon-phan``; ``number`` is the syllabus number ``1.2``."""

    key: str
    number: str
    title: str
    level: int
    minutes: int
    skills: tuple[str, ...]
    goals: tuple[str, ...]
    safety: bool
    challenge: bool = False  # the level's challenge: a certificate hangs on it
    outcome: str
    alignment: dict[str, tuple[str, ...]]
    blocks: tuple[Prose | ExerciseSlot, ...]
    samples: tuple[Sample, ...]
    cards: tuple[ReviewCard, ...] = ()
    terms: dict[str, Term] = Field(default_factory=dict)  # of the glossary, those that the prose uses
    source: str  # the NFC text of lesson.md

    @property
    def slug(self) -> str:
        """Folder name, which is also the nbgrader assignment and notebook id."""
        return self.key.split("/", 1)[1]

    @property
    def course(self) -> str:
        """Folder of the level, which is also the nbgrader course id: ``level1``."""
        return self.key.split("/", 1)[0]

    @property
    def slots(self) -> tuple[ExerciseSlot, ...]:
        """Exercises in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, ExerciseSlot))

    def slot(self, exercise_id: str) -> ExerciseSlot:
        """Return the slot of an exercise. Raises KeyError when the lesson has none of that id."""
        for slot in self.slots:
            if slot.id == exercise_id:
                return slot
        raise KeyError(exercise_id)

    @property
    def teach_back(self) -> ExerciseSlot | None:
        """The exercise in which the learner teaches what they learned: the last of kind teach, or None."""
        return next((slot for slot in reversed(self.slots) if slot.kind == "teach"), None)

    @property
    def max_score(self) -> float:
        """Sum of the exercises' points."""
        return sum(slot.points for slot in self.slots)

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the lesson's source."""
        return hashlib.sha256(self.source.encode()).hexdigest()
