"""Rows that have a score and nothing else: a rubric is made of their question and their reference.

Nobody wrote criteria for them, so ours are made by rule and the same for everybody:

* with a reference: its sentences in up to five runs of about equal length; each run is a criterion, "the answer makes
  this point";
* without one: the main idea is there and right, every part is answered, the terms are right.

Each criterion is worth one point. A judge's share of the points is put on the people's scale: whole points where
people gave whole points only, else tenths of it (their own marks go to the nearest tenth, too).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.evaluate.dataset import Labelled, Task
from autograder.evaluate.rows import MOST_WORDS, ScoreRow
from courses.exercises.base import Criterion
from courses.exercises.pasting import fold
from courses.exercises.rubric import WrittenExercise

RUNS = 5
TEMPLATE = "YOUR ANSWER HERE"
"""nbgrader's text in a cell that nobody touched; where it was left standing it is no word of the learner's."""
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=\S)|\n+")
TENTHS = 10


def without_strangers(rows: Iterable[ScoreRow]) -> tuple[list[ScoreRow], dict[str, int]]:
    """Return the rows that are learners' answers, and how many are not, by why.

    Left out: a row whose answer is the reference itself (``reference``), and a cell with nothing but nbgrader's
    template text (``template``).
    """
    kept, left_out = [], Counter[str]()
    for row in rows:
        own = row.answer.replace(TEMPLATE, "")
        if row.reference.strip() and row.answer.strip() == row.reference.strip():
            left_out["reference"] += 1
        elif own != row.answer and not fold(own):
            left_out["template"] += 1
        else:
            kept.append(row.model_copy(update={"answer": own}))
    return kept, dict(left_out)


def scored_answers(rows: Sequence[ScoreRow], tasks: Mapping[str, Task]) -> list[Labelled]:
    """Return the answers; one without an id is named by its place among the kept."""
    return [
        Labelled(
            id=row.answer_id or str(number),
            exercise=row.question_id,
            text=row.answer,
            points=tasks[row.question_id].mark(row.score / row.max_score),
        )
        for number, row in enumerate(rows, start=1)
    ]


def scored_tasks(rows: Sequence[ScoreRow], folder: Path) -> dict[str, Task]:
    """Return one task per question. ``<dataset>-questions.json`` in the folder tells questions that rows leave out."""
    by_question: dict[str, list[ScoreRow]] = {}
    for row in rows:
        by_question.setdefault(row.question_id, []).append(row)
    return {id_: _task(own[0], _steps(own), folder) for id_, own in by_question.items()}


def _steps(rows: Sequence[ScoreRow]) -> tuple[float, ...]:
    """Return the marks of the scale on which a question's answers are compared."""
    top = rows[0].max_score
    if all(number.is_integer() for row in rows for number in (row.score, row.max_score)):
        return tuple(map(float, range(int(top) + 1)))
    return tuple(round(top * tenth / TENTHS, 6) for tenth in range(TENTHS + 1))


def _task(first: ScoreRow, steps: tuple[float, ...], folder: Path) -> Task:
    question = first.question or _told_elsewhere(first, folder)
    rubric = criteria_of(first.reference) or _OF_A_QUESTION
    exercise = WrittenExercise(
        id=first.question_id,
        kind="dataset",
        points=len(rubric),
        statement=question,
        rubric=rubric,
        reference=first.reference,
        max_words=MOST_WORDS,
    )
    return Task(exercise=exercise, max_points=first.max_score, steps=steps)


def _told_elsewhere(row: ScoreRow, folder: Path) -> str:
    path = folder / f"{Path(row.dataset or row.question_id).name}-questions.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return str(told[row.question_id]["question"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def criteria_of(reference: str) -> tuple[Criterion, ...]:
    """Return a criterion for each run of a reference's sentences; none for an empty one."""
    sentences = [own for each in _SENTENCE.split(reference) if fold(own := each.strip())]
    return tuple(
        Criterion(id=f"p{number}", text=f"The answer makes this point, in whatever words: {run}")
        for number, run in enumerate(_runs(sentences), start=1)
    )


def _runs(sentences: Sequence[str]) -> list[str]:
    """Join neighbouring sentences to at most five runs of about equal length, in characters."""
    length = sum(map(len, sentences))
    runs: list[list[str]] = [[] for _ in range(min(RUNS, len(sentences)))]
    done = 0
    for sentence in sentences:
        middle = done + len(sentence) / 2
        runs[min(len(runs) - 1, int(middle / length * len(runs)))].append(sentence)
        done += len(sentence)
    return [" ".join(run) for run in runs if run]


_OF_A_QUESTION = (
    Criterion(id="core", text="The answer gives the main idea of what is asked, and it is right."),
    Criterion(id="full", text="Every part of the question is answered; nothing important is missing."),
    Criterion(
        id="terms",
        text="The answer explains with the right technical terms, so that one could learn from it.",
    ),
)
