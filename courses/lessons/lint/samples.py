"""Samples are there, and each is marked as its author expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from courses.clock import text_number
from courses.exercises.base import Exercise, Mark, RubricExercise, SampleExpectation
from courses.exercises.text import nfc
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.model import Lesson, Sample
from courses.lessons.yaml_text import load_yaml
from courses.yaml_errors import line_of

FILE = "samples.yaml"
_ROLES = ("full", "partial", "blank", "wrong")
_EXACT = 0.005  # scores are rounded to two decimals
_WRONG = 0.5  # a "wrong" sample earns less than half


def check_samples(subject: Subject) -> Iterable[Finding]:
    """Check that the four roles exist and that each sample is marked as expected."""
    file = subject.folder / FILE
    if not file.exists():
        yield subject.error(1, "thiếu tệp này: cần ít nhất bốn bài mẫu full, partial, blank, wrong", FILE)
        return
    roles = {sample.role for sample in subject.lesson.samples}
    missing = [role for role in _ROLES if role not in roles]
    if missing:
        yield subject.error(1, f"thiếu bài mẫu có role: {', '.join(missing)}", FILE)
    document = load_yaml(nfc(file.read_text(encoding="utf-8")), FILE)
    for number, sample in enumerate(subject.lesson.samples):
        for exercise, message in sample_faults(subject.lesson, sample):
            line = line_of(document, (number, "answers", exercise) if exercise else (number,))
            yield subject.error(line, f"{sample.name}: {message}", FILE)


def sample_line(subject: Subject, sample: Sample, exercise: str) -> int:
    """Return the line of a sample's answer to an exercise."""
    document = load_yaml(nfc((subject.folder / FILE).read_text(encoding="utf-8")), FILE)
    return line_of(document, (subject.lesson.samples.index(sample), "answers", exercise))


def sample_faults(lesson: Lesson, sample: Sample) -> Iterator[tuple[str, str]]:
    """Yield (exercise id or "", what differs from the expectation)."""
    for slot in lesson.slots:
        expectation = sample.expect.get(slot.id)
        if expectation is not None:
            message = _difference(slot.variant(sample.case), expectation)
            if message:
                yield slot.id, f"{slot.id}: {message}"
    message = _role(lesson, sample)
    if message:
        yield "", message


def _difference(exercise: Exercise, expected: SampleExpectation) -> str:
    answer = exercise.parse_answer(expected.answer)
    mark = exercise.mark(answer)
    if isinstance(exercise, RubricExercise):
        return _rubric_difference(exercise, answer, mark, expected) or _understood(exercise, mark, expected)
    if expected.verdicts or expected.understood:
        return "loại bài này không có tiêu chí: bỏ verdicts và understood"
    return _score_difference(mark.score or 0, expected.score)


def _rubric_difference(
    exercise: RubricExercise, answer: BaseModel, mark: Mark, expected: SampleExpectation
) -> str:
    if mark.score is not None:
        if any(expected.verdicts.values()):
            return "bài để trống hoặc chép đề thì không tiêu chí nào đạt: bỏ verdicts"
        return _score_difference(mark.score, expected.score)
    ids = {criterion.id for criterion in exercise.rubric}
    if ids != set(expected.verdicts):
        odd = sorted(ids ^ set(expected.verdicts))
        return f"verdicts phải có đủ và chỉ có các tiêu chí của bài; xem lại: {', '.join(odd)}"
    earned = exercise.judged_mark(answer, expected.verdicts).score
    return _score_difference(earned or 0, expected.score)


def _understood(exercise: RubricExercise, mark: Mark, expected: SampleExpectation) -> str:
    wanted = exercise.understood_ids() if mark.score is None else frozenset()
    odd = sorted(wanted ^ set(expected.understood))
    return f"understood phải có đủ và chỉ có các điều hiểu sai; xem lại: {', '.join(odd)}" if odd else ""


def _score_difference(score: float, expected: float) -> str:
    if abs(score - expected) <= _EXACT:
        return ""
    return f"chấm ra {text_number(score, 2)} điểm, nhưng score ghi {text_number(expected, 2)}"


def _role(lesson: Lesson, sample: Sample) -> str:
    """Return what makes the sample no good example of its role."""
    total = sum(expectation.score for expectation in sample.expect.values())
    share = total / lesson.max_score
    attempted = any(not _is_blank(lesson, sample, exercise) for exercise in sample.expect)
    if sample.role == "full" and share < 1:
        return f"role full nhưng chỉ được {text_number(total, 2)}/{text_number(lesson.max_score, 2)} điểm"
    if sample.role == "partial" and not 0 < share < 1:
        return "role partial phải được một phần điểm"
    if sample.role == "blank" and attempted:
        return "role blank nhưng có câu đã làm"
    if sample.role == "wrong" and not (attempted and share < _WRONG):
        return "role wrong phải có làm bài và được dưới một nửa số điểm"
    return ""


def _is_blank(lesson: Lesson, sample: Sample, exercise_id: str) -> bool:
    exercise = lesson.slot(exercise_id).variant(sample.case)
    answer: BaseModel = exercise.parse_answer(sample.expect[exercise_id].answer)
    return exercise.is_blank(answer)
