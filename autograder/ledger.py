"""The ledger of judgements: append-only, the truth from which every AI mark is projected.

An entry's key says what was judged (exercise, rubric, answer) and by whom (judge, prompt). A mark is
projected from the newest judged entry of what was judged, whoever the judge was; so a re-run costs
nothing, a change of model doesn't move old marks, and everybody who looks gets the same answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from autograder.hashes import hashes
from autograder.judge import NO_ATTEMPT
from autograder.models import LedgerEntry
from courses.clock import now
from courses.exercises.base import Criterion, Frozen, RubricExercise, canonical_hash

_SPACES = re.compile(r"\s+")
CHUNK = 500
"""Answers in one query: well below the limits of SQLite and PostgreSQL."""


class Question(Frozen):
    """What is judged, as hashes (SHA-256, hex)."""

    exercise_hash: str
    rubric_hash: str
    answer_hash: str

    @property
    def key(self) -> str:
        """One hash of all three."""
        return canonical_hash([self.exercise_hash, self.rubric_hash, self.answer_hash])


class Judged(Frozen):
    """What an entry says."""

    outcome: str  # "judged" | "abstained"
    verdicts: tuple[dict[str, Any], ...] = ()  # judged only
    reason: str = ""
    claims: int = 0
    lost_quotes: int = 0
    signals: dict[str, Any] = Field(default_factory=dict)
    leanings: tuple[
        dict[str, Any], ...
    ] = ()  # abstained: what the judge would have said, for a person to see
    by: str = ""  # whose entry it is, see `judge_key`


def question(exercise: RubricExercise, text: str) -> Question:
    """Return the key of an answer's content; answers that differ in white space only are identical."""
    own = hashes(exercise)
    return Question(
        exercise_hash=own.task, rubric_hash=own.rubric, answer_hash=canonical_hash(normalise(text))
    )


def judge_key(name: str, prompt_hash: str) -> str:
    """Return one hash of a judge's identity."""
    return canonical_hash([name, prompt_hash])


def criterion_hash(criterion: Criterion) -> str:
    """Return the hash of what a judge reads of a criterion; its points are not part of it."""
    return canonical_hash([criterion.id, criterion.text, criterion.polarity, criterion.guidance])


def normalise(text: str) -> str:
    """Return NFC text with single spaces; letters keep their case, for a judge reads it."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def append(session: Session, key: Question, judge: str, prompt_hash: str, judged: Judged) -> None:
    """Append one judgement."""
    row = {
        **key.model_dump(),
        "question": key.key,
        "judge": judge,
        "prompt_hash": prompt_hash,
        **judged.model_dump(exclude={"leanings", "by"}),
        "verdicts": list(judged.verdicts or judged.leanings),
        "created_at": now(),
    }
    session.execute(insert(LedgerEntry), [row])


class Recall:
    """What the ledger knows of answers, looked up once and kept for the life of a session."""

    def __init__(self, session: Session, expected: Iterable[str] = ()) -> None:
        """Look into the ledger; of the ``expected`` answer hashes at once, of others one by one."""
        self._session = session
        self._known: dict[str, list[LedgerEntry]] = {}
        self.expect(expected)

    def expect(self, answer_hashes: Iterable[str]) -> None:
        """Look these answers up in a few queries."""
        new = sorted(set(answer_hashes) - self._known.keys())
        for start in range(0, len(new), CHUNK):
            part = new[start : start + CHUNK]
            self._known |= {answer_hash: [] for answer_hash in part}
            rows = select(LedgerEntry).where(LedgerEntry.answer_hash.in_(part)).order_by(LedgerEntry.id)
            for entry in self._session.scalars(rows):
                self._known[entry.answer_hash].append(entry)

    def find(self, exercise: RubricExercise, text: str) -> Judged | None:
        """Return the newest judged entry of an answer, else the newest abstained one, else None.

        When the rubric was edited, an older entry serves if it holds a verdict for each criterion
        that a judge would read the same today.
        """
        key = question(exercise, text)
        entries = self._entries(key)
        for entry in reversed(entries):
            found = _read_as(entry, exercise) if entry.outcome == "judged" else None
            if found is not None:
                return found
        same = [entry for entry in entries if entry.rubric_hash == key.rubric_hash]
        return _silent(same[-1]) if same else None

    def held(self, exercise: RubricExercise, text: str) -> tuple[dict[str, Any], ...]:
        """Return the newest verdict on each criterion that a judge would read the same today, from any entries.

        A verdict that there is no real attempt hangs on the other criteria, so it does not outlive an edit of them.
        """
        wanted = {criterion.id: criterion_hash(criterion) for criterion in exercise.rubric}
        found: dict[str, dict[str, Any]] = {}
        for entry in self._entries(question(exercise, text)):
            for verdict in entry.verdicts if entry.outcome == "judged" else ():
                name = verdict["criterion"]
                if (
                    verdict.get("criterion_hash") == wanted.get(name, "")
                    and verdict.get("reason") != NO_ATTEMPT
                ):
                    found[name] = verdict
        return tuple(found[name] for name in wanted if name in found)

    def tried(self, key: Question, judge: str, prompt_hash: str) -> bool:
        """Tell whether this judge with this prompt already has an entry for this content."""
        return any(
            (entry.rubric_hash, entry.judge, entry.prompt_hash) == (key.rubric_hash, judge, prompt_hash)
            for entry in self._entries(key)
        )

    def knows(self, key: Question) -> bool:
        """Tell whether there is any entry of this exercise and answer, whatever it says."""
        return bool(self._entries(key))

    def _entries(self, key: Question) -> list[LedgerEntry]:
        """Return the entries of an exercise and an answer, oldest first."""
        self.expect([key.answer_hash])
        return [entry for entry in self._known[key.answer_hash] if entry.exercise_hash == key.exercise_hash]


def _by(entry: LedgerEntry) -> str:
    return judge_key(entry.judge, entry.prompt_hash)


def _silent(entry: LedgerEntry) -> Judged:
    return Judged(outcome="abstained", reason=entry.reason, leanings=tuple(entry.verdicts), by=_by(entry))


def _read_as(entry: LedgerEntry, exercise: RubricExercise) -> Judged | None:
    """Return an entry's verdicts for today's rubric, or None when one is missing or changed."""
    stored = {verdict["criterion"]: verdict for verdict in entry.verdicts}
    own = []
    for criterion in exercise.rubric:
        verdict = stored.get(criterion.id)
        if verdict is None or verdict.get("criterion_hash") != criterion_hash(criterion):
            return None
        own.append(verdict)
    if entry.rubric_hash != hashes(exercise).rubric and not _shows_attempt(exercise, own):
        return None
    return Judged(outcome="judged", verdicts=tuple(own), by=_by(entry))


def _shows_attempt(exercise: RubricExercise, verdicts: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether ``must_not`` criteria that are met still stand beside a ``must`` that is, after an edit.

    They were earned by a real attempt; a criterion that was removed may have been all that showed it.
    """
    met = {verdict["criterion"] for verdict in verdicts if verdict["met"] is True}
    return {criterion.polarity for criterion in exercise.rubric if criterion.id in met} != {"must_not"}
