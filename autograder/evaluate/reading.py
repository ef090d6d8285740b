"""Read a data set: exercises with criteria and answers with verdicts, or answers with scores only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.evaluate.dataset import Dataset, Labelled, Task
from autograder.evaluate.rows import (
    AnswerRow,
    CriterionRow,
    ExerciseRow,
    Placed,
    ScoreRow,
    raise_faults,
    read_rows,
)
from autograder.evaluate.scored import scored_answers, scored_tasks, without_strangers
from autograder.judge import CalibrationSample
from courses.exercises.base import Criterion, RubricExercise
from courses.exercises.rubric import WrittenExercise


def read_dataset(path: Path) -> Dataset:
    """Read a data set.

    Raises:
        DatasetError: the file can't be read, or rows are malformed; all faults, each with its line.
    """
    faults: list[str] = []
    rows = list(read_rows(path, faults))
    tasks = _tasks(rows, faults)
    scored, left_out = without_strangers([row for _, row in rows if isinstance(row, ScoreRow)])
    own = scored_tasks(scored, path.parent)
    answers = [*_answers(rows, tasks, faults), *scored_answers(scored, own)]
    if not faults and not answers:
        faults.append(f"{path.name}: không có bài làm nào")
    raise_faults(faults)
    return Dataset(name=path.name, tasks=tasks | own, answers=tuple(answers), left_out=left_out)


def _tasks(rows: Iterable[Placed], faults: list[str]) -> dict[str, Task]:
    tasks: dict[str, Task] = {}
    for place, row in rows:
        if isinstance(row, ExerciseRow):
            if row.id in tasks:
                faults.append(f"{place}: id: có hai bài tập tên “{row.id}”")
            faults += [f"{place}: {fault}" for fault in _exercise_faults(row)]
            tasks[row.id] = _task(row)
    return tasks


def _exercise_faults(row: ExerciseRow) -> Iterator[str]:
    ids = Counter(criterion.id for criterion in row.criteria)
    yield from (f"criteria: có hai tiêu chí tên “{id_}”" for id_, count in ids.items() if count > 1)
    for number, sample in enumerate(row.samples):
        yield from (f"samples.{number}.{fault}" for fault in _verdict_faults(row.criteria, sample.verdicts))


def _verdict_faults(criteria: Sequence[CriterionRow | Criterion], verdicts: Mapping[str, bool]) -> list[str]:
    known = [criterion.id for criterion in criteria]
    strange = [f"verdicts: không có tiêu chí “{id_}”" for id_ in verdicts if id_ not in known]
    return strange + [f"verdicts: thiếu tiêu chí “{id_}”" for id_ in known if id_ not in verdicts]


def _task(row: ExerciseRow) -> Task:
    rubric = tuple(Criterion(**criterion.model_dump()) for criterion in row.criteria)
    exercise = WrittenExercise(
        id=row.id,
        kind="dataset",
        points=sum(criterion.points for criterion in rubric),
        statement=row.question,
        rubric=rubric,
        reference=row.reference,
        min_words=row.min_words,
        max_words=row.max_words,
    )
    samples = tuple(CalibrationSample(text=own.answer, verdicts=own.verdicts) for own in row.samples)
    return Task(exercise=exercise, samples=samples, max_points=exercise.points)


def _answers(rows: Iterable[Placed], tasks: Mapping[str, Task], faults: list[str]) -> list[Labelled]:
    found: dict[tuple[str, str], Labelled] = {}
    for place, row in rows:
        if not isinstance(row, AnswerRow):
            continue
        if row.exercise not in tasks:
            faults.append(f"{place}: exercise: không có bài tập nào tên “{row.exercise}”")
            continue
        if (row.exercise, row.id) in found:
            faults.append(f"{place}: id: có hai bài làm tên “{row.id}”")
        exercise = tasks[row.exercise].exercise
        faults += [f"{place}: {fault}" for fault in _verdict_faults(exercise.rubric, row.verdicts)]
        found[row.exercise, row.id] = _labelled(row, exercise)
    return list(found.values())


def _labelled(row: AnswerRow, exercise: RubricExercise) -> Labelled:
    points = sum(criterion.points for criterion in exercise.rubric if row.verdicts.get(criterion.id))
    return Labelled(
        id=row.id, exercise=row.exercise, text=row.answer, points=round(points, 6), verdicts=row.verdicts
    )
