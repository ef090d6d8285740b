"""``samples.yaml``: named answer sets with the score and verdicts that their author expects."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from courses.exercises.base import AnswerError, DeclarationError, Frozen, SampleExpectation
from courses.exercises.registry import kinds
from courses.exercises.text import nfc
from courses.lessons.errors import Fault, coded, raise_all
from courses.lessons.model import Case, Lesson, Sample
from courses.lessons.yaml_text import load_yaml, plain
from courses.yaml_errors import fault_text, line_of


class Written(Frozen):
    """One sample as its author wrote it; answers in the kinds' own author forms."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    role: Literal["full", "partial", "blank", "wrong", "other"]
    case: Case
    answers: dict[str, SampleExpectation] = Field(default_factory=dict)


def load_samples(file: Path, lesson: Lesson) -> tuple[Sample, ...]:
    """Read a lesson's samples, answers turned into their stored form; none when there is no file.

    Raises:
        LessonError: every fault, at its line.
    """
    if not file.exists():
        return ()
    with coded("samples"):
        return _load(file, lesson)


def _load(file: Path, lesson: Lesson) -> tuple[Sample, ...]:
    path = f"{lesson.key}/samples.yaml"
    document = load_yaml(nfc(file.read_text(encoding="utf-8")), path) or []
    faults: list[Fault] = []
    samples = [
        _sample(written, number, document, lesson, faults)
        for number, written in enumerate(_validated(document, path))
    ]
    faults += _twins(samples, document, path)
    raise_all(faults)
    return tuple(samples)


def _validated(document: object, path: str) -> tuple[Written, ...]:
    adapter = TypeAdapter(tuple[Written, ...])
    faults: list[Fault] = []
    try:
        adapter.validate_python(document)
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(map(str, fault["loc"][1:])) or "tệp"
            message = f"{name}: {fault_text(fault)}"
            faults.append(Fault(path=path, line=line_of(document, fault["loc"]), message=message))
    raise_all(faults)
    return adapter.validate_python(plain(document))


def _sample(written: Written, number: int, document: object, lesson: Lesson, faults: list[Fault]) -> Sample:
    expect: dict[str, SampleExpectation] = {}
    for exercise, expectation in written.answers.items():
        try:
            answer = _stored(lesson, exercise, written.case, expectation.answer)
        except (KeyError, DeclarationError, AnswerError) as error:
            unknown = isinstance(error, KeyError)
            text = f"bài học không có bài “{exercise}”" if unknown else str(error)
            line = line_of(document, (number, "answers", exercise))
            faults.append(
                Fault(
                    path=f"{lesson.key}/samples.yaml",
                    line=line,
                    message=f"{written.name}: {exercise}: {text}",
                    code="samples" if unknown else lesson.slot(exercise).kind,
                )
            )
        else:
            expect[exercise] = expectation.model_copy(update={"answer": answer})
    return Sample(name=written.name, role=written.role, case=written.case, expect=expect)


def _stored(lesson: Lesson, exercise_id: str, case: Case, form: dict[str, Any]) -> dict[str, Any]:
    exercise = lesson.slot(exercise_id).variant(case)
    raw = kinds()[exercise.kind].read_sample(exercise, form)
    exercise.parse_answer(raw)
    return raw


def _twins(samples: list[Sample], document: object, path: str) -> list[Fault]:
    names = [sample.name for sample in samples]
    return [
        Fault(path=path, line=line_of(document, (n,)), message=f"tên “{name}” có hai lần: đổi một")
        for n, name in enumerate(names)
        if name in names[:n]
    ]
