"""What every exercise kind shares: its declaration, a learner's answer, a mark.

This is the heavy half (pydantic); the learner's kernel never imports it. A kind lives in its own
folder ``courses/exercises/<kind>/`` with ``kind.py`` (this API), ``widget.js`` and ``widget.css``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from courses.exercises.markdown import render
from courses.exercises.text import without_pictures

Status = Literal["right", "partly", "wrong", "blank", "waiting"]
"""``waiting`` = cannot be marked yet (a person or the judge decides); it never means wrong."""
Credit = Literal["all", "share", "net"]
"""How parts become points: all or nothing; right / all; (right − wrong) / all, never below zero."""


class AnswerError(ValueError):
    """An answer is malformed: not of the exercise's answer type. Never the same as wrong."""


class DeclarationError(ValueError):
    """An author's block cannot be read.

    Attributes:
        line: 0-based within the block's body, or None.
        option: path of the option at fault, such as ``("rubric", 1, "points")``; wins over ``line``.
        faults: all errors of the block, this one first, so that an author mends them in one go.
    """

    def __init__(
        self,
        message: str,
        line: int | None = None,
        *,
        option: tuple[str | int, ...] = (),
        others: Sequence[DeclarationError] = (),
    ) -> None:
        super().__init__(message)
        self.line = line
        self.option = option
        self.faults: tuple[DeclarationError, ...] = (self, *others)


def raise_faults(faults: Sequence[DeclarationError]) -> None:
    """Raise the first fault with the others attached; do nothing when there is none."""
    if faults:
        first = faults[0]
        raise DeclarationError(
            str(first), first.line, option=first.option, others=[*first.faults[1:], *faults[1:]]
        )


def canonical_hash(value: object) -> str:
    """Return the SHA-256 (hex) of a JSON value with sorted keys and no spaces."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Frozen(BaseModel):
    """A closed, immutable value: unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Mark(Frozen):
    """The outcome of marking one answer. ``score`` is None when nobody could mark it yet."""

    score: float | None
    max_score: float
    status: Status
    comment: str = ""


class Parts(Frozen):
    """What marking counted: parts that are right, given parts that are wrong, and parts there are to earn."""

    right: int
    wrong: int = 0
    total: int = Field(ge=1)


class Checked(Frozen):
    """What "Kiểm tra" tells: the status, and how far the answer is, never the key."""

    status: Status
    told: str = ""


class Looked(Frozen):
    """What one hard check found, for the result page. ``met`` None: nobody could measure it yet.

    ``worth`` 0: a check that must be met for anything to count.
    """

    met: bool | None
    text: str
    earned: float = 0
    worth: float = 0


class Criterion(Frozen):
    """One observable thing. ``text`` is shown to the learner; ``guidance`` is for markers only."""

    id: str
    text: str
    polarity: Literal["must", "must_not"] = "must"
    points: float = Field(default=1, gt=0)
    guidance: str = ""


class Exercise(Frozen):
    """One exercise as its author declared it.

    Secret unless listed: only the fields named in ``visible`` (own and inherited) reach a learner.
    """

    visible: ClassVar[frozenset[str]] = frozenset({"id", "kind", "points", "statement"})
    not_task: ClassVar[frozenset[str]] = frozenset({"hints", "why"})
    rubric_marked: ClassVar[bool] = False

    id: str
    kind: str
    points: float = Field(default=1, gt=0)
    statement: str  # Markdown, the task as the learner reads it
    hints: tuple[str, ...] = ()  # told one after the other, a further one after each wrong check
    why: str = ""  # told after a right check and on the result page
    credit: Credit = "share"

    def public(self) -> dict[str, Any]:
        """Return what the learner may see, as JSON-ready values.

        ``statement_html`` is the statement rendered with raw HTML off, so that a page never renders Markdown.
        """
        data = self.model_dump(mode="json", exclude_none=True)
        shown = {name: data[name] for name in sorted(self.visible) if name in data}
        return {**shown, "statement_html": render(self.statement)}

    def reading(self) -> str:
        """Return the text that a learner reads before answering (for time and similarity)."""
        return self.statement

    def pictures(self) -> tuple[tuple[str, str], ...]:
        """Return the lesson's pictures that the exercise shows beside its statement, as (file, words for it)."""
        return ()

    def minutes(self) -> float:
        """Return the minutes that answering takes, reading not included."""
        raise NotImplementedError  # pragma: no cover - abstract

    def mark_scheme(self) -> str:
        """Return the key as Markdown for people who mark: secret."""
        raise NotImplementedError  # pragma: no cover - abstract

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """Turn an answer as authors write it in ``samples.yaml`` into a raw answer.

        Raises:
            DeclarationError: when the form names something that the exercise does not have.
        """
        raise NotImplementedError  # pragma: no cover - abstract

    def task_hash(self) -> str:
        """Return the SHA-256 (hex) of the task itself: its key counts, advice such as hints does not."""
        return canonical_hash(self.model_dump(mode="json", exclude=set(self.not_task)))

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that must never reach a learner's process before the result page."""
        raise NotImplementedError  # pragma: no cover - abstract

    def parse_answer(self, raw: object) -> BaseModel:
        """Return the validated answer.

        ``{}`` is the blank answer of every kind.

        Raises:
            AnswerError: with a Vietnamese sentence, for anything that is not an answer of this exercise.
        """
        raise NotImplementedError  # pragma: no cover - abstract

    def hint_after(self, tries: int) -> str:
        """Return the hint for the given number of tries (1 or more); the last one stays, none is empty."""
        return self.hints[min(tries, len(self.hints)) - 1] if self.hints else ""

    @property
    def checkable(self) -> bool:
        """Tell whether "Kiểm tra" has something to say before a judge or a person marks."""
        return not self.rubric_marked

    def check(self, answer: BaseModel) -> Checked:
        """Return what "Kiểm tra" tells of an answer; asked only when ``checkable``."""
        status = self.mark(answer).status
        return Checked(status=status, told="" if status == "right" else self.told(answer))

    def attach(self, raw: object, find: Callable[[str], Mapping[str, Any] | None]) -> object:
        """Return a raw answer with what the server knows of its file; see ``courses.exercises.files``.

        Raises:
            AnswerError: the answer names a file that its author did not upload.
        """
        del find
        return raw

    def told(self, answer: BaseModel) -> str:
        """Return how far an answer is ("Bạn xếp đúng 3/4 mẩu."), never which part is wrong. Empty: nothing to tell."""
        del answer
        return ""

    def looked(self, answer: BaseModel) -> tuple[Looked, ...]:
        """Return what each hard check found; kinds without such checks have none."""
        del answer
        return ()

    def understood_ids(self) -> frozenset[str]:
        """Return ids of what a judge decides besides the rubric and nobody is marked by: a pupil's misconceptions."""
        return frozenset()

    def is_blank(self, answer: BaseModel) -> bool:
        """Tell whether the learner left the exercise untouched."""
        raise NotImplementedError  # pragma: no cover - abstract

    def mark(self, answer: BaseModel) -> Mark:
        """Mark by rule; a rubric kind returns ``waiting`` (or 0 for blank and unchanged answers)."""
        raise NotImplementedError  # pragma: no cover - abstract

    def render_answer(self, answer: BaseModel) -> str:
        """Return the answer as plain Vietnamese text, for result pages, formgrader and the judge."""
        raise NotImplementedError  # pragma: no cover - abstract


class RubricExercise(Exercise):
    """An exercise whose answer is a text judged by criteria.

    ``criteria_visible`` are shown to the learner (text only); guidance, reference and samples are not.
    """

    rubric_marked: ClassVar[bool] = True
    not_task: ClassVar[frozenset[str]] = Exercise.not_task | {"points", "rubric", "reference"}

    rubric: tuple[Criterion, ...] = Field(min_length=1)
    reference: str  # a model answer: secret
    min_words: int = 0
    max_words: int = 400

    @property
    def rubric_points(self) -> float:
        """Points that the criteria give together; rules of the kind may give further ones."""
        return sum(criterion.points for criterion in self.rubric)

    def rubric_hash(self) -> str:
        """Return the SHA-256 (hex) of what a judge is told to look for.

        Points are left out: code adds them, so a change of points needs no new judgement.
        """
        rubric = [criterion.model_dump(mode="json", exclude={"points"}) for criterion in self.rubric]
        return canonical_hash({"rubric": rubric, "reference": self.reference})

    @property
    def judged_words(self) -> tuple[int, int]:
        """Words that an answer must have before a judge decides it, and the most that it may have."""
        return self.min_words, self.max_words

    def judged_mark(self, answer: BaseModel | None, met: Mapping[str, bool]) -> Mark:
        """Return the mark when each criterion is decided: people and judges decide booleans, code adds the points.

        Args:
            answer: what was judged, for kinds in which rules earn points, too.
            met: criterion id → met; a missing one is not met.
        """
        del answer
        score = sum(criterion.points for criterion in self.rubric if met.get(criterion.id))
        status: Status = "right" if score >= self.points else "partly" if score > 0 else "wrong"
        lines = (f"{'✓' if met.get(criterion.id) else '✗'} {criterion.text}" for criterion in self.rubric)
        return Mark(score=score, max_score=self.points, status=status, comment="\n".join(lines))

    def judged_text(self, answer: BaseModel) -> str:
        """Return the text that is judged: the learner's own words, never an AI reply that they kept.

        Answers without a ``text`` are judged as people read them.
        """
        text = getattr(answer, "text", None)
        return text if isinstance(text, str) else self.render_answer(answer)

    def rubric_decides(self, answer: BaseModel) -> bool:
        """Tell whether the criteria, once decided, give the points; else a person types the points."""
        del answer
        return bool(self.rubric)

    @property
    def task_text(self) -> str:
        """The statement without the words for its pictures: whoever copies a picture out writes much the same."""
        return without_pictures(self.statement)

    @property
    def told_texts(self) -> tuple[str, ...]:
        """What the exercise itself says to a learner, whose words an honest answer may repeat: task and criteria."""
        return (self.task_text, *(criterion.text for criterion in self.rubric))

    def shown_texts(self) -> tuple[str, ...]:
        """Return the texts, criteria aside, that a learner may have copied into an answer."""
        return (self.task_text,)


class SampleExpectation(Frozen):
    """What an author expects of one sample answer to one exercise."""

    answer: dict[str, Any]
    score: float
    verdicts: dict[str, bool] = Field(default_factory=dict)
    understood: dict[str, bool] = Field(
        default_factory=dict
    )  # teach: which misconceptions the answer corrects
